package register

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/when"
)

// Query says which records a list shows. The zero value is the first page of all that have not ended.
type Query struct {
	Filters map[string][]string // field → values, any of them; "" stands for not set
	Text    string              // words that must all be found in the record
	Sort    string              // field; "" is the key
	Desc    bool
	After   string   // Page.Next of the page before
	Page    int      // or a page number from 1, for jumps; bounded by MaxOffset
	Limit   int      // rows a page; 50 unless said, at most 1000
	Ended   bool     // ended records too
	Units   []string // only records these units own; nil means all
	Columns []string // of an export; nil means all

	sort   Field
	offset int
	asks   asked // what of it the search index answers
	span   *Span // what the reader may read; nil means all
}

// Page is a part of a list.
type Page struct {
	Rows  []Record
	Total int    // counted up to CountLimit
	More  bool   // there are more than Total
	Next  string // for Query.After; "" on the last page
}

// CountLimit bounds the counting of a list, so that a page of a million records stays quick.
const CountLimit = 10000

// MaxOffset bounds jumps by page number; beyond it one goes on with After.
const MaxOffset = 10000

// clauses of a WHERE.
type where struct {
	parts []string
	args  []any
}

// add puts in a condition; each %s becomes the mark of one value.
func (w *where) add(cond string, values ...any) {
	marks := make([]any, len(values))
	for i, v := range values {
		w.args = append(w.args, v)
		marks[i] = "$" + strconv.Itoa(len(w.args))
	}
	w.parts = append(w.parts, fmt.Sprintf(cond, marks...))
}

func (w *where) sql() string {
	if len(w.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.parts, " AND ")
}

// where builds the conditions of a query. plain keeps SQLite from using an index for the filters: when very many
// records fit, walking the sort order finds a page at once.
func (c *Catalog) where(d *Def, q Query, dialect db.Dialect, plain bool) (*where, error) {
	w := &where{}
	if err := c.narrow(w, d, q, dialect, plain); err != nil {
		return nil, err
	}
	return w, nil
}

// narrow adds the conditions of a query to w.
func (c *Catalog) narrow(w *where, d *Def, q Query, dialect db.Dialect, plain bool) error {
	col := func(name string) string {
		if plain && dialect == db.SQLite {
			return "+" + quote(name)
		}
		return quote(name)
	}
	if !q.Ended {
		w.add("NOT ended")
	}
	q.span.add(w, dialect)
	for _, f := range d.Fields {
		values, asked := q.Filters[f.Name]
		if !asked || len(values) == 0 {
			continue
		}
		var conds []string
		var args []any
		for _, v := range values {
			cond, arg, err := filter(f, col(f.Name), v)
			if err != nil {
				return err
			}
			conds, args = append(conds, cond), append(args, arg)
		}
		w.add("("+strings.Join(conds, " OR ")+")", args...)
	}
	for name := range q.Filters {
		if d.Index(name) < 0 {
			return fault.At(name, msg.F("「%s」という項目はありません。", "There is no field %q.", name))
		}
	}
	switch {
	case q.Units == nil || d.Unit == "":
	case len(q.Units) == 0:
		w.add("FALSE")
	default:
		args := make([]any, len(q.Units))
		for i, u := range q.Units {
			args[i] = u
		}
		w.add(col(d.Unit)+" IN ("+strings.TrimSuffix(strings.Repeat("%s, ", len(args)), ", ")+")", args...)
	}
	q.asks.add(w, d, dialect)
	return nil
}

func filter(f Field, col, v string) (string, any, error) {
	switch f.Kind {
	case Set:
		if v == "" {
			return col + " = %s", "", nil
		}
		return col + " LIKE %s ESCAPE '!'", "% " + like(v) + " %", nil
	case Int, Count, Stamp:
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return "", nil, fault.At(f.Name, msg.F("%sは数字で指定してください。", "%s wants a number.", f.Title))
		}
		return col + " = %s", n, nil
	case Bool:
		b, ok := parseBool(v)
		if !ok {
			return "", nil, fault.At(f.Name, msg.F("%sは「はい」又は「いいえ」で指定してください。", "%s wants yes or no.", f.Title))
		}
		return col + " = %s", b, nil
	case Date:
		if v == "" {
			return col + " = %s", "", nil
		}
		dt, err := when.ParseLenient(v)
		if err != nil {
			return "", nil, fault.At(f.Name, fault.As(err).Message)
		}
		return col + " = %s", dt.String(), nil
	}
	return col + " = %s", v, nil
}

// like escapes the signs LIKE reads, with !.
func like(s string) string { return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s) }

