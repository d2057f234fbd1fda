package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/rule"
	"okite/internal/when"
)

// line is a row of the register under measurement: ten yes-or-noes, ten codes, eight days, four numbers and two
// sets. Every engine gets it in the form that suits it best: numbered codes, days as numbers, sets as bits.
type line struct {
	Key  string
	Flag [10]bool
	Code [10]uint8 // 0 none, 1 … the n-th code
	Day  [8]int32
	Num  [4]int32
	Set  [2]uint64
}

const (
	attributes = 34
	setCodes   = 10
	benchDay   = 20781 // the day decided for
)

// wide says how many codes each Enum has.
var wide = [10]int{3, 4, 4, 5, 6, 8, 3, 12, 30, 5}

var params = map[string]int64{"N.a": 365, "N.b": 90, "N.c": 30}

var paramNames = []string{"N.a", "N.b", "N.c"}

func codeName(i int) string { return fmt.Sprintf("c%d", i) }

// codeNumber is the other way round.
func codeNumber(c string) (n int) { fmt.Sscanf(c, "c%d", &n); return n }

func thing() check.Register {
	r := check.Register{Name: "thing", Type: "Thing"}
	add := func(name string, k rule.Kind, n int) {
		a := rule.Attr{Name: name, Title: msg.Same(name), Kind: k}
		for i := range n {
			a.Values = append(a.Values, rule.Value{Code: codeName(i + 1), Title: msg.Same(codeName(i + 1))})
		}
		r.Attrs = append(r.Attrs, a)
	}
	for i := range 10 {
		add(fmt.Sprintf("flag%d", i), rule.Bool, 0)
	}
	for i := range 10 {
		add(fmt.Sprintf("code%d", i), rule.Enum, wide[i])
	}
	for i := range 8 {
		add(fmt.Sprintf("day%d", i), rule.Date, 0)
	}
	for i := range 4 {
		add(fmt.Sprintf("num%d", i), rule.Int, 0)
	}
	for i := range 2 {
		add(fmt.Sprintf("set%d", i), rule.Set, setCodes)
	}
	return r
}

// value reads an attribute by its place in the declaration, as the engine asks for it.
func value(l *line, attr int) any {
	switch {
	case attr < 10:
		return l.Flag[attr]
	case attr < 20:
		return codeNames[l.Code[attr-10]]
	case attr < 28:
		return l.Day[attr-20]
	case attr < 32:
		return int64(l.Num[attr-28])
	}
	var set []string
	for i := range setCodes {
		if l.Set[attr-32]>>i&1 != 0 {
			set = append(set, codeNames[i+1])
		}
	}
	return set
}

// codeNames are the names by number, "" for none.
var codeNames = func() []string {
	out := make([]string, 31)
	for i := 1; i < len(out); i++ {
		out[i] = codeName(i)
	}
	return out
}()

func randomLine(r *rand.Rand, key string) line {
	l := line{Key: key}
	for i := range l.Flag {
		l.Flag[i] = r.IntN(10) < 8
	}
	for i := range l.Code {
		l.Code[i] = uint8(r.IntN(wide[i] + 1))
	}
	for i := range l.Day {
		if r.IntN(20) > 0 {
			l.Day[i] = int32(benchDay - 500 + r.IntN(600))
		}
	}
	for i := range l.Num {
		l.Num[i] = int32(r.IntN(12))
	}
	for i := range l.Set {
		l.Set[i] = r.Uint64() & r.Uint64() & (1<<setCodes - 1)
	}
	return l
}

// twist changes one cell to what a row of its own would hold.
func twist(r *rand.Rand, l *line, attr int) {
	switch {
	case attr < 10:
		l.Flag[attr] = !l.Flag[attr]
	case attr < 20:
		l.Code[attr-10] = uint8(r.IntN(wide[attr-10] + 1))
	case attr < 28:
		l.Day[attr-20] = int32(benchDay - 500 + r.IntN(600))
	case attr < 32:
		l.Num[attr-28] = int32(r.IntN(12))
	default:
		l.Set[attr-32] ^= 1 << r.IntN(setCodes)
	}
}

// lines are n rows, the same ones every time.
func lines(n int) []line {
	r := rand.New(rand.NewPCG(13, 14))
	out := make([]line, n)
	for i := range out {
		out[i] = randomLine(r, fmt.Sprintf("T-%07d", i))
	}
	return out
}

// draw gives attributes of one check, none of them twice.
type draw struct {
	r    *rand.Rand
	used map[string]bool
}

func (d draw) one(name string, n int) (string, int) {
	for {
		i := d.r.IntN(n)
		if attr := fmt.Sprintf("%s%d", name, i); !d.used[attr] {
			d.used[attr] = true
			return "resource." + attr, i
		}
	}
}

func (d draw) flag() string { a, _ := d.one("flag", 10); return a }
func (d draw) day() string  { a, _ := d.one("day", 8); return a }
func (d draw) num() string  { a, _ := d.one("num", 4); return a }
func (d draw) number() string {
	return fmt.Sprintf("%s < %d", d.num(), 1+d.r.IntN(6))
}
func (d draw) code() string {
	a, i := d.one("code", 10)
	return fmt.Sprintf("%s == %q", a, codeName(1+d.r.IntN(min(wide[i], 6))))
}
func (d draw) oneOf() string {
	a, i := d.one("code", 10)
	return fmt.Sprintf("[%q, %q].contains(%s)", codeName(1), codeName(2+d.r.IntN(wide[i]-1)), a)
}
func (d draw) stale() string {
	return fmt.Sprintf("context.today - %s > context[%q]", d.day(), paramNames[d.r.IntN(len(paramNames))])
}
func (d draw) set() string {
	a, _ := d.one("set", 2)
	return fmt.Sprintf("%s.%s([%q, %q])", a, []string{"containsAny", "containsAll"}[d.r.IntN(2)], codeName(1+d.r.IntN(5)), codeName(6+d.r.IntN(5)))
}

