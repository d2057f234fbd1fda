package register

import (
	"context"
	"io"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/ref"
	"okite/internal/sheet"
)

// Reader is the registers as one person may read them, on one transaction (bp.9.3). Each of its methods is the one of
// Catalog with the same name, limited to the person's Span in the statement itself: what is not read is not counted,
// not named and not found.
type Reader struct {
	c      *Catalog
	tx     *db.Tx
	who    actor.Actor
	spans  map[string]Span
	powers map[string][]power     // rows of the table of powers, by act
	units  map[string]placeInCity // nil until they are asked for
	under  map[string][]string    // units by the unit right above
}

// As gives the registers as somebody may read them.
func (c *Catalog) As(tx *db.Tx, who actor.Actor) *Reader { return &Reader{c: c, tx: tx, who: who} }

// spanned works out what is read of registers; nil reads all.
type spanned func(ctx context.Context, d *Def) (*Span, error)

func (r *Reader) span(ctx context.Context, d *Def) (*Span, error) {
	s, err := r.Span(ctx, d)
	return &s, err
}

// List is Catalog.List.
func (r *Reader) List(ctx context.Context, d *Def, q Query) (Page, error) {
	s, err := r.span(ctx, d)
	if err != nil {
		return Page{}, err
	}
	q.span = s
	return r.c.List(ctx, r.tx, d, q)
}

// One is Catalog.One: a record that is not read is not there.
func (r *Reader) One(ctx context.Context, d *Def, key string) (Record, bool, error) {
	keys, err := r.Readable(ctx, d, []string{key})
	if err != nil || len(keys) == 0 {
		return Record{}, false, err
	}
	return r.c.One(ctx, r.tx, d, key)
}

// Many is Catalog.Many.
func (r *Reader) Many(ctx context.Context, d *Def, keys []string) (map[string]Record, error) {
	keys, err := r.Readable(ctx, d, keys)
	if err != nil {
		return nil, err
	}
	return r.c.Many(ctx, r.tx, d, keys)
}

// History is Catalog.History, none for a record that is not read.
func (r *Reader) History(ctx context.Context, d *Def, key string) ([]Version, error) {
	keys, err := r.Readable(ctx, d, []string{key})
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	return r.c.History(ctx, r.tx, d, key)
}

// Export is Catalog.Export.
func (r *Reader) Export(ctx context.Context, d *Def, q Query, as Format, enc sheet.Encoding, w io.Writer) ([]sheet.Lost, error) {
	s, err := r.span(ctx, d)
	if err != nil {
		return nil, err
	}
	q.span = s
	return r.c.Export(ctx, r.tx, d, q, as, enc, w)
}

// Import is Catalog.Import. A row with the key of a record that is not read is taken for a new one, which applying the
// plan refuses.
func (r *Reader) Import(ctx context.Context, d *Def, f File) (*Plan, error) {
	return r.c.Import(context.WithValue(ctx, readerKey{}, r), r.tx, d, f)
}

type readerKey struct{}

// stands reads the records that an import is set against: those that whoever asks for the preview may read.
func stands(ctx context.Context, tx *db.Tx, d *Def, keys []string) (map[string]Record, error) {
	if r, ok := ctx.Value(readerKey{}).(*Reader); ok {
		return r.Many(ctx, d, keys)
	}
	return many(ctx, tx, d, keys)
}

// Choices is Catalog.Choices.
func (r *Reader) Choices(ctx context.Context, d *Def, field string, limit int) ([]string, error) {
	s, err := r.span(ctx, d)
	if err != nil {
		return nil, err
	}
	return r.c.choicesOf(ctx, r.tx, d, field, limit, s)
}

// Options is Catalog.Options.
func (r *Reader) Options(ctx context.Context, d *Def, limit int) ([]Named, error) {
	s, err := r.span(ctx, d)
	if err != nil {
		return nil, err
	}
	return r.c.named(ctx, r.tx, d, limit, s, "")
}

// CalledExactly is Catalog.CalledExactly.
func (r *Reader) CalledExactly(ctx context.Context, d *Def, name string, limit int) ([]Named, error) {
	s, err := r.span(ctx, d)
	if err != nil || name == "" {
		return nil, err
	}
	return r.c.named(ctx, r.tx, d, limit, s, name)
}

// Counts is Catalog.Counts; registers of which nothing can be read are left out.
func (r *Reader) Counts(ctx context.Context) (map[string]int, error) {
	return r.c.countAll(ctx, r.tx, r.span)
}

// SearchEach is Catalog.SearchEach.
func (r *Reader) SearchEach(ctx context.Context, text string, each int) ([]Hit, error) {
	return r.c.searchEach(ctx, r.tx, text, each, r.span)
}

// Referrers is Catalog.Referrers.
func (r *Reader) Referrers(ctx context.Context, d *Def, key string) ([]Referrer, error) {
	return r.c.referrers(ctx, r.tx, d, key, r.span)
}

// Labels is Catalog.Labels: what is not read has no name.
func (r *Reader) Labels(ctx context.Context, d *Def, rows ...Row) (Labels, error) {
	return r.c.labelsOf(ctx, r.tx, d, rows, r.Readable)
}

// Names is Catalog.Names.
func (r *Reader) Names(ctx context.Context, refs ...ref.Ref) (Labels, error) {
	return r.c.namesOf(ctx, r.tx, refs, r.Readable)
}

// Label is Catalog.Label.
func (r *Reader) Label(ctx context.Context, x ref.Ref) (string, error) {
	names, err := r.Names(ctx, x)
	if err != nil || names[x] == "" {
		return x.Key, err
	}
	return names[x], nil
}

// Readable are those of some keys whose records are read, in no order.
func (r *Reader) Readable(ctx context.Context, d *Def, keys []string) ([]string, error) {
	s, err := r.span(ctx, d)
	switch {
	case err != nil || s.all:
		return keys, err
	case s.None() || len(keys) == 0:
		return nil, nil
	}
	return r.c.spanKeys(ctx, r.tx, d, keys, s)
}
