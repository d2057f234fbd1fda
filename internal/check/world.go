package check

import (
	"fmt"
	"slices"
	"strings"

	"okite/internal/rule"
)

// Calendar counts open days (開庁日). Days are days since 1970-01-01.
type Calendar interface {
	AddOpen(day int32, n int) int32
	IsOpen(day int32) bool
	OpenBetween(a, b int32) int
}

// Join works out attributes of a subject register from any registers. Compute writes every row anew; the engine
// compares with what stood before and touches only what changed.
type Join struct {
	Subject string
	Attrs   []rule.Attr
	Reads   []string // registers, and "param" and "day"
	Compute func(w *World, out *Out) error
}

// World is what a join reads: the registers as slices of their structs, the day, parameters and the calendar.
type World struct {
	day      int32
	calendar Calendar
	params   map[string]int64
	texts    map[string]string
	tables   map[string]any
	index    func(register, key string) (int, bool)
}

// NewWorld makes a world of registers given as slices of structs ([]Asset under "asset").
func NewWorld(day int32, cal Calendar, params map[string]int64, texts map[string]string, tables map[string]any) *World {
	return &World{day: day, calendar: cal, params: params, texts: texts, tables: tables}
}

// Day is the day decided for, in days since 1970-01-01.
func (w *World) Day() int32 { return w.day }

// Calendar counts open days.
func (w *World) Calendar() Calendar { return w.calendar }

// Param is a number the city has set; false when it has not.
func (w *World) Param(name string) (int64, bool) { n, ok := w.params[name]; return n, ok }

// ParamText is a text the city has set; false when it has not.
func (w *World) ParamText(name string) (string, bool) { s, ok := w.texts[name]; return s, ok }

// Index is the row of a key in a register.
func (w *World) Index(register, key string) (int, bool) {
	if w.index == nil {
		return 0, false
	}
	return w.index(register, key)
}

// Records are the rows of a register in row order. A register that was not given has no rows. The slice must not
// be changed or kept.
func Records[T any](w *World, register string) []T {
	t, ok := w.tables[register]
	if !ok || t == nil {
		return nil
	}
	rows, ok := t.([]T)
	if !ok {
		panic(fmt.Sprintf("records of %s: hold %T, asked for []%T", register, t, *new(T)))
	}
	return rows
}

// Out takes what a join works out, one vector per attribute. Rows that are not set hold nothing: false, 0 or "".
type Out struct {
	attrs []rule.Attr
	n     int
	cols  []vector
}

// vector is one attribute over all rows; only the slice of its kind is used.
type vector struct {
	bools []bool
	nums  []int64 // Int and Date
	texts []string
	sets  [][]string
}

// NewOut makes room for n rows.
func NewOut(n int, attrs []rule.Attr) *Out {
	o := &Out{attrs: attrs, n: n, cols: make([]vector, len(attrs))}
	for i, a := range attrs {
		switch c := &o.cols[i]; a.Kind {
		case rule.Bool:
			c.bools = make([]bool, n)
		case rule.Int, rule.Date:
			c.nums = make([]int64, n)
		case rule.Enum:
			c.texts = make([]string, n)
		case rule.Set:
			c.sets = make([][]string, n)
		}
	}
	return o
}

// Len is the number of rows.
func (o *Out) Len() int { return o.n }

// SetBool sets a Bool.
func (o *Out) SetBool(row, attr int, v bool) { o.cols[attr].bools[row] = v }

// SetInt sets an Int.
func (o *Out) SetInt(row, attr int, v int64) { o.cols[attr].nums[row] = v }

// SetDate sets a Date, in days since 1970-01-01.
func (o *Out) SetDate(row, attr int, v int32) { o.cols[attr].nums[row] = int64(v) }

// SetEnum sets an Enum.
func (o *Out) SetEnum(row, attr int, v string) { o.cols[attr].texts[row] = v }

// SetSet sets a Set; the codes may come in any order and more than once.
func (o *Out) SetSet(row, attr int, codes []string) {
	s := slices.Clone(codes)
	slices.Sort(s)
	o.cols[attr].sets[row] = slices.Compact(s)
}

// Value is what was set: bool, int64, int32 (a Date), string or []string.
func (o *Out) Value(row, attr int) any {
	switch c := &o.cols[attr]; o.attrs[attr].Kind {
	case rule.Bool:
		return c.bools[row]
	case rule.Int:
		return c.nums[row]
	case rule.Date:
		return int32(c.nums[row])
	case rule.Enum:
		return c.texts[row]
	default:
		return c.sets[row]
	}
}

// setText is a set as the SQL oracle stores it: " a b ", "" when empty.
func setText(codes []string) string {
	if len(codes) == 0 {
		return ""
	}
	return " " + strings.Join(codes, " ") + " "
}
