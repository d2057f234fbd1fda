package check

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"

	"okite/internal/rule"
	"okite/internal/when"
)

// pending are atoms of rows that may have to flip. They wait until a whole change is in the columns, so that a
// verdict moves once for it and not once for every cell.
type pending struct {
	entries []entry
	several bool    // they are of several rows
	sure    bool    // some are sure
	doubted bool    // a cell changed after some were
	seen    []int32 // by atom: the round in which it was looked at
	touched []int32 // by part: likewise
	round   int32
	atoms   []int32
	rows    []int32
	moved   []moved
	strip   []uint64
	touch   uint64 // what was read only so that it is near
}

// entry is an atom to be looked at. A sure one is known to flip and is not worked out again.
type entry struct {
	row, atom int32
	sure      bool
}

// forget drops all entries.
func (p *pending) forget() {
	p.entries, p.several, p.sure, p.doubted = p.entries[:0], false, false, false
}

// ask notes that an atom of a row must be looked at again.
func (s *space) ask(row, atom int) { s.enter(row, atom, false) }

// enter notes an atom of a row, sure or not.
func (s *space) enter(row, atom int, sure bool) {
	p := &s.pend
	if len(p.entries) > 0 && p.entries[0].row != int32(row) {
		p.several = true
	}
	p.sure = p.sure || sure
	p.entries = append(p.entries, entry{int32(row), int32(atom), sure})
}

// put writes a cell and enters the atoms that read it and now say otherwise. Whatever was sure before is not any
// more: the cell may be the one it was about.
func (s *space) put(c *column, row int, v int64) {
	if c.kind == rule.Bool {
		mask := uint64(1) << (uint(row) & 63)
		if c.flags[row>>6]&mask != 0 == (v != 0) {
			return
		}
		c.flags[row>>6] ^= mask
	} else {
		if c.lanes.get(row) == v {
			return
		}
		s.write(c, row, v)
	}
	if s.pend.sure {
		s.pend.doubted = true
	}
	for _, a := range c.atoms {
		if s.is(s.atoms[a], row) != s.bit(a, row) {
			s.enter(row, a, true)
		}
	}
}

// write puts a number into a column, making it wider when it must be.
func (s *space) write(c *column, row int, v int64) {
	if !c.lanes.fits(v) {
		c.lanes.widen(widthFor(v, v), s.n)
		c.lanes.room(row + 1)
	}
	c.lanes.set(row, v)
	if c.days != nil {
		s.dated(c, row, v)
	}
}

// dated puts a row on the list of its day.
func (s *space) dated(c *column, row int, v int64) {
	c.days.add(row, v)
	if n := max(s.n, row+1); c.days.due(n) {
		c.days.fill(n, c.lanes.get)
	}
}

// flush flips what must be flipped and moves the verdicts that hang on it.
func (s *space) flush(watch func(Flip)) {
	p := &s.pend
	if len(p.entries) == 0 {
		return
	}
	s.ready()
	switch {
	case !p.several:
		s.oneRow(p.entries, watch)
	case len(p.entries) < s.n/sweeping:
		s.byRow(p.entries, watch)
	default:
		s.sweep(watch)
	}
	p.forget()
}

// oneRow flips those atoms of a row that do flip.
func (s *space) oneRow(entries []entry, watch func(Flip)) {
	p := &s.pend
	p.round++
	p.atoms = p.atoms[:0]
	for _, x := range entries {
		if p.seen[x.atom] == p.round {
			continue
		}
		p.seen[x.atom] = p.round
		if s.flips(x) {
			p.atoms = append(p.atoms, x.atom)
		}
	}
	s.flipRow(int(entries[0].row), p.atoms, watch)
}

// flips says whether an atom that was entered does flip.
func (s *space) flips(x entry) bool {
	return x.sure && !s.pend.doubted || s.is(s.atoms[x.atom], int(x.row)) != s.bit(int(x.atom), int(x.row))
}

// move counts a subject under its present verdict instead of the old one.
func (p *part) move(row int, old Result, watch func(Flip)) {
	now := p.verdict(row)
	if now == old {
		return
	}
	p.space.count(p.id, row, old, now, watch)
}

