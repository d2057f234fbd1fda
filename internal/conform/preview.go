package conform

import (
	"context"
	"errors"
	"slices"

	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/policy"
)

// Effect is what another value of a parameter would do to the findings of a check today.
type Effect struct {
	ID         string
	Title      msg.Text
	Clauses    []clause.ID
	More, Less int // subjects that would begin, or cease, to be noncompliant or undetermined
}

// Preview tells what another value of a parameter would change today, and changes nothing (bp.12): the checks that read
// it, and whatever else it moves, such as the procedures that must keep within it. The engine takes the value in, is asked
// what it finds, and takes the present value back, in which time nobody else asks it.
func (s *Service) Preview(ctx context.Context, param string, value int64) (out []Effect, err error) {
	reads := s.Reads(param)
	err = s.with(ctx, func(l *look) error {
		src, row, there := l.row("parameter", param)
		if !there {
			return fault.New(fault.NotFound, msg.F("基準値「%s」はありません。", "There is no parameter “%s”.", param))
		}
		present := records[policy.Parameter](l.sources, src.Register())[row]
		tried := present
		tried.Value = &value
		was := map[string]map[place]bool{}
		for _, k := range l.engine.Checks() {
			was[k.ID] = l.unkept(k.ID)
		}
		l.engine.Watch(nil) // what moves here and back again is no result to be kept
		defer s.watch()
		put := func(p policy.Parameter) error {
			err := l.engine.Change(src.Register(), param, p)
			l.engine.SetParams(l.parameters())
			return err
		}
		err := put(tried)
		for _, i := range s.c.Checks {
			e, read := Effect{}, slices.ContainsFunc(reads, func(r Info) bool { return r.ID == i.ID })
			if _, runs := was[i.ID]; !runs {
				continue
			}
			e.ID, e.Title, e.Clauses = i.ID, i.Title, i.Clauses
			now := l.unkept(i.ID)
			for p := range now {
				if !was[i.ID][p] {
					e.More++
				}
			}
			for p := range was[i.ID] {
				if !now[p] {
					e.Less++
				}
			}
			if read || e.More+e.Less > 0 {
				out = append(out, e)
			}
		}
		return errors.Join(err, put(present))
	})
	return out, err
}

// unkept are the subjects that a check finds noncompliant or undetermined, as the engine has it now.
func (l *look) unkept(id string) map[place]bool {
	out := map[place]bool{}
	for f := range l.engine.Findings(id) {
		if f.Result != check.Excepted {
			out[placeAt(f)] = true
		}
	}
	return out
}