// List reads one page. Sort fields must be Sortable; ties are ordered by key.
func (c *Catalog) List(ctx context.Context, tx *db.Tx, d *Def, q Query) (Page, error) {
	sort := d.KeyField()
	if q.Sort != "" {
		f, ok := d.Field(q.Sort)
		if !ok || !d.Sortable(f) {
			return Page{}, fault.At("sort", msg.F("「%s」では並べ替えられません。", "The list cannot be sorted by %q.", q.Sort))
		}
		sort = f
	}
	switch {
	case q.Limit <= 0:
		q.Limit = 50
	case q.Limit > 1000:
		q.Limit = 1000
	}
	q.sort, q.offset = sort, 0
	if q.After == "" && q.Page > 1 {
		if q.offset = (q.Page - 1) * q.Limit; q.offset > MaxOffset {
			return Page{}, fault.At("page", msg.T("このページへは直接移動できません。条件で絞り込んでください。", "That page is too far to jump to. Please narrow the list."))
		}
	}
	p, way, err := c.weigh(ctx, tx, d, &q)
	if err != nil {
		return Page{}, err
	}
	rs, err := c.page(ctx, tx, d, q, way)
	if err != nil {
		return Page{}, err
	}
	if len(rs) > q.Limit {
		rs = rs[:q.Limit]
		p.Next = cursor(d, sort, rs[q.Limit-1].Row)
	}
	p.Rows = rs
	return p, nil
}

// order writes ORDER BY. Absent counts come first on both engines.
func order(d *Def, f Field, desc bool) string {
	dir, nulls := "", ""
	if desc {
		dir = " DESC"
	}
	if f.Kind == Count {
		nulls = " NULLS FIRST"
		if desc {
			nulls = " NULLS LAST"
		}
	}
	if f.Key {
		return quote(f.Name) + dir
	}
	return quote(f.Name) + dir + nulls + ", " + quote(d.KeyField().Name) + dir
}

// cursor is the place behind a row in a sort order: value and key.
func cursor(d *Def, f Field, r Row) string {
	b, _ := json.Marshal([]any{stored(f.Kind, d.Get(r, f.Name)), d.Key(r)}) // text, number or truth: cannot fail
	return base64.RawURLEncoding.EncodeToString(b)
}

// after limits to what stands behind the cursor.
func (w *where) after(d *Def, f Field, q Query) error {
	if q.After == "" {
		return nil
	}
	bad := fault.At("after", msg.T("ページの指定が正しくありません。一覧を開き直してください。", "The page mark is wrong. Please open the list again."))
	b, err := base64.RawURLEncoding.DecodeString(q.After)
	if err != nil {
		return bad
	}
	var at [2]any
	dec := json.NewDecoder(strings.NewReader(string(b)))
	dec.UseNumber()
	if err := dec.Decode(&at); err != nil {
		return bad
	}
	key, ok := at[1].(string)
	if !ok {
		return bad
	}
	value := at[0]
	if n, ok := value.(json.Number); ok {
		if value, err = n.Int64(); err != nil {
			return bad
		}
	}
	sign := ">"
	if q.Desc {
		sign = "<"
	}
	col, kcol := quote(f.Name), quote(d.KeyField().Name)
	switch {
	case f.Key:
		w.add(kcol+" "+sign+" %s", key)
	case value == nil && !q.Desc:
		w.add("("+col+" IS NOT NULL OR ("+col+" IS NULL AND "+kcol+" > %s))", key)
	case value == nil:
		w.add(col+" IS NULL AND "+kcol+" < %s", key)
	case f.Kind == Count && q.Desc:
		w.add("("+col+" < %s OR ("+col+" = %s AND "+kcol+" < %s) OR "+col+" IS NULL)", value, value, key)
	case f.Kind == Bool:
		w.add("("+col+" "+sign+" %s OR ("+col+" = %s AND "+kcol+" "+sign+" %s))", value, value, key)
	default:
		w.add("("+col+", "+kcol+") "+sign+" (%s, %s)", value, key)
	}
	return nil
}

// Choices gives the values a field has, most frequent first, for the filters of a list. It looks at no more than
// CountLimit records.
func (c *Catalog) Choices(ctx context.Context, tx *db.Tx, d *Def, field string, limit int) ([]string, error) {
	return c.choicesOf(ctx, tx, d, field, limit, nil)
}

func (c *Catalog) choicesOf(ctx context.Context, tx *db.Tx, d *Def, field string, limit int, s *Span) ([]string, error) {
	f, ok := d.Field(field)
	if !ok || f.Kind == Set || f.Kind == Int || f.Kind == Count || f.Kind == Bool || f.Kind == Stamp {
		return nil, fault.At(field, msg.F("「%s」では絞り込めません。", "The list cannot be narrowed by %q.", field))
	}
	w := &where{}
	w.add("NOT ended")
	s.add(w, tx.Dialect())
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (v string, err error) { return v, r.Scan(&v) },
		fmt.Sprintf("SELECT v FROM (SELECT %s AS v FROM %s%s LIMIT %d) AS sample GROUP BY v ORDER BY COUNT(*) DESC, v LIMIT %d", quote(f.Name), d.table(), w.sql(), CountLimit, limit), w.args...)
	if err != nil {
		return nil, fmt.Errorf("read choices of %s.%s: %w", d.Name, field, err)
	}
	return out, nil
}
