package training

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
)

// defaultPass is the pass mark of a course with questions that names none.
const defaultPass = 80

// choices are the lines of a question's choices.
func (q Question) choices() []string {
	var out []string
	for line := range strings.Lines(q.Choices) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// numbers reads numbers of choices, sorted and each once; false when one is no number of a choice.
func (q Question) numbers(s string) ([]int, bool) {
	var out []int
	n := len(q.choices())
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '、' || r == '　' }) {
		i, err := strconv.Atoi(w)
		if err != nil || i < 1 || i > n {
			return nil, false
		}
		out = append(out, i)
	}
	slices.Sort(out)
	return slices.Compact(out), true
}

// right says whether an answer holds every right choice and no other.
func (q Question) right(given string) bool {
	a, ok := q.numbers(given)
	b, sound := q.numbers(q.Right)
	return ok && sound && len(b) > 0 && slices.Equal(a, b)
}

// several says whether more than one choice is to be marked.
func (q Question) several() bool {
	b, _ := q.numbers(q.Right)
	return len(b) > 1
}

// bindQuestion refuses a question nobody could answer.
func bindQuestion(_ *register.Catalog, d *register.Def) {
	d.Check = func(_ context.Context, _ *db.Tx, _, next register.Row) error {
		q := register.Decode[Question](d, next)
		if len(q.choices()) < 2 {
			return fault.At("choices", msg.T("選択肢は、1行に一つずつ、二つ以上書いてください。", "Write two choices or more, one a line."))
		}
		if n, ok := q.numbers(q.Right); !ok || len(n) == 0 {
			return fault.At("right", msg.F("正答は、1から%dまでの選択肢の番号で書いてください。", "Name the right choices by their numbers, 1 to %d.", len(q.choices())))
		}
		return nil
	}
}

// bindCompletion keeps with a completion the edition on which somebody was taught (bp.9.1).
func bindCompletion(c *register.Catalog, d *register.Def) {
	d.Check = func(ctx context.Context, tx *db.Tx, old, next register.Row) error {
		if old != nil || d.Str(next, "edition") != "" {
			return nil
		}
		k := c.Must("course")
		rec, ok, err := c.One(ctx, tx, k, d.Str(next, "course"))
		if err == nil && ok {
			d.Put(next, "edition", k.Str(rec.Row, "edition"))
		}
		return err
	}
}
