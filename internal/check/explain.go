package check

import (
	"okite/internal/msg"
	"okite/internal/rule"
	"okite/internal/when"
)

// Explanation says how a part came to its result: each of its four conditions with the atoms it is made of, whether
// they hold, and the values they were decided on.
type Explanation struct {
	Check, Part string
	Result      Result
	Reason      msg.Text
	Cedar       string // the whole rule
	Conditions  []Condition
}

// Condition is one of the four: scope, not_due, breach, unknown. Only those that were written are listed.
type Condition struct {
	Name     string
	Title    msg.Text
	Holds    bool
	Sentence msg.Text
	Cedar    string
	Atoms    []Atom
}

// Atom is a question that is no and, or or not of others.
type Atom struct {
	Holds    bool
	Sentence msg.Text
	Cedar    string
	Values   []Datum
}

// Datum is a value an atom was decided on.
type Datum struct {
	Name  string   // attribute or parameter
	Title msg.Text // what people call it
	Value msg.Text // in words
	Raw   any      // bool, int64, when.Date, string or []string
}

var conditionTitles = [4]struct {
	name  string
	title msg.Text
}{
	{"scope", msg.T("対象となる条件", "Whom it binds")}, {"not_due", msg.T("期限前である条件", "Before the deadline")},
	{"breach", msg.T("不適合となる条件", "What breaks it")}, {"unknown", msg.T("判定できない条件", "What leaves it unknown")},
}

// Explain tells how a part came to what it says about a subject; false when there is no such part or subject.
func (e *Engine) Explain(check, part, key string) (Explanation, bool) {
	f, ok := e.Finding(check, part, key)
	if !ok {
		return Explanation{}, false
	}
	p := f.part
	out := Explanation{Check: check, Part: part, Result: f.Result, Reason: e.Reason(f), Cedar: e.partPolicy(p)}
	row, ctx := rowView{p.space, f.row}, e.context()
	for i, x := range p.exprs {
		if _, fixed := x.(rule.Const); fixed {
			continue
		}
		c := Condition{Name: conditionTitles[i].name, Title: conditionTitles[i].title, Holds: rule.Eval(x, row, ctx),
			Sentence: sentence(p.space.schema, x), Cedar: rule.Cedar(x)}
		rule.Atoms(x, func(a rule.Expr) {
			c.Atoms = append(c.Atoms, Atom{Holds: rule.Eval(a, row, ctx), Sentence: sentence(p.space.schema, a), Cedar: rule.Cedar(a),
				Values: e.data(p, f.row, a)})
		})
		out.Conditions = append(out.Conditions, c)
	}
	return out, true
}

func sentence(s *rule.Schema, x rule.Expr) msg.Text {
	return msg.Text{JA: rule.Sentence(s, x, msg.JA), EN: rule.Sentence(s, x, msg.EN)}
}

func (e *Engine) data(p *part, row int, a rule.Expr) []Datum {
	s := p.space
	var out []Datum
	attrs, params := rule.Names(a)
	for _, n := range attrs {
		at := s.attrs[s.attrAt[n]]
		out = append(out, datum(at.Attr, s.value(row, s.attrAt[n])))
	}
	for _, n := range params {
		at, _ := s.schema.Param(n)
		if n == rule.Today {
			out = append(out, datum(at, e.day))
		} else if v, ok := e.params[n]; ok {
			out = append(out, datum(at, v))
		} else {
			out = append(out, Datum{n, at.Title, msg.T("値なし", "no value"), nil})
		}
	}
	return out
}

func datum(a rule.Attr, v any) Datum {
	d := Datum{Name: a.Name, Title: a.Title}
	none := msg.T("未記入", "not given")
	switch a.Kind {
	case rule.Bool:
		d.Raw, d.Value = asBool(v), msg.T("いいえ", "no")
		if asBool(v) {
			d.Value = msg.T("はい", "yes")
		}
	case rule.Int:
		d.Raw, d.Value = asNum(v), msg.F("%d", "%d", asNum(v))
	case rule.Date:
		day := when.Date(asNum(v))
		if d.Raw, d.Value = day, day.Both(); day == 0 {
			d.Value = none
		}
	case rule.Enum:
		if d.Raw, d.Value = asText(v), codeTitle(a, asText(v)); asText(v) == "" {
			d.Value = none
		}
	default:
		d.Raw, d.Value = asSet(v), none
		for i, c := range asSet(v) {
			t := codeTitle(a, c)
			if i == 0 {
				d.Value = t
			} else {
				d.Value = msg.F("%s、%s", "%s, %s", d.Value, t)
			}
		}
	}
	return d
}

func codeTitle(a rule.Attr, code string) msg.Text {
	for _, v := range a.Values {
		if v.Code == code {
			return v.Title
		}
	}
	return msg.Same(code)
}

// Policy is the Cedar text of a part: what may not be called 適合. The obligation is that nothing breaks the duty and
// nothing leaves it unknown, once its deadline is reached.
func (e *Engine) Policy(check, part string) (string, bool) {
	p := e.part(check, part)
	if p == nil {
		return "", false
	}
	return e.partPolicy(p), true
}

func (e *Engine) partPolicy(p *part) string {
	id := rule.PolicyID{ID: p.check.ID, Clauses: p.check.Clauses, Basis: p.check.Basis, Type: p.space.schema.Type}
	if p.Name != "" {
		id.ID += "." + p.Name
	}
	return rule.Policy(id, p.whom(), p.obligation())
}

// whom is the condition under which the part asks anything today: in scope, and the deadline reached.
func (p *part) whom() rule.Expr {
	if c, ok := p.exprs[1].(rule.Const); ok && !bool(c) {
		return p.exprs[0]
	}
	if c, ok := p.exprs[0].(rule.Const); ok && bool(c) {
		return rule.NotOf(p.exprs[1])
	}
	return rule.AllOf(p.exprs[0], rule.NotOf(p.exprs[1]))
}

// obligation is what must hold: no breach, and evidence.
func (p *part) obligation() rule.Expr {
	var bad []rule.Expr
	for _, x := range p.exprs[2:] {
		if c, ok := x.(rule.Const); !ok || bool(c) {
			bad = append(bad, x)
		}
	}
	return rule.NotOf(rule.AnyOf(bad...))
}
