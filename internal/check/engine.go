package check

import (
	"fmt"
	"slices"
	"strings"

	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/rule"
	"okite/internal/when"
)

// Spec is everything that does not change while an engine runs.
type Spec struct {
	Registers []Register  // at least those that checks and joins are about
	Params    []rule.Attr // parameters that conditions may name; "today" is always there
	Joins     []Join
	Checks    []Check // merged
}

// Input is the state an engine is loaded with.
type Input struct {
	Day        when.Date
	Calendar   Calendar
	Params     map[string]int64
	Texts      map[string]string
	Sources    []Source
	Exceptions []Exception
}

// Exception is an approved exception: the subject ("asset:A-1") is excused from the check up to and including
// Until.
type Exception struct {
	Check   string
	Subject string
	Until   when.Date
}

// Engine holds all verdicts of all checks. It is made for one goroutine at a time: who shares it, locks it.
type Engine struct {
	checks     []Check
	spaces     []*space
	spaceAt    map[string]*space
	parts      []*part
	byCheck    map[string][]*part
	sources    map[string]Source
	tables     map[string]any
	joins      []*joined
	joinSpace  []*space
	dirty      map[string]bool // registers, "param" and "day" that changed and whose joins have not been worked out
	batch      bool
	day        int32
	calendar   Calendar
	params     map[string]int64
	texts      map[string]string
	exceptions []Exception
	watch      func(Flip)
}

// Flip is one verdict that changed. Old is Absent for a subject that is new, New for one that is gone.
type Flip struct {
	Check, Part, Subject string
	Old, New             Result
	src                  Source
	row                  int
}

// Key is the key of the subject. It must be asked while the flip is told: rows move afterwards.
func (f Flip) Key() string { return f.src.Key(f.row) }

// Absent is the result of a subject that is not there; it stands in flips only.
const Absent Result = 255

// Watch gives every later change of a verdict to f, in the middle of the call that changes it; f must not call the
// engine. Full and Load report nothing.
func (e *Engine) Watch(f func(Flip)) { e.watch = f }

// Compile makes an engine. It refuses what does not hold together: an unknown register, a condition outside the
// schema, a join that gives what is already there.
func Compile(spec Spec) (*Engine, error) {
	e := &Engine{checks: spec.Checks, spaceAt: map[string]*space{}, byCheck: map[string][]*part{}, dirty: map[string]bool{}}
	context := append([]rule.Attr{{Name: rule.Today, Title: msg.T("本日", "today"), Kind: rule.Date}}, spec.Params...)
	for i := range spec.Registers {
		r := &spec.Registers[i]
		if e.spaceAt[r.Name] != nil {
			return nil, fmt.Errorf("register %s: given twice", r.Name)
		}
		s := newSpace(r, context)
		e.spaceAt[r.Name] = s
		e.spaces = append(e.spaces, s)
	}
	for _, j := range spec.Joins {
		if err := e.addJoin(j); err != nil {
			return nil, err
		}
	}
	for _, s := range e.spaces {
		if err := s.schema.Validate(); err != nil {
			return nil, err
		}
	}
	for i := range spec.Checks {
		if err := e.addCheck(&spec.Checks[i]); err != nil {
			return nil, fmt.Errorf("check %s: %w", spec.Checks[i].ID, err)
		}
	}
	for _, s := range e.spaces {
		s.finish()
	}
	return e, nil
}

func newSpace(r *Register, context []rule.Attr) *space {
	s := &space{reg: r, attrAt: map[string]int{}, atomAt: map[string]int{}}
	typ := r.Type
	if typ == "" {
		typ = strings.ToUpper(r.Name[:1]) + r.Name[1:]
	}
	s.schema = &rule.Schema{Type: typ, Title: r.Title, Context: context}
	for i, a := range r.Attrs {
		s.addAttr(attribute{Attr: a, join: -1, at: i, col: -1})
	}
	return s
}

