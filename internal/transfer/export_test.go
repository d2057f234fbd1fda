package transfer

import (
	"context"
	"fmt"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/register"
	"okite/internal/sheet"
	"okite/internal/when"
)

// For the tests of this folder.
var SetFlow = setFlow

const Product = product

// Seen is a difference as a test looks at it: one text a line, "join P-1 2027-04-01 ahead".
type Seen struct {
	Upload, Digest     string
	Lines              []string
	Unchanged, Undated int
	Errors             []register.CellError
}

// See keeps a file for who is in ctx and gives what it would do.
func (s *Service) See(ctx context.Context, mapping, name string, body []byte, missing when.Date) (Seen, error) {
	id, err := s.keep(ctx, mapping, name, body)
	if err != nil {
		return Seen{}, err
	}
	out := Seen{Upload: id}
	return out, s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		u, err := s.kept(ctx, tx, actor.From(ctx), id)
		if err != nil {
			return err
		}
		d, err := s.differ(ctx, tx, u, missing)
		if err != nil {
			return err
		}
		out.Digest, out.Unchanged, out.Undated, out.Errors = d.digest(), d.unchanged, d.undated, d.errors
		for _, l := range d.lines {
			text := fmt.Sprintf("%s %s %s", l.kind, l.code, l.day)
			if l.ahead {
				text += " ahead"
			}
			if l.missing {
				text += " missing"
			}
			for _, c := range l.changes {
				text += fmt.Sprintf(" %s[%s>%s]", c.field, c.old, c.new)
			}
			out.Lines = append(out.Lines, text)
		}
		return nil
	})
}

// ReadLDIF reads a file for its mistakes alone.
func ReadLDIF(b []byte) error {
	return readLDIF("x.ldif", b, func([]sheet.Cell) error { return nil }, func(sheet.Record) error { return nil })
}
