package check

// dayIndex finds the rows of a column that hold a day, so that the clock touches only rows whose day comes. Rows of
// one day lie side by side. Numbers outside the index's reach are one list of their own.
type dayIndex struct {
	rows    map[int32][]int32 // by day
	day, at []int32           // by row: its list, and its place there
}

const (
	reach = 1 << 16 // days, to the year 2149
	far   = reach
)

func newDayIndex() *dayIndex { return &dayIndex{} }

func bucket(v int64) int32 {
	if v < 0 || v >= reach {
		return far
	}
	return int32(v)
}

// fill indexes a whole column.
func (d *dayIndex) fill(vals []int64) {
	counts := map[int32]int{}
	for _, v := range vals {
		counts[bucket(v)]++
	}
	d.rows = make(map[int32][]int32, len(counts))
	for day, n := range counts {
		d.rows[day] = make([]int32, 0, n)
	}
	d.day, d.at = make([]int32, len(vals)), make([]int32, len(vals))
	for r, v := range vals {
		d.link(r, v)
	}
}

func (d *dayIndex) link(row int, v int64) {
	b := bucket(v)
	list := d.rows[b]
	d.day[row], d.at[row] = b, int32(len(list))
	d.rows[b] = append(list, int32(row))
}

// unlink takes a row out; the last one of its list takes its place.
func (d *dayIndex) unlink(row int) {
	b, at := d.day[row], d.at[row]
	list := d.rows[b]
	last := list[len(list)-1]
	list[at], d.at[last] = last, at
	if list = list[:len(list)-1]; len(list) == 0 {
		delete(d.rows, b)
	} else {
		d.rows[b] = list
	}
}

func (d *dayIndex) grow(row int, v int64) {
	d.day, d.at = append(d.day, 0), append(d.at, 0)
	d.link(row, v)
}

// on calls f for every row that holds day v, and for the rows on the far list when v is far. f must not change the
// index.
func (d *dayIndex) on(v int64, f func(row int)) {
	for _, r := range d.rows[bucket(v)] {
		f(int(r))
	}
}