func (s *space) addAttr(a attribute) {
	s.attrAt[a.Name] = len(s.attrs)
	s.attrs = append(s.attrs, a)
	s.schema.Attrs = append(s.schema.Attrs, a.Attr)
}

func (e *Engine) addJoin(j Join) error {
	s := e.spaceAt[j.Subject]
	if s == nil {
		return fmt.Errorf("join of %s: no such register", j.Subject)
	}
	if !slices.Contains(j.Reads, j.Subject) {
		return fmt.Errorf("join of %s: does not say that it reads it", j.Subject)
	}
	if j.Compute == nil {
		return fmt.Errorf("join of %s: nothing computes it", j.Subject)
	}
	for i, a := range j.Attrs {
		if _, twice := s.attrAt[a.Name]; twice {
			return fmt.Errorf("join of %s: attribute %s is there already", j.Subject, a.Name)
		}
		s.addAttr(attribute{Attr: a, join: len(s.joins), at: i, col: -1})
	}
	for _, r := range j.Reads {
		if from := e.spaceAt[r]; from != nil {
			from.read = true
		}
	}
	k := &joined{Join: j}
	s.joins = append(s.joins, k)
	e.joins, e.joinSpace = append(e.joins, k), append(e.joinSpace, s)
	return nil
}

func (e *Engine) addCheck(c *Check) error {
	if _, twice := e.byCheck[c.ID]; twice {
		return fmt.Errorf("given twice; merge its parts")
	}
	from, err := parseDay(c.From)
	if err != nil {
		return err
	}
	names := map[string]bool{}
	e.byCheck[c.ID] = nil
	for i := range c.Parts {
		p := &part{Part: &c.Parts[i], check: c, from: from}
		if names[p.Name] {
			return fmt.Errorf("two parts are named %q", p.Name)
		}
		names[p.Name] = true
		if p.space = e.spaceAt[p.Subject]; p.space == nil {
			return fmt.Errorf("part %q: no register %s", p.Name, p.Subject)
		}
		p.id = len(p.space.parts)
		if err := p.compile(); err != nil {
			return fmt.Errorf("part %q: %w", p.Name, err)
		}
		p.space.parts = append(p.space.parts, p)
		e.parts = append(e.parts, p)
		e.byCheck[c.ID] = append(e.byCheck[c.ID], p)
	}
	return nil
}

func parseDay(s string) (int32, error) {
	if s == "" {
		return 0, nil
	}
	d, err := when.Parse(s)
	return int32(d), err
}

// compile reads the part's conditions and makes their formulas.
func (p *part) compile() error {
	for i, c := range []struct {
		name, text string
		none       bool
		to         **node
	}{
		{"scope", p.Scope, true, &p.scope}, {"not due", p.NotDue, false, &p.notDue},
		{"breach", p.Breach, false, &p.breach}, {"unknown", p.Unknown, false, &p.unknown},
	} {
		var e rule.Expr = rule.Const(c.none)
		if c.text != "" {
			var err error
			if e, err = rule.Parse(p.space.schema, c.text); err != nil {
				return fmt.Errorf("%s condition: %w", c.name, err)
			}
		}
		p.exprs[i] = e
		n, err := p.space.formula(e, false)
		if err != nil {
			return fmt.Errorf("%s condition: %w", c.name, err)
		}
		*c.to = n
	}
	for _, name := range []string{p.Since, p.Owner.Scope} {
		if name != "" && p.space.attrIndex(name) < 0 {
			return fmt.Errorf("attribute %s: not there", name)
		}
	}
	if p.Since != "" && p.space.attrs[p.space.attrAt[p.Since]].Kind != rule.Date {
		return fmt.Errorf("since: attribute %s is no date", p.Since)
	}
	p.prepare()
	return nil
}