func (p *part) tell(row int, old, now Result, watch func(Flip)) {
	watch(Flip{Check: p.check.ID, Part: p.Name, Subject: p.Subject, Old: old, New: now, src: p.space.src, row: row})
}

// Batch makes several changes one: joins are worked out and verdicts moved once, after f. When f errs the changes
// made before stand and are decided.
func (e *Engine) Batch(f func() error) error {
	if e.batch {
		return f()
	}
	e.batch = true
	err := f()
	e.batch = false
	e.settle()
	return err
}

func (e *Engine) done(register string) {
	e.dirty[register] = true
	if !e.batch {
		e.settle()
	}
}

// changed is done for a register whose cells alone changed: when no join reads it, nothing else can move.
func (e *Engine) changed(s *space) {
	if e.batch || s.read || len(e.dirty) > 0 {
		e.done(s.reg.Name)
		return
	}
	s.flush(e.watch)
}

// Change puts a record in place of the one with its key. fields names the attributes that differ; without them all
// are compared.
func (e *Engine) Change(register, key string, record any, fields ...string) error {
	src := e.sources[register]
	if src == nil {
		return fmt.Errorf("change %s:%s: no such register", register, key)
	}
	s := e.spaceAt[register]
	if s == nil {
		return e.changeSupport(src, register, key, record)
	}
	row, ok := s.find(key)
	if !ok {
		return fmt.Errorf("change %s:%s: no such record", register, key)
	}
	s.touch(row, fields)
	if err := src.Put(row, record); err != nil {
		return err
	}
	k := src.Key(row)
	if k != key { // it stands there now all the same, under its own key
		s.index.drop(key, row)
		s.index.add(k, row)
		fields = nil
	}
	if row < s.n {
		s.reread(row, fields)
	}
	e.changed(s)
	if k != key {
		return fmt.Errorf("change %s:%s: the record's key is %s", register, key, k)
	}
	return nil
}

// changeSupport changes a register that no check and no join is about; it has no index.
func (e *Engine) changeSupport(src Source, register, key string, record any) error {
	for row := range src.Len() {
		if src.Key(row) == key {
			if err := src.Put(row, record); err != nil {
				return err
			}
			e.done(register)
			return nil
		}
	}
	return fmt.Errorf("change %s:%s: no such record", register, key)
}

// touch reads what a change of a row is about to need, so that the processor waits once for all of it: otherwise it
// would come to know of each place only after waiting for the one before.
func (s *space) touch(row int, fields []string) {
	if row >= s.n || len(fields) != 1 {
		return
	}
	x := s.across.words[row*s.across.width]
	if i, ok := s.attrAt[fields[0]]; ok && s.attrs[i].col >= 0 {
		if c := s.cols[s.attrs[i].col]; c.kind == rule.Bool {
			x ^= c.flags[row>>6]
		} else {
			x ^= uint64(c.lanes.get(row))
		}
	}
	s.pend.touch = x
}

// reread compares a row's own attributes with its columns.
func (s *space) reread(row int, fields []string) {
	if len(fields) == 0 {
		for _, c := range s.cols {
			if s.attrs[c.attr].join < 0 {
				s.put(c, row, s.narrow(c, row))
			}
		}
		for i := range s.attrs {
			if s.attrs[i].join < 0 {
				s.askAll(row, s.attrs[i].sames)
			}
		}
		return
	}
	for _, f := range fields {
		i, ok := s.attrAt[f]
		if !ok {
			continue
		}
		a := &s.attrs[i]
		if a.col >= 0 {
			s.put(s.cols[a.col], row, s.narrow(s.cols[a.col], row))
		}
		s.askAll(row, a.sames)
	}
}

func (s *space) askAll(row int, atoms []int) {
	for _, a := range atoms {
		s.ask(row, a)
	}
}

// Add takes a new record.
func (e *Engine) Add(register string, record any) error {
	src := e.sources[register]
	if src == nil {
		return fmt.Errorf("add to %s: no such register", register)
	}
	if err := src.Append(record); err != nil {
		return err
	}
	if s := e.spaceAt[register]; s != nil {
		row := src.Len() - 1
		key := src.Key(row)
		if _, twice := s.find(key); twice {
			src.Remove(row)
			return fmt.Errorf("add %s:%s: the key is taken", register, key)
		}
		s.index.add(key, row)
	}
	e.done(register)
	return nil
}

