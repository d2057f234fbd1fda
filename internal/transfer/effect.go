package transfer

import (
	"cmp"
	"slices"

	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/when"
)

// world is what a set of moves is worked out against.
type world struct {
	people      map[string]org.Person // of the moves
	assignments []org.Assignment
	posts       map[string]org.Post
	units       map[string]org.Unit
}

// effects are what a set does to the registers of people and assignments. They say the same as org.ActorOf.
type effects struct {
	date   when.Date
	people []org.Person     // as they are to be
	moved  []earlier        // units left behind
	ended  []org.Assignment // as they are to be: with their last day
	begun  []org.Assignment // without a key yet
	relays []relay          // posts that one hands over to another
	left   []org.Person     // who leaves, as they are to be
}

type earlier struct{ person, unit string }

type relay struct{ post, giver, taker string }

// problem is why a move, or several, cannot be carried out.
type problem struct {
	move org.Move
	text msg.Text
}

// work works a set out. Moves that contradict one another are problems; a set with problems is not handed in.
func work(s org.MoveSet, moves []org.Move, w world) (effects, []problem) {
	e := effects{date: s.Date}
	var bad []problem
	wrong := func(m org.Move, t msg.Text) { bad = append(bad, problem{m, t}) }

	placed := map[string]string{}   // person → move that says where they go
	starts := map[string]org.Move{} // post → who takes it up as holder
	takes := map[[3]string]bool{}   // person, post, kind
	leavers := map[string]bool{}
	for _, m := range moves {
		if m.Kind == org.MoveLeave {
			leavers[m.Person] = true
		}
	}
	next := map[string]*org.Person{}
	person := func(code string) *org.Person {
		if p, ok := next[code]; ok {
			return p
		}
		p, ok := w.people[code]
		if !ok {
			return nil
		}
		next[code] = &p
		return &p
	}
	var order []string
	touch := func(code string) *org.Person {
		_, known := next[code]
		p := person(code)
		if p != nil && !known {
			order = append(order, code)
		}
		return p
	}
	for _, m := range moves {
		was, there := w.people[m.Person]
		if !there {
			wrong(m, msg.T("職員が台帳にありません。", "The person is not in the register."))
			continue
		}
		switch m.Kind {
		case org.MoveJoin, org.MoveTransfer, org.MoveLeave:
			if other, twice := placed[m.Person]; twice {
				wrong(m, msg.F("同じ職員の所属を変える予定（%s）がほかにもあります。", "Another move (%s) places the same person.", other))
				continue
			}
			placed[m.Person] = m.Code
		case org.MovePostStart:
			key := [3]string{m.Person, m.Post, m.As}
			switch {
			case leavers[m.Person]:
				wrong(m, msg.T("退職する職員が着任する予定になっています。", "Somebody who leaves is to take up a post."))
				continue
			case takes[key]:
				wrong(m, msg.T("同じ着任の予定が二つあります。", "The same post is taken up twice by one person."))
				continue
			case m.As == "holder" && starts[m.Post].Code != "":
				wrong(m, msg.F("同じ役職に着任する予定（%s）がほかにもあります。正は一人です。", "Another move (%s) takes up the same post; it has one holder.", starts[m.Post].Code))
				continue
			case m.As == "deputy" && starts[m.Post].Person == m.Person, m.As == "holder" && takes[[3]string{m.Person, m.Post, "deputy"}]:
				wrong(m, msg.T("同じ職員が正と代理を兼ねる予定になっています。", "One person is to be holder and deputy at once."))
				continue
			}
			if post, ok := w.posts[m.Post]; !ok || !org.LiveOn(post.From, post.Until, s.Date) {
				wrong(m, msg.F("発令日（%s）にはない役職です。", "The post does not exist on %s.", s.Date.Both()))
				continue
			}
			takes[key] = true
			if m.As == "holder" {
				starts[m.Post] = m
			}
		}
		if !was.ActiveOn(s.Date) && !was.ActiveOn(s.Date-1) {
			wrong(m, msg.F("%sは発令日に在職していません。", "%s is not with the city on that day.", was.Name))
		}
	}
	if len(bad) > 0 {
		return e, bad
	}

	ends := map[string][]org.Move{} // by person, and by post for those relieved
	for _, m := range moves {
		ends[m.Person] = append(ends[m.Person], m)
		if m.Kind == org.MovePostStart && m.As == "holder" {
			ends["post "+m.Post] = append(ends["post "+m.Post], m)
		}
	}
	holder := map[string]org.Assignment{} // who held a post until the day before
	gone := map[string]bool{}
	ever := map[string]bool{}
	for _, a := range w.assignments {
		if a.Kind == "holder" && a.From < s.Date {
			ever[a.Post] = true
		}
		if a.Kind == "holder" && org.LiveOn(a.From, a.Until, s.Date-1) {
			holder[a.Post] = a
		}
		for _, m := range slices.Concat(ends[a.Person], ends["post "+a.Post]) {
			if m.Ends(a, s.Date) {
				a.Until = s.Date - 1
				e.ended = append(e.ended, a)
				gone[a.Code] = true
				break
			}
		}
	}
	held := map[[3]string]bool{} // that go on
	for _, a := range w.assignments {
		if !gone[a.Code] && org.LiveOn(a.From, a.Until, s.Date) {
			held[[3]string{a.Person, a.Post, a.Kind}] = true
		}
	}
	for _, m := range moves {
		switch m.Kind {
		case org.MoveJoin, org.MoveTransfer:
			p := touch(m.Person)
			if m.To != p.Unit {
				e.moved = append(e.moved, earlier{m.Person, p.Unit})
				p.Unit = m.To
			}
			if m.Title != "" {
				p.Title = m.Title
			}
		case org.MoveLeave:
			p := touch(m.Person)
			p.Left = s.Date - 1
			e.left = append(e.left, *p)
		case org.MovePostStart:
			if held[[3]string{m.Person, m.Post, m.As}] {
				wrong(m, msg.T("すでにこの役職に就いており、この日に退く予定もありません。", "The person holds the post already and does not give it up."))
				continue
			}
			a := org.Assignment{Post: m.Post, Person: m.Person, Kind: m.As, From: s.Date}
			a.First = m.As == "holder" && !ever[m.Post]
			e.begun = append(e.begun, a)
			if was, ok := holder[m.Post]; ok && m.As == "holder" && was.Person != m.Person {
				e.relays = append(e.relays, relay{m.Post, was.Person, m.Person})
			}
		case org.MovePostEnd:
			if !slices.ContainsFunc(e.ended, func(a org.Assignment) bool { return a.Person == m.Person && a.Post == m.Post }) {
				wrong(m, msg.T("退く役職に就いていません。", "The person does not hold the post to be given up."))
			}
		}
	}
	for _, code := range order {
		e.people = append(e.people, *next[code])
	}
	return e, bad
}

