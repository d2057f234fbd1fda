package flow

import (
	"fmt"
	"slices"
	"strings"
)

// Close completes DelegateOf of every person over chains: who stands in for a stand-in of A stands in for A.
func Close(people []Person) []Person {
	of := map[string][]string{}
	for _, p := range people {
		of[p.Key] = p.DelegateOf
	}
	out := slices.Clone(people)
	for i := range out {
		var all []string
		todo := slices.Clone(out[i].DelegateOf)
		for len(todo) > 0 {
			k := todo[0]
			todo = todo[1:]
			if k == out[i].Key || slices.Contains(all, k) {
				continue
			}
			all = append(all, k)
			todo = append(todo, of[k]...)
		}
		slices.Sort(all)
		out[i].DelegateOf = all
	}
	return out
}

// Search walks every path of the flow through Step, with every person as applicant and every person trying every
// move, and with the content changing at any time, announced (Revise) or behind the flow's back. It looks at each
// new instance by rules of its own and names the first that breaks one:
//
//   - no approval by the applicant or by anyone who stands in for the applicant, over any chain;
//   - no end is reached, but by going back, over an approval of another content;
//   - where the move says so, no two approvals by one person;
//   - every instance can still come to an end by moves alone, and every end is reached by some path.
//
// people give their direct delegations. It returns how many instances were seen.
func Search(f *Flow, people []Person) (states int, err error) {
	if err := f.Check(); err != nil {
		return 0, err
	}
	closed := Close(people)
	ends := map[State]bool{}
	for _, a := range people {
		s := &search{f: f, people: closed, stands: standIns(people, a.Key), applicant: a.Key, index: map[string]int{}}
		if err := s.run(scopesOf(f, people)); err != nil {
			return states + len(s.seen), fmt.Errorf("search %s, applicant %s: %w", f.Name, a.Key, err)
		}
		states += len(s.seen)
		for _, in := range s.seen {
			ends[in.State] = true
		}
	}
	for _, e := range f.End {
		if !ends[e] {
			return states, fmt.Errorf("search %s: nobody ever brings it to %q", f.Name, e)
		}
	}
	return states, nil
}

// standIns is everyone who can act for a person, found from the delegations themselves and not from Close.
func standIns(people []Person, of string) map[string]bool {
	out := map[string]bool{of: true}
	for range people {
		for _, p := range people {
			for _, q := range p.DelegateOf {
				if out[q] {
					out[p.Key] = true
				}
			}
		}
	}
	return out
}

// scopesOf gives the subject one scope for each attribute the flow asks for: the first a fitting role is held in.
func scopesOf(f *Flow, people []Person) map[string]string {
	out := map[string]string{}
	for _, m := range f.Moves {
		for _, p := range people {
			for _, g := range p.Roles {
				if m.Scope != "" && out[m.Scope] == "" && g.Role == m.Role && !taken(out, g.Scope) {
					out[m.Scope] = g.Scope
				}
			}
		}
	}
	return out
}

func taken(m map[string]string, v string) bool {
	for _, x := range m {
		if x == v {
			return true
		}
	}
	return false
}

type search struct {
	f         *Flow
	people    []Person
	stands    map[string]bool // the applicant and all stand-ins
	applicant string
	seen      []Instance
	index     map[string]int
	from      [][]int // instance → those it was reached from
}

func (s *search) run(scopes map[string]string) error {
	s.add(-1, s.f.New("x", s.applicant, "1", scopes, 1))
	for i := 0; i < len(s.seen); i++ {
		in := s.seen[i]
		for _, m := range s.f.Moves {
			for _, p := range s.people {
				out, err := s.f.Step(in, m.Name, p)
				if err != nil {
					continue
				}
				if err := s.holds(m, in, out); err != nil {
					return fmt.Errorf("%s by %s at %s after %v: %w", m.Name, p.Key, in.State, approvals(in), err)
				}
				s.add(i, out)
			}
		}
		if s.f.Ended(in) {
			continue
		}
		other := map[string]string{"1": "2", "2": "1"}[in.Hash]
		if out, err := s.f.Revise(in, other, 1); err == nil {
			s.add(-1, out)
		}
		in.Hash = other
		s.add(-1, in)
	}
	return s.ending()
}

// holds looks at one transition.
func (s *search) holds(m Move, in, out Instance) error {
	if s.f.Ended(in) {
		return fmt.Errorf("moves on after its end")
	}
	byPerson := map[string]bool{}
	for _, a := range out.Approvals {
		if s.stands[a.Person] {
			return fmt.Errorf("%s approved %s, being the applicant or a stand-in", a.Person, a.Move)
		}
		if am, _ := s.f.Move(a.Move); am.Distinct && byPerson[a.Person] {
			return fmt.Errorf("%s approved twice", a.Person)
		}
		byPerson[a.Person] = true
		if s.f.Ended(out) && !m.Back && a.Hash != out.Hash {
			return fmt.Errorf("comes to %s over an approval of another content", out.State)
		}
	}
	return nil
}

func approvals(in Instance) []string {
	var out []string
	for _, a := range in.Approvals {
		out = append(out, a.Move+":"+a.Person+":"+a.Hash)
	}
	return out
}

func (s *search) add(from int, in Instance) {
	in.Since = 1
	key := string(in.State) + " " + in.Hash + " " + strings.Join(approvals(in), " ")
	i, ok := s.index[key]
	if !ok {
		i = len(s.seen)
		s.index[key] = i
		s.seen = append(s.seen, in)
		s.from = append(s.from, nil)
	}
	if from >= 0 {
		s.from[i] = append(s.from[i], from)
	}
}

// ending walks back from the ends and names an instance that comes to none.
func (s *search) ending() error {
	done := make([]bool, len(s.seen))
	var todo []int
	for i, in := range s.seen {
		if s.f.Ended(in) {
			done[i] = true
			todo = append(todo, i)
		}
	}
	for len(todo) > 0 {
		i := todo[0]
		todo = todo[1:]
		for _, j := range s.from[i] {
			if !done[j] {
				done[j] = true
				todo = append(todo, j)
			}
		}
	}
	for i, in := range s.seen {
		if !done[i] {
			return fmt.Errorf("at %s after %v it can come to no end", in.State, approvals(in))
		}
	}
	return nil
}
