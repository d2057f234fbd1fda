package check

import (
	"fmt"

	"okite/internal/msg"
	"okite/internal/rule"
	"okite/internal/when"
)

// Register declares a register's own attributes. Label is the attribute that names a record to people, "" when the
// key does.
type Register struct {
	Name  string
	Title msg.Text
	Type  string // Cedar entity type, "Asset"; made from Name when ""
	Attrs []rule.Attr
	Label string
}

// Source is the rows of one register, in the order in which joins see them.
type Source interface {
	Register() string
	Len() int
	Key(row int) string
	Value(row, attr int) any // by place in Register.Attrs; any of the forms plainValue knows
	Records() any            // a slice of the register's struct
	Put(row int, record any) error
	Append(record any) error
	Remove(row int) // the last row takes its place
}

// Rows makes a Source of structs. key and value read one of them; value gets the place of the attribute in the
// register's declaration. The slice is the engine's from then on.
func Rows[T any](register string, records []T, key func(*T) string, value func(r *T, attr int) any) Source {
	return &rows[T]{register, records, key, value}
}

type rows[T any] struct {
	register string
	records  []T
	key      func(*T) string
	value    func(*T, int) any
}

func (r *rows[T]) Register() string        { return r.register }
func (r *rows[T]) Len() int                { return len(r.records) }
func (r *rows[T]) Key(row int) string      { return r.key(&r.records[row]) }
func (r *rows[T]) Value(row, attr int) any { return r.value(&r.records[row], attr) }
func (r *rows[T]) Records() any            { return r.records }

func (r *rows[T]) Put(row int, record any) error {
	t, err := r.cast(record)
	if err != nil {
		return err
	}
	r.records[row] = t
	return nil
}

func (r *rows[T]) Append(record any) error {
	t, err := r.cast(record)
	if err != nil {
		return err
	}
	r.records = append(r.records, t)
	return nil
}

func (r *rows[T]) Remove(row int) {
	last := len(r.records) - 1
	r.records[row] = r.records[last]
	var none T
	r.records[last] = none
	r.records = r.records[:last]
}

func (r *rows[T]) cast(record any) (T, error) {
	switch t := record.(type) {
	case T:
		return t, nil
	case *T:
		return *t, nil
	}
	var none T
	return none, fmt.Errorf("record of %s: is a %T, want %T", r.register, record, none)
}

// Forms of a value.

func asBool(v any) bool { b, _ := v.(bool); return b }

func asNum(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case int32:
		return int64(v)
	case int:
		return int64(v)
	case when.Date:
		return int64(v)
	case when.Stamp:
		return int64(v)
	case *int64:
		if v != nil {
			return *v
		}
	}
	return 0 // a Count nobody stated
}

func asText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return ""
}

func asSet(v any) []string { s, _ := v.([]string); return s }