// install gives the rows that were added their columns, atoms and verdicts.
func (e *Engine) install(s *space) {
	for s.n < s.src.Len() {
		s.catchUp()
		row := s.n
		for _, c := range s.cols {
			s.addCell(c, row)
		}
		s.n++
		for _, a := range s.atoms {
			for len(a.bits) <= row>>6 {
				a.bits = append(a.bits, 0)
			}
			a.bits[row>>6] &^= 1 << (uint(row) & 63)
		}
		s.across.grow(s.n)
		for i, a := range s.atoms {
			if s.is(a, row) {
				s.flip(i, row)
			}
		}
		subject := s.reg.Name + ":" + s.src.Key(row)
		for _, p := range s.parts {
			if p.exceptions != nil && row>>6 >= len(p.exceptions) {
				p.exceptions = append(p.exceptions, 0)
			}
		}
		for _, x := range e.exceptions {
			if x.Subject == subject {
				e.grant(s, row, x)
			}
		}
		for _, p := range s.parts {
			r := p.verdict(row)
			p.counts[r]++
			if e.watch != nil {
				p.tell(row, Absent, r, e.watch)
			}
		}
	}
}

func (s *space) addCell(c *column, row int) {
	v := s.narrow(c, row)
	if c.kind == rule.Bool {
		for len(c.flags) <= row>>6 {
			c.flags = append(c.flags, 0)
		}
		mask := uint64(1) << (uint(row) & 63)
		c.flags[row>>6] &^= mask
		if v != 0 {
			c.flags[row>>6] |= mask
		}
		return
	}
	c.lanes.room(row + 1)
	if !c.lanes.fits(v) {
		c.lanes.widen(widthFor(v, v), s.n)
		c.lanes.room(row + 1)
	}
	c.lanes.set(row, v)
	if c.days != nil {
		s.dated(c, row, v)
	}
}

// Remove takes a record out; the last row of its register takes its place.
func (e *Engine) Remove(register, key string) error {
	src := e.sources[register]
	if src == nil {
		return fmt.Errorf("remove %s:%s: no such register", register, key)
	}
	s := e.spaceAt[register]
	if s == nil {
		for row := range src.Len() {
			if src.Key(row) == key {
				src.Remove(row)
				e.done(register)
				return nil
			}
		}
		return fmt.Errorf("remove %s:%s: no such record", register, key)
	}
	e.settle() // rows must not move under a change that waits
	row, ok := s.find(key)
	if !ok {
		return fmt.Errorf("remove %s:%s: no such record", register, key)
	}
	for _, p := range s.parts {
		r := p.verdict(row)
		p.counts[r]--
		if e.watch != nil {
			p.tell(row, r, Absent, e.watch)
		}
	}
	s.drop(row)
	s.index.drop(key, row)
	src.Remove(row)
	if row < s.n {
		s.index.move(src.Key(row), s.n, row)
	}
	e.done(register)
	return nil
}

// drop moves the last row over row in everything that is kept by row.
func (s *space) drop(row int) {
	s.catchUp()
	last := s.n - 1
	for _, c := range s.cols {
		if c.kind == rule.Bool {
			moveBit(c.flags, row, last)
			continue
		}
		v := c.lanes.get(last)
		c.lanes.set(row, v)
		c.lanes.set(last, 0)
		if c.days != nil && row != last {
			s.dated(c, row, v)
		}
	}
	for _, a := range s.atoms {
		moveBit(a.bits, row, last)
	}
	s.across.drop(row, last)
	for _, p := range s.parts {
		if p.exceptions != nil {
			moveBit(p.exceptions, row, last)
		}
	}
	for _, j := range s.joins {
		j.out.remove(row)
	}
	s.n--
	if groups := (s.n + 63) / 64; s.n&63 == 0 {
		for _, a := range s.atoms {
			a.bits = a.bits[:groups]
		}
		for _, c := range s.cols {
			if c.kind == rule.Bool {
				c.flags = c.flags[:groups]
			}
		}
	}
}

