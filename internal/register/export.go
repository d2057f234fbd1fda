package register

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/sheet"
)

// Format is the form of an export.
type Format string

// The forms. Import reads each back without a difference.
const (
	XLSX Format = "xlsx"
	CSV  Format = "csv"
	JSON Format = "json"
)

// Export writes the records a query finds, by key: Japanese titles as header (field names in JSON), drop-downs and a
// hidden version column in xlsx. It returns the cells that lost signs, which only CP932 does.
func (c *Catalog) Export(ctx context.Context, tx *db.Tx, d *Def, q Query, as Format, enc sheet.Encoding, w io.Writer) ([]sheet.Lost, error) {
	fields, err := d.exported(q.Columns)
	if err != nil {
		return nil, err
	}
	switch as {
	case XLSX:
		return nil, c.exportXLSX(ctx, tx, d, q, fields, w)
	case CSV:
		header := make([]string, len(fields))
		for i, f := range fields {
			header[i] = d.Fields[f].Title.JA
		}
		lost, err := sheet.WriteCSV(w, header, c.texts(ctx, tx, d, q, fields, false), enc)
		if err != nil {
			return nil, fmt.Errorf("export %s: %w", d.Name, err)
		}
		return lost, nil
	case JSON:
		return nil, c.exportJSON(ctx, tx, d, q, fields, w)
	}
	return nil, fault.At("as", msg.F("「%s」という形式では書き出せません。xlsx、csv、json から選んでください。", "There is no form %q. Choose xlsx, csv or json.", string(as)))
}

// exported gives the fields of an export in the order of the declaration; the key is always among them.
func (d *Def) exported(columns []string) ([]int, error) {
	for _, name := range columns {
		if d.Index(name) < 0 {
			return nil, fault.At("columns", msg.F("「%s」という項目はありません。", "There is no field %q.", name))
		}
	}
	var out []int
	for i, f := range d.Fields {
		if columns == nil || f.Key || slices.Contains(columns, f.Name) {
			out = append(out, i)
		}
	}
	return out, nil
}

func (c *Catalog) exportXLSX(ctx context.Context, tx *db.Tx, d *Def, q Query, fields []int, w io.Writer) error {
	s := sheet.Sheet{Name: d.Title.JA, Rows: c.texts(ctx, tx, d, q, fields, true)}
	for _, i := range fields {
		f := d.Fields[i]
		col := sheet.Column{Title: f.Title.JA}
		switch f.Kind {
		case Int, Count:
			col.Kind = sheet.Number
		case Date:
			col.Kind = sheet.Day
		case Bool:
			col.Values = []string{yes.JA, no.JA}
		case Enum:
			if v := c.pack.Vocab(f.Vocab); v != nil {
				for _, t := range v.Terms {
					col.Values = append(col.Values, t.Title.JA)
				}
			}
		}
		s.Columns = append(s.Columns, col)
	}
	s.Columns = append(s.Columns, sheet.Column{Title: VersionField, Hidden: true})
	if err := sheet.WriteXLSX(w, sheet.Book{Sheets: []sheet.Sheet{s}, Lang: msg.JA}); err != nil {
		return fmt.Errorf("export %s: %w", d.Name, err)
	}
	return nil
}

// texts gives the rows of an export as text.
func (c *Catalog) texts(ctx context.Context, tx *db.Tx, d *Def, q Query, fields []int, version bool) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		row := make([]string, len(fields), len(fields)+1)
		for r, err := range c.Each(ctx, tx, d, q) {
			if err != nil {
				yield(nil, err)
				return
			}
			for n, i := range fields {
				row[n] = c.Canon(d.Fields[i], r.Row[i])
			}
			out := row
			if version {
				out = append(row, strconv.FormatInt(r.Version, 10))
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}

// JSONRow is a record by field names, with codes and not titles, in the order of the declaration.
type JSONRow struct {
	Def *Def
	Row Row
}

// MarshalJSON writes texts, numbers, truth, ISO days and lists; an absent count is null.
func (j JSONRow) MarshalJSON() ([]byte, error) { return j.Def.appendJSON(nil, j.Row, nil) }

// appendJSON writes the fields named by their places, all of them when fields is nil.
func (d *Def) appendJSON(b []byte, r Row, fields []int) ([]byte, error) {
	b = append(b, '{')
	first := true
	for i, f := range d.Fields {
		if fields != nil && !slices.Contains(fields, i) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		v := r[i]
		if s, ok := v.([]string); ok && s == nil {
			v = []string{}
		}
		j, err := json.Marshal(v) // days and moments write themselves as text
		if err != nil {
			return nil, fmt.Errorf("encode %s.%s: %w", d.Name, f.Name, err)
		}
		b = append(b, '"')
		b = append(b, f.Name...)
		b = append(b, '"', ':')
		b = append(b, j...)
	}
	return append(b, '}'), nil
}

func (c *Catalog) exportJSON(ctx context.Context, tx *db.Tx, d *Def, q Query, fields []int, w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	sep := "[\n"
	var line []byte
	for r, err := range c.Each(ctx, tx, d, q) {
		if err != nil {
			return err
		}
		if line, err = d.appendJSON(line[:0], r.Row, fields); err != nil {
			return err
		}
		_, _ = out.WriteString(sep) // the first error is kept for Flush
		_, _ = out.Write(line)
		sep = ",\n"
	}
	if sep == "[\n" {
		_, _ = out.WriteString("[")
	}
	_, _ = out.WriteString("\n]\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("export %s: %w", d.Name, err)
	}
	return nil
}
