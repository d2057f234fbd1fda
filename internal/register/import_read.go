package register

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"okite/internal/sheet"
)

// read is a part of a file on its way to its reader: a header, or rows under the last one.
type read struct {
	sheet  string
	header []sheet.Cell
	rows   []sheet.Record
}

var errEnough = errors.New("nobody reads on")

// readBeside reads a file in a goroutine of its own while header and row work on what was read before. They are called in
// the order of the file, and for all that stands before a mistake.
func readBeside(f File, limits sheet.Limits, header func(string, []sheet.Cell) error, row func(string, sheet.Record) error) error {
	parts, enough := make(chan read, 2), make(chan struct{})
	end := aside(func() error {
		defer close(parts)
		return readParts(f, limits, func(p read) error {
			select {
			case parts <- p:
				return nil
			case <-enough:
				return errEnough
			}
		})
	})
	err := func() error {
		defer close(enough)
		for p := range parts {
			if p.header != nil {
				if err := header(p.sheet, p.header); err != nil {
					return err
				}
			}
			for _, r := range p.rows {
				if err := row(p.sheet, r); err != nil {
					return err
				}
			}
		}
		return nil
	}()
	if e := end(); err == nil {
		err = e
	}
	return err
}

// aside runs work in a goroutine of its own. wait gives its error, and its panic goes on in whoever waits.
func aside(work func() error) (wait func() error) {
	type outcome struct {
		err   error
		panic any
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			if p := recover(); p != nil {
				o.panic = fmt.Sprintf("%v\n\nbeside:\n%s", p, debug.Stack())
			}
			done <- o
		}()
		o.err = work()
	}()
	return func() error {
		o := <-done
		if o.panic != nil {
			panic(o.panic)
		}
		return o.err
	}
}

// readParts gives the parts of a file, rows some at a time.
func readParts(f File, limits sheet.Limits, give func(read) error) error {
	var held read
	flush := func() error {
		p := held
		held.rows = nil
		if len(p.rows) == 0 {
			return nil
		}
		return give(p)
	}
	err := sheet.ReadTables(f.Name, f.R, f.Size, limits, func(name string, columns []sheet.Cell) error {
		if err := flush(); err != nil {
			return err
		}
		held.sheet = name
		return give(read{sheet: name, header: columns})
	}, func(name string, r sheet.Record) error {
		held.rows = append(held.rows, sheet.Record{Row: r.Row, Cells: slices.Clone(r.Cells)})
		if len(held.rows) < importPart/4 {
			return nil
		}
		return flush()
	})
	if errors.Is(err, errEnough) {
		return err
	}
	return errors.Join(flush(), err)
}