func moveBit(b []uint64, to, from int) {
	on := b[from>>6]>>(uint(from)&63)&1 != 0
	b[from>>6] &^= 1 << (uint(from) & 63)
	if to == from {
		return
	}
	b[to>>6] &^= 1 << (uint(to) & 63)
	if on {
		b[to>>6] |= 1 << (uint(to) & 63)
	}
}

// remove moves the last row over row.
func (o *Out) remove(row int) {
	last := o.n - 1
	for i := range o.cols {
		c := &o.cols[i]
		c.bools, c.nums, c.texts, c.sets = takeLast(c.bools, row, last), takeLast(c.nums, row, last), takeLast(c.texts, row, last), takeLast(c.sets, row, last)
	}
	o.n = last
}

func takeLast[T any](s []T, row, last int) []T {
	if s == nil {
		return nil
	}
	s[row] = s[last]
	return s[:last]
}

// settle works out the joins whose sources changed, takes in new rows, and moves verdicts.
func (e *Engine) settle() {
	if len(e.dirty) > 0 {
		var lost []*space
		for i, j := range e.joins {
			if !slices.ContainsFunc(j.Reads, func(r string) bool { return e.dirty[r] }) {
				continue
			}
			if s := e.joinSpace[i]; e.rejoin(j, s) && !slices.Contains(lost, s) {
				lost = append(lost, s)
			}
		}
		clear(e.dirty)
		for _, s := range e.spaces {
			e.install(s)
		}
		for _, s := range lost {
			e.reconsider(s.parts, func() { e.limits(s) })
		}
	}
	for _, s := range e.spaces {
		s.flush(e.watch)
	}
}

// rejoin works a join out again and puts the cells that differ. It says whether the join got or lost its footing.
func (e *Engine) rejoin(j *joined, s *space) bool {
	old, was := j.out, j.lost
	out := NewOut(s.src.Len(), j.Attrs)
	if j.lost = j.Compute(e.world(), out); j.lost != nil {
		out = NewOut(s.src.Len(), j.Attrs)
	}
	j.out = out
	for i := range j.Attrs {
		a := &s.attrs[s.attrAt[j.Attrs[i].Name]]
		if a.col < 0 && len(a.sames) == 0 {
			continue
		}
		differ(&old.cols[i], &out.cols[i], s.n, func(row int) {
			if a.col >= 0 {
				s.put(s.cols[a.col], row, s.narrow(s.cols[a.col], row))
			}
			s.askAll(row, a.sames)
		})
	}
	return (was == nil) != (j.lost == nil)
}

// differ calls f for every one of the first n rows in which two vectors differ.
func differ(a, b *vector, n int, f func(row int)) {
	switch {
	case b.bools != nil:
		for r, v := range b.bools[:n] {
			if a.bools[r] != v {
				f(r)
			}
		}
	case b.nums != nil:
		for r, v := range b.nums[:n] {
			if a.nums[r] != v {
				f(r)
			}
		}
	case b.texts != nil:
		for r, v := range b.texts[:n] {
			if a.texts[r] != v {
				f(r)
			}
		}
	case b.sets != nil:
		for r, v := range b.sets[:n] {
			if !slices.Equal(a.sets[r], v) {
				f(r)
			}
		}
	}
}

// Advance moves to another day: only rows whose day comes are touched, and joins that read the day.
func (e *Engine) Advance(day when.Date) {
	old := e.day
	if int32(day) == old {
		return
	}
	e.settle()
	e.day = int32(day)
	for _, s := range e.spaces {
		e.clock(s)
		var waited []*part
		for _, p := range s.parts {
			if p.waits != (e.day < p.from) {
				waited = append(waited, p)
			}
		}
		if len(waited) > 0 {
			s.flush(e.watch)
			e.reconsider(waited, func() {
				for _, p := range waited {
					p.waits = e.day < p.from
				}
				s.quick.stale = true
			})
		}
	}
	e.dirty["day"] = true
	e.settle()
	e.regrant()
}