// finish ties atoms to columns and makes buffers deep enough for every formula.
func (s *space) finish() {
	s.finishQuick()
	depth := 0
	for _, p := range s.parts {
		for _, n := range []*node{p.scope, p.notDue, p.breach, p.unknown} {
			depth = max(depth, n.depth())
		}
	}
	for range depth + 5 {
		s.spare = append(s.spare, make([]uint64, block))
	}
	for i, a := range s.atoms {
		var cols []int
		switch a.kind {
		case isSame:
			for _, attr := range []int{a.a, a.b} {
				s.attrs[attr].sames = append(s.attrs[attr].sames, i)
			}
			continue
		case sumBelow, sumNumber:
			for _, x := range a.sum {
				cols = append(cols, x.col)
			}
		default:
			cols = []int{a.col}
		}
		for _, c := range cols {
			s.cols[c].atoms = append(s.cols[c].atoms, i)
		}
		if (a.kind == isBelow || a.kind == isNumber) && a.limit.days != 0 && s.cols[a.col].days == nil {
			s.cols[a.col].days = &dayIndex{}
		}
	}
}

// Load takes the registers, works all joins out and decides everything.
func (e *Engine) Load(in Input) error {
	e.day, e.calendar, e.params, e.texts = int32(in.Day), in.Calendar, in.Params, in.Texts
	e.sources, e.tables = map[string]Source{}, map[string]any{}
	e.exceptions = slices.Clone(in.Exceptions)
	for _, src := range in.Sources {
		e.sources[src.Register()] = src
	}
	for _, s := range e.spaces {
		s.src = e.sources[s.reg.Name]
		if s.src == nil {
			s.src = Rows[struct{}](s.reg.Name, nil, nil, nil)
		}
		if err := s.readKeys(); err != nil {
			return err
		}
		s.pend.forget()
		s.across.log = s.across.log[:0]
	}
	for i, j := range e.joins {
		e.compute(j, e.joinSpace[i])
	}
	clear(e.dirty)
	e.Full()
	return nil
}

func (s *space) readKeys() error {
	s.n = s.src.Len()
	s.index = newKeyIndex(s.n)
	for r := range s.n {
		k := s.src.Key(r)
		if _, twice := s.find(k); twice {
			return fmt.Errorf("register %s: key %s twice", s.reg.Name, k)
		}
		s.index.add(k, r)
	}
	return nil
}

// world is what joins see now.
func (e *Engine) world() *World {
	for name, src := range e.sources {
		e.tables[name] = src.Records()
	}
	w := NewWorld(e.day, e.calendar, e.params, e.texts, e.tables)
	w.index = func(register, key string) (int, bool) {
		s := e.spaceAt[register]
		if s == nil {
			return 0, false
		}
		return s.find(key)
	}
	return w
}

// compute works a join out anew. One that errs leaves its attributes unknown, and with them what depends on them.
func (e *Engine) compute(j *joined, s *space) {
	out := NewOut(s.n, j.Attrs)
	j.lost = j.Compute(e.world(), out)
	if j.lost != nil {
		out = NewOut(s.n, j.Attrs)
	}
	j.out = out
}

// Full works every column, atom and count out anew from the records, the joins, the day and the parameters as they
// are. Nothing kept from before is used, so it is also the measure of every incremental step.
func (e *Engine) Full() {
	for _, s := range e.spaces {
		for _, c := range s.cols {
			s.fillColumn(c)
		}
		e.limits(s)
	}
	e.Recount()
}

// Recount works every atom and count out anew from the columns.
func (e *Engine) Recount() {
	for _, s := range e.spaces {
		for _, a := range s.atoms {
			s.fillAtom(a)
		}
		s.turn()
	}
	e.grantAll()
	for _, p := range e.parts {
		p.count()
	}
}

// limits works the thresholds of a space out and notes what cannot be decided.
func (e *Engine) limits(s *space) {
	for _, a := range s.atoms {
		a.t, a.lost = 0, ""
		if a.kind == isBelow || a.kind == isNumber || a.kind == sumBelow || a.kind == sumNumber {
			var missing string
			if a.t, missing = a.limit.at(e.day, e.params); missing != "" {
				a.lost = "parameter " + missing + " has no value"
			}
		}
	}
	s.quick.stale = true
	for _, p := range s.parts {
		p.waits = e.day < p.from
		p.lost, p.lostScope = "", false
		for _, n := range []*node{p.scope, p.notDue, p.breach, p.unknown} {
			n.walk(func(i int) {
				if why := s.lostBy(s.atoms[i]); why != "" && p.lost == "" {
					p.lost, p.lostScope = why, n == p.scope
				}
			})
		}
	}
}