// orphan is something that nobody will be in charge of.
type orphan struct {
	kind string // post, unit or the register whose things lie in a unit
	key  string
	name string
	n    int // things of it; 1 for a post
	why  msg.Text
}

// orphans are what the day leaves without anybody: posts without a holder, and with the manager of a section also its
// assets, systems, contracts and rooms; the things of units that close; people whose unit is not there.
func orphans(s org.MoveSet, e effects, w world, owned map[string]map[string]int, staff map[string]int) []orphan {
	after := map[string]bool{} // posts with a holder on the day
	gone := map[string]bool{}
	for _, a := range e.ended {
		gone[a.Code] = true
	}
	for _, a := range w.assignments {
		if a.Kind == "holder" && !gone[a.Code] && org.LiveOn(a.From, a.Until, s.Date) {
			after[a.Post] = true
		}
	}
	for _, a := range e.begun {
		if a.Kind == "holder" {
			after[a.Post] = true
		}
	}
	var out []orphan
	headless := map[string]msg.Text{} // units nobody answers for
	for _, u := range w.units {
		if u.Close != 0 && u.Close < s.Date {
			headless[u.Code] = msg.F("%sに廃止される組織です。", "The unit closes on %s.", u.Close.Both())
		}
	}
	for _, p := range w.posts {
		if after[p.Code] || !org.LiveOn(p.From, p.Until, s.Date) {
			continue
		}
		why := msg.T("発令日に任命された人がいません。", "Nobody holds it on that day.")
		if slices.ContainsFunc(e.ended, func(a org.Assignment) bool { return a.Post == p.Code && a.Kind == "holder" }) {
			why = msg.T("今の正が退き、後任の予定がありません。", "The holder gives it up and nobody follows.")
		}
		out = append(out, orphan{kind: "post", key: p.Code, name: p.Name, n: 1, why: why})
		if _, closes := headless[p.Unit]; p.Role == "section_manager" && p.Unit != "" && !closes {
			headless[p.Unit] = msg.T("情報セキュリティ管理者がいなくなります。", "The section has no manager.")
		}
	}
	for unit, why := range headless {
		for reg, n := range owned[unit] {
			out = append(out, orphan{kind: reg, key: unit, name: w.units[unit].Name, n: n, why: why})
		}
	}
	for unit, n := range staff {
		u, ok := w.units[unit]
		if n > 0 && (!ok || !org.LiveOn(u.Open, u.Close, s.Date)) {
			out = append(out, orphan{kind: "person", key: unit, name: cmp.Or(u.Name, unit), n: n, why: msg.T("発令日にはない組織に所属したままの職員です。", "They still belong to a unit that does not exist on that day.")})
		}
	}
	slices.SortFunc(out, func(a, b orphan) int {
		return cmp.Or(cmp.Compare(place(a.kind), place(b.kind)), cmp.Compare(a.key, b.key))
	})
	return out
}

// ownedRegisters are those whose things a unit is in charge of; a city that keeps one of them not has none of it.
var ownedRegisters = []string{"asset", "system", "contract", "room", "terminal", "media", "service"}

func place(kind string) int {
	return slices.Index(append([]string{"post", "person"}, ownedRegisters...), kind)
}