// clock moves the thresholds that hang on the day and asks for the rows between old and new.
func (e *Engine) clock(s *space) {
	for i, a := range s.atoms {
		if a.limit.days == 0 || a.lost != "" {
			continue
		}
		old := a.t
		a.t, _ = a.limit.at(e.day, e.params)
		switch {
		case a.kind == sumBelow || a.kind == sumNumber:
			s.askDiffering(i)
		case a.kind == isNumber:
			s.askBetween(i, old, old+1)
			s.askBetween(i, a.t, a.t+1)
		default:
			s.askBetween(i, min(old, a.t), max(old, a.t))
		}
	}
}

// askBetween enters the rows of an atom's column that hold a day from lo up to but not including hi.
func (s *space) askBetween(atom int, lo, hi int64) {
	c := s.cols[s.atoms[atom].col]
	for v := max(lo, 0); v < min(hi, reach); v++ {
		rows := c.days.on(v)
		s.pend.touch = c.lanes.touch(rows)
		for _, row := range rows {
			if int(row) < s.n && c.lanes.get(int(row)) == v {
				s.enter(int(row), atom, true)
			}
		}
	}
	if lo < 0 || hi > reach {
		for _, row := range c.days.on(far) {
			if int(row) < s.n {
				s.ask(int(row), atom)
			}
		}
	}
}

// askDiffering works an atom out for all rows and asks for those in which it differs.
func (s *space) askDiffering(atom int) {
	s.catchUp()
	a := s.atoms[atom]
	old := a.bits
	a.bits = make([]uint64, len(old))
	s.fillAtom(a)
	now := a.bits
	a.bits = old
	for g := range now {
		d := now[g] ^ old[g]
		if g == len(now)-1 {
			d &= tail(s.n)
		}
		for ; d != 0; d &= d - 1 {
			s.ask(g<<6+bits.TrailingZeros64(d), atom)
		}
	}
}

// SetParams replaces the city's parameters.
func (e *Engine) SetParams(params map[string]int64, texts map[string]string) {
	e.settle()
	old := e.params
	e.params, e.texts = maps.Clone(params), maps.Clone(texts)
	for _, s := range e.spaces {
		var ask []*atom
		for _, a := range s.atoms {
			for _, p := range a.limit.params {
				was, had := old[p.name]
				is, has := e.params[p.name]
				if was != is || had != has {
					ask = append(ask, a)
					break
				}
			}
		}
		if len(ask) == 0 {
			continue
		}
		e.reconsider(s.parts, func() {
			e.limits(s)
			for _, a := range ask {
				s.fillAtom(a)
			}
			s.turn()
		})
	}
	e.dirty["param"] = true
	e.settle()
}

// reconsider counts parts anew after a change that is not of single rows.
func (e *Engine) reconsider(parts []*part, change func()) {
	if e.watch == nil {
		change()
		for _, p := range parts {
			p.count()
		}
		return
	}
	old := make([][]Result, len(parts))
	for i, p := range parts {
		old[i] = make([]Result, p.space.n)
		for r := range old[i] {
			old[i][r] = p.verdict(r)
		}
	}
	change()
	for i, p := range parts {
		p.count()
		for r, was := range old[i] {
			if now := p.verdict(r); now != was {
				p.tell(r, was, now, e.watch)
			}
		}
	}
}

// SetExceptions replaces the approved exceptions.
func (e *Engine) SetExceptions(xs []Exception) {
	e.settle()
	e.exceptions = slices.Clone(xs)
	e.regrant()
}

// regrant marks exceptions anew and moves the verdicts of subjects whose exception began or ended.
func (e *Engine) regrant() {
	old := make([][]uint64, len(e.parts))
	for i, p := range e.parts {
		old[i] = p.exceptions
	}
	e.grantAll()
	for i, p := range e.parts {
		now := p.exceptions
		for g := range max(len(old[i]), len(now)) {
			for d := word(old[i], g) ^ word(now, g); d != 0; d &= d - 1 {
				row := g<<6 + bits.TrailingZeros64(d)
				p.exceptions = old[i]
				was := p.verdict(row)
				p.exceptions = now
				p.move(row, was, e.watch)
			}
		}
	}
}

func word(b []uint64, g int) uint64 {
	if g < len(b) {
		return b[g]
	}
	return 0
}
