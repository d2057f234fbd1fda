package check

// dayIndex finds the rows of a column that hold a day, so that the clock touches only rows whose day comes. Rows of
// one day are a doubly linked list. Numbers outside the index's reach hang on one list of their own.
type dayIndex struct {
	head       []int32 // first row of a day, -1 when none; the last one is the list of the far
	next, prev []int32 // by row; prev of a first row is -1-day
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
	if d.head == nil {
		d.head = make([]int32, reach+1)
	}
	for i := range d.head {
		d.head[i] = -1
	}
	d.next, d.prev = make([]int32, len(vals)), make([]int32, len(vals))
	for r := len(vals) - 1; r >= 0; r-- { // so that lists run upwards
		d.link(r, vals[r])
	}
}

func (d *dayIndex) link(row int, v int64) {
	b := bucket(v)
	first := d.head[b]
	d.head[b], d.next[row], d.prev[row] = int32(row), first, -1-b
	if first >= 0 {
		d.prev[first] = int32(row)
	}
}

func (d *dayIndex) unlink(row int) {
	next, prev := d.next[row], d.prev[row]
	if prev < 0 {
		d.head[-1-prev] = next
	} else {
		d.next[prev] = next
	}
	if next >= 0 {
		d.prev[next] = prev
	}
}

func (d *dayIndex) grow(row int, v int64) {
	d.next, d.prev = append(d.next, 0), append(d.prev, 0)
	d.link(row, v)
}

// on calls f for every row that holds day v, and for the rows on the far list when v is far.
func (d *dayIndex) on(v int64, f func(row int)) {
	for r := d.head[bucket(v)]; r >= 0; r = d.next[r] {
		f(int(r))
	}
}
