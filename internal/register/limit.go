package register

import (
	"strings"

	"okite/internal/db"
)

// OwnOnly says whether somebody reads at most what is about them.
func (s Span) OwnOnly() bool { return !s.all && len(s.units)+len(s.systems) == 0 }

// Where is what somebody reads of the register as a condition on its table, for statements that modules write
// themselves. Its values are numbered from $next on.
func (s Span) Where(dialect db.Dialect, next int) (cond string, args []any) {
	w := &where{args: make([]any, next-1)}
	s.add(w, dialect)
	if len(w.parts) == 0 {
		return everything, nil
	}
	return strings.Join(w.parts, " AND "), w.args[next-1:]
}
