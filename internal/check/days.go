package check

// dayIndex finds the rows of a column that hold a day, so that the clock touches only rows whose day comes. A row
// stays on the list of a day it has left, until so many have left that all lists are made anew: leaving a list would
// touch more memory than the change itself. Who reads a list therefore asks the column again, and may meet a row
// twice. Numbers outside the index's reach are one list of their own.
type dayIndex struct {
	pages   [far>>8 + 1]*[256][]int32 // rows by day
	entries int                       // on all lists
}

const (
	reach = 1 << 16 // days, to the year 2149
	far   = reach
)

func bucket(v int64) int32 {
	if v < 0 || v >= reach {
		return far
	}
	return int32(v)
}

// fill makes the lists of a whole column anew, each in the order of the rows.
func (d *dayIndex) fill(n int, value func(row int) int64) {
	*d = dayIndex{}
	for r := range n {
		d.add(r, value(r))
	}
}

// list is the list of a day, made when there is none.
func (d *dayIndex) list(b int32) *[]int32 {
	p := d.pages[b>>8]
	if p == nil {
		p = new([256][]int32)
		d.pages[b>>8] = p
	}
	return &p[b&255]
}

// add puts a row on the list of its number.
func (d *dayIndex) add(row int, v int64) {
	l := d.list(bucket(v))
	*l = append(*l, int32(row))
	d.entries++
}

// on are the rows that hold v or held it; those of the far list when v is far.
func (d *dayIndex) on(v int64) []int32 {
	b := bucket(v)
	if p := d.pages[b>>8]; p != nil {
		return p[b&255]
	}
	return nil
}

// due says whether the lists of a column of n rows hold so many rows that have left that they must be made anew.
func (d *dayIndex) due(n int) bool { return d.entries > 2*n+1024 }