// templates are shapes of checks as the policy has them: a plain duty, a duty of some, a deadline, evidence that
// grows stale, several ways out.
var templates = []func(d draw, p *check.Part){
	func(d draw, p *check.Part) { p.Scope, p.Breach = d.code(), "!"+d.flag() },
	func(d draw, p *check.Part) { p.Scope, p.Breach = d.oneOf(), "!"+d.flag()+" || !"+d.flag() },
	func(d draw, p *check.Part) { p.Scope, p.Breach = d.code()+" && "+d.flag(), d.stale() },
	func(d draw, p *check.Part) {
		day := d.day()
		p.Breach, p.Unknown = day+" < context.today && !"+d.flag(), day+" == 0"
	},
	func(d draw, p *check.Part) {
		p.Scope, p.Breach, p.Unknown = d.oneOf()+" && "+d.code(), "!"+d.flag()+" && !"+d.flag(), d.stale()
	},
	func(d draw, p *check.Part) { p.Scope, p.Breach = d.set(), d.number() },
	func(d draw, p *check.Part) {
		p.Scope, p.NotDue, p.Breach = d.flag(), "context.today <= "+d.day(), "!"+d.flag()
	},
	func(d draw, p *check.Part) { p.Breach = d.set() + " && !(" + d.code() + " || " + d.code() + ")" },
	func(d draw, p *check.Part) {
		p.Scope, p.Breach = d.code()+" || "+d.code(), d.number()+" || "+d.stale()
	},
	func(d draw, p *check.Part) {
		day := d.day()
		p.Scope, p.NotDue, p.Breach = day+" != 0", day+" > context.today", d.stale()
	},
	func(d draw, p *check.Part) {
		p.Scope = d.flag() + " && " + d.set()
		p.Breach = "(" + d.code() + " && !" + d.flag() + ") || (" + d.code() + " && !" + d.flag() + ")"
	},
	func(d draw, p *check.Part) { p.Scope, p.Unknown = d.oneOf(), d.stale()+" || "+d.day()+" == 0" },
	func(d draw, p *check.Part) { p.Breach = d.num() + " > " + d.num() + " && " + d.flag() },
	func(d draw, p *check.Part) {
		p.Scope, p.Breach, p.Unknown = d.code()+" && !"+d.flag(), "!"+d.set(), d.number()
	},
	func(d draw, p *check.Part) {
		p.Scope, p.NotDue = d.oneOf(), d.day()+" > context.today"
		p.Breach, p.Unknown = "!"+d.flag()+" || "+d.number(), d.stale()
	},
}

// checks are twenty from each template.
func checks() []check.Check {
	r := rand.New(rand.NewPCG(11, 12))
	var out []check.Check
	for i := range 300 {
		p := check.Part{Subject: "thing"}
		templates[i%len(templates)](draw{r, map[string]bool{}}, &p)
		out = append(out, check.Check{ID: fmt.Sprintf("B%03d", i), Clauses: []clause.ID{"bp.9.4"}, Parts: []check.Part{p}})
	}
	return out
}

func spec() check.Spec {
	s := check.Spec{Registers: []check.Register{thing()}, Checks: checks()}
	for _, n := range paramNames {
		s.Params = append(s.Params, rule.Attr{Name: n, Title: msg.Same(n), Kind: rule.Int})
	}
	return s
}

// engine loads a checks engine with rows. The rows are the engine's from then on.
func engine(rows []line, day when.Date) (*check.Engine, error) {
	e, err := check.Compile(spec())
	if err != nil {
		return nil, err
	}
	return e, e.Load(check.Input{Day: day, Params: params, Sources: []check.Source{
		check.Rows("thing", rows, func(l *line) string { return l.Key }, value)}})
}

// conditions are a check's four in the order in which they are asked: scope, not due, breach, unknown.
type conditions [4]rule.Expr

// parsed reads every check's conditions into the one AST from which all engines' texts are printed.
func parsed() ([]conditions, error) {
	e, err := check.Compile(spec())
	if err != nil {
		return nil, err
	}
	var out []conditions
	for _, c := range checks() {
		p := c.Parts[0]
		var four conditions
		for i, text := range []string{p.Scope, p.NotDue, p.Breach, p.Unknown} {
			if strings.TrimSpace(text) == "" {
				four[i] = rule.Const(i == 0)
			} else if four[i], err = rule.Parse(e.Schema("thing"), text); err != nil {
				return nil, fmt.Errorf("check %s: %w", c.ID, err)
			}
		}
		out = append(out, four)
	}
	return out, nil
}

// results of the cases, in the order in which they are asked; what none takes is Compliant.
var results = [4]check.Result{check.OutOfScope, check.NotDue, check.Noncompliant, check.Undetermined}

// cases turns the four conditions into those of the results: the scope is asked the other way round. One that
// never holds is nil.
func (c conditions) cases() [4]rule.Expr {
	c[0] = rule.NotOf(c[0])
	for i, x := range c {
		if k, ok := x.(rule.Const); ok && !bool(k) {
			c[i] = nil
		}
	}
	return c
}