// lostBy says why an atom cannot be decided, "" when it can.
func (s *space) lostBy(a *atom) string {
	if a.lost != "" {
		return a.lost
	}
	var attrs []int
	switch a.kind {
	case isSame:
		attrs = []int{a.a, a.b}
	case sumBelow, sumNumber:
		for _, x := range a.sum {
			attrs = append(attrs, x.attr)
		}
	default:
		attrs = []int{s.cols[a.col].attr}
	}
	for _, i := range attrs {
		if j := s.attrs[i].join; j >= 0 && s.joins[j].lost != nil {
			return s.attrs[i].Name + ": " + s.joins[j].lost.Error()
		}
	}
	return ""
}

// grantAll marks the subjects of running exceptions.
func (e *Engine) grantAll() {
	for _, p := range e.parts {
		p.exceptions, p.space.quick.stale = nil, true
	}
	for _, x := range e.exceptions {
		reg, key, _ := strings.Cut(x.Subject, ":")
		if s := e.spaceAt[reg]; s != nil {
			if r, ok := s.find(key); ok && r < s.n {
				e.grant(s, r, x)
			}
		}
	}
}

// grant marks one row for one exception, when it still runs on the day.
func (e *Engine) grant(s *space, row int, x Exception) {
	if int32(x.Until) < e.day {
		return
	}
	for _, p := range e.byCheck[x.Check] {
		if p.space == s {
			p.grant(row)
		}
	}
}

func (p *part) grant(row int) {
	p.space.quick.stale = true
	for len(p.exceptions) <= max(row, p.space.n)>>6 {
		p.exceptions = append(p.exceptions, 0)
	}
	p.exceptions[row>>6] |= 1 << (uint(row) & 63)
}

// Day is the day decided for.
func (e *Engine) Day() when.Date { return when.Date(e.day) }

// Checks are the checks compiled.
func (e *Engine) Checks() []Check { return e.checks }

// Schema is what conditions on a register may name: its own attributes and the joined ones.
func (e *Engine) Schema(register string) *rule.Schema {
	if s := e.spaceAt[register]; s != nil {
		return s.schema
	}
	return nil
}

// Lost are the checks that cannot be decided now, and why: a parameter without value or a join that errs.
func (e *Engine) Lost() map[string]string {
	out := map[string]string{}
	for _, p := range e.parts {
		if p.lost != "" {
			out[p.check.ID] = p.lost
		}
	}
	return out
}

// CheckCounts are the numbers of subjects of a check by result.
func (e *Engine) CheckCounts(id string) Counts {
	var c Counts
	for _, p := range e.byCheck[id] {
		c.Add(*p.counts)
	}
	return c
}

// PartCounts are those of one part.
func (e *Engine) PartCounts(id, name string) Counts {
	if p := e.part(id, name); p != nil {
		return *p.counts
	}
	return Counts{}
}

// ClauseCounts are those of all checks bound to a clause or to a place below it; a check counts once.
func (e *Engine) ClauseCounts(id clause.ID) Counts {
	var out Counts
	for _, c := range e.checks {
		if slices.ContainsFunc(c.Clauses, id.Covers) {
			out.Add(e.CheckCounts(c.ID))
		}
	}
	return out
}

func (e *Engine) part(id, name string) *part {
	for _, p := range e.byCheck[id] {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Verdict is what a part says about a subject; false when there is no such part or subject.
func (e *Engine) Verdict(check, part, key string) (Result, bool) {
	p := e.part(check, part)
	if p == nil {
		return 0, false
	}
	r, ok := p.space.find(key)
	if !ok {
		return 0, false
	}
	return p.verdict(r), true
}
