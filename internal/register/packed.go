package register

import "iter"

// packed keeps very many rows in little memory: a column only from the first row on that differs from an empty one.
type packed struct {
	d    *Def
	n    int
	zero Row
	cols [][]any
}

func newPacked(d *Def) *packed {
	return &packed{d: d, zero: d.New(), cols: make([][]any, len(d.Fields))}
}

func (p *packed) add(r Row) {
	for i, v := range r {
		if p.cols[i] == nil && equal(v, p.zero[i]) {
			continue
		}
		for len(p.cols[i]) < p.n {
			p.cols[i] = append(p.cols[i], p.zero[i])
		}
		p.cols[i] = append(p.cols[i], v)
	}
	p.n++
}

// row gives a row anew, which the caller may change.
func (p *packed) row(n int) Row {
	r := make(Row, len(p.cols))
	for i, col := range p.cols {
		if n < len(col) {
			r[i] = col[n]
		} else {
			r[i] = p.zero[i]
		}
	}
	return r
}

// keys gives the keys of all rows.
func (p *packed) keys() []string {
	out := make([]string, p.n)
	for i := range out {
		out[i], _ = p.cols[p.d.key][i].(string)
	}
	return out
}

// chunks gives the rows some at a time.
func (p *packed) chunks(size int) iter.Seq2[int, []Row] {
	return chunks(p.n, size, p.row)
}

// chunks gives n rows some at a time, each with the number of its first.
func chunks(n, size int, row func(int) Row) iter.Seq2[int, []Row] {
	return func(yield func(int, []Row) bool) {
		for from := 0; from < n; from += size {
			part := make([]Row, min(size, n-from))
			for i := range part {
				part[i] = row(from + i)
			}
			if !yield(from, part) {
				return
			}
		}
	}
}
