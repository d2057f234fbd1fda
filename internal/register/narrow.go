package register

import (
	"context"
	"fmt"

	"okite/internal/db"
)

// A list is found on one of three ways. What few records fit is taken by the index that names them and sorted. What very
// many fit is found by walking the order asked for: the first records looked at fill a page. And when the records that
// fit stand late in the order, walking would pass hundreds of thousands of others, so that after some steps the matches
// are taken after all. All three give the same page.

// bounds are where a list goes over from one way to the next.
type bounds struct {
	few        int // records that are taken and sorted at once
	step, most int // records that are walked first, and at most
	held       int // and at most where the search index holds the order as well, which makes the matches cheap
}

var usualBounds = bounds{few: CountLimit, step: 500, most: 16000, held: 4000}

// way is how a page is found.
type way uint8

const (
	direct way = iota // by whichever index the database takes
	walked            // along the order, then by the matches
)

// asked is what a query asks of the search index.
type asked struct {
	match string   // as the engine reads it; "" when nothing is asked
	terms []string // the folded words
	sets  int      // fields of the filters that it answers
	many  bool     // more records fit than are taken at once
	look  look
}

// look is how the conditions of a query hold its words against a record.
type look uint8

const (
	byIndex  look = iota // the index names the records
	byRecord             // each record is looked at
	joined               // the statement begins with the index
)

// question is what a query asks of the search index: words, and values of Set fields.
func (d *Def) question(q Query, dialect db.Dialect) (a asked) {
	a.match, a.terms = match(q.Text, d.Name, dialect)
	var of string
	of, a.sets = d.setMatch(q, dialect)
	switch {
	case of == "":
	case a.match == "":
		a.match = of
	case dialect == db.Postgres:
		a.match += " & " + of
	default:
		a.match += " AND " + of
	}
	return a
}

// from is the part of a statement that finds the records by the search index, with its values.
func (a asked) from(d *Def, dialect db.Dialect, columns string, ended bool) (string, []any) {
	s, args := found(columns, dialect)+" AND d.register = %s", []any{a.match, d.Name}
	if !ended {
		s += " AND NOT d.ended"
	}
	for _, t := range unsure(a.terms) {
		s += " AND d.body LIKE %s ESCAPE '!'"
		args = append(args, "%"+like(t)+"%")
	}
	return s, args
}

// add limits a query to the records that fit what is asked.
func (a asked) add(w *where, d *Def, dialect db.Dialect) {
	key := quote(d.KeyField().Name)
	switch {
	case a.match == "" || a.look == joined:
	case a.look == byIndex:
		s, args := a.from(d, dialect, "key", true)
		w.add(key+" IN ("+s+")", args...)
	case len(a.terms) > 0:
		s, args := "EXISTS (SELECT 1 FROM search_doc d WHERE d.register = %s AND d.key = "+d.table()+"."+key, []any{d.Name}
		for _, t := range a.terms {
			s += " AND d.body LIKE %s ESCAPE '!'"
			args = append(args, "%"+like(t)+"%")
		}
		if dialect == db.Postgres { // record by record, not all texts of the index beforehand
			s += " OFFSET 0"
		}
		w.add(s+")", args...)
	}
}

// ask puts into a query what the search index has to say to it, and whether that is much.
func (c *Catalog) ask(ctx context.Context, tx *db.Tx, d *Def, q *Query) error {
	a := d.question(*q, tx.Dialect())
	q.asks = a
	if a.match == "" {
		return nil
	}
	w := &where{}
	s, args := a.from(d, tx.Dialect(), "key", q.Ended)
	w.add(s, args...)
	n, err := c.bounded(ctx, tx, c.bounds.few, w.parts[0], w.args)
	if err != nil {
		return fmt.Errorf("count words in %s: %w", d.Name, err)
	}
	if q.asks.many = n > c.bounds.few; q.asks.many {
		q.asks.look = byRecord
	}
	return nil
}

// alone says whether a query asks nothing besides what the search index answers.
func (q Query) alone() bool {
	return len(q.Filters) == q.asks.sets && q.Units == nil && (q.span == nil || q.span.all)
}

// bounded counts what a statement finds, not further than one more than few.
func (c *Catalog) bounded(ctx context.Context, tx *db.Tx, few int, statement string, args []any) (n int, err error) {
	err = tx.QueryRow(ctx, fmt.Sprintf("SELECT COUNT(*) FROM (%s LIMIT %d) AS bounded", statement, few+1), args...).Scan(&n)
	return n, err
}

// weigh counts what a query finds and says how its page is found best.
func (c *Catalog) weigh(ctx context.Context, tx *db.Tx, d *Def, q *Query) (Page, way, error) {
	if err := c.ask(ctx, tx, d, q); err != nil {
		return Page{}, direct, err
	}
	if !q.asks.many {
		p, err := c.count(ctx, tx, d, *q, c.bounds.few)
		if p.More && !q.alone() {
			return p, walked, err
		}
		return p, direct, err
	}
	if q.alone() {
		return Page{Total: c.bounds.few, More: true}, walked, nil
	}
	rest := *q
	rest.asks = asked{}
	if p, err := c.count(ctx, tx, d, rest, 3*c.bounds.few); err != nil || !p.More { // not too many fit the rest: each is looked at
		if err == nil {
			p, err = c.count(ctx, tx, d, *q, c.bounds.few)
		}
		return p, direct, err
	}
	q.asks.look = joined
	p, err := c.count(ctx, tx, d, *q, c.bounds.few)
	if p.More {
		q.asks.look = byRecord
		return p, walked, err
	}
	return p, direct, err
}

func (c *Catalog) count(ctx context.Context, tx *db.Tx, d *Def, q Query, few int) (Page, error) {
	w, err := c.where(d, q, tx.Dialect(), q.asks.look == joined)
	if err != nil {
		return Page{}, err
	}
	n, err := c.bounded(ctx, tx, few, "SELECT 1 FROM "+w.source(d, q, tx.Dialect())+w.sql(), w.args)
	if err != nil {
		return Page{}, fmt.Errorf("count %s: %w", d.Name, err)
	}
	return Page{Total: min(n, few), More: n > few}, nil
}

// source is what a statement reads from: the register, behind the search index where that comes first.
func (w *where) source(d *Def, q Query, dialect db.Dialect) string {
	if q.asks.look != joined {
		return d.table()
	}
	s, args := q.asks.from(d, dialect, "key AS found_key", q.Ended)
	marked := &where{args: w.args}
	marked.add(s, args...)
	w.args = marked.args
	join := "JOIN"
	if dialect == db.SQLite { // where the order of tables is that of the statement
		join = "CROSS JOIN"
	}
	return fmt.Sprintf("(%s) AS hits %s %s ON %s.%s = hits.found_key", marked.parts[0], join, d.table(), d.table(), quote(d.KeyField().Name))
}

// page reads the records of a page and one more.
func (c *Catalog) page(ctx context.Context, tx *db.Tx, d *Def, q Query, by way) ([]Record, error) {
	if by == walked {
		rs, full, err := c.walk(ctx, tx, d, q)
		if err != nil || full {
			return rs, err
		}
		return c.matches(ctx, tx, d, q)
	}
	w, err := c.where(d, q, tx.Dialect(), q.asks.look == joined)
	if err != nil {
		return nil, err
	}
	if err := w.after(d, q.sort, q); err != nil {
		return nil, err
	}
	return q.rows(ctx, tx, d, w.source(d, q, tx.Dialect())+w.sql(), fmt.Sprintf(" LIMIT %d OFFSET %d", q.Limit+1, q.offset), w.args)
}

// rows reads records in the order of a query.
func (q Query) rows(ctx context.Context, tx *db.Tx, d *Def, from, limit string, args []any) ([]Record, error) {
	rs, err := db.Rows(ctx, tx, newScanner(d).scan, fmt.Sprintf("SELECT %s FROM %s ORDER BY %s%s", d.selected(), from, order(d, q.sort, q.Desc), limit), args...)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", d.Name, err)
	}
	return rs, nil
}

// walk goes along the order, further at each attempt, until the records it passes fill the page. full says that they
// do, or that there are no more to pass.
func (c *Catalog) walk(ctx context.Context, tx *db.Tx, d *Def, q Query) (rs []Record, full bool, err error) {
	want := q.offset + q.Limit + 1
	most := c.bounds.most
	if d.held(q) != "" {
		most = c.bounds.held
	}
	most = max(most, 4*want)
	row, join := quote(d.KeyField().Name), "JOIN"
	if tx.Dialect() == db.SQLite { // where the order of tables is that of the statement
		row, join = "rowid", "CROSS JOIN"
	}
	ahead := &where{}
	if err := ahead.after(d, q.sort, q); err != nil {
		return nil, false, err
	}
	w := &where{args: ahead.args}
	if err := c.narrow(w, d, q, tx.Dialect(), true); err != nil {
		return nil, false, err
	}
	for n := max(c.bounds.step, want+want/2); ; n = min(8*n, most) {
		from := fmt.Sprintf("(SELECT %s AS walked FROM %s%s ORDER BY %s LIMIT %d) AS walk %s %s ON %s.%s = walk.walked%s",
			row, d.table(), ahead.sql(), order(d, q.sort, q.Desc), n, join, d.table(), d.table(), row, w.sql())
		rs, err = q.rows(ctx, tx, d, from, fmt.Sprintf(" LIMIT %d OFFSET %d", q.Limit+1, q.offset), w.args)
		if err != nil || len(rs) > q.Limit {
			return rs, true, err
		}
		if n < most {
			continue
		}
		var there int
		err := tx.QueryRow(ctx, fmt.Sprintf("SELECT 1 FROM %s%s ORDER BY %s LIMIT 1 OFFSET %d", d.table(), ahead.sql(), order(d, q.sort, q.Desc), n), ahead.args...).Scan(&there)
		if db.Missing(err) {
			return rs, true, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("list %s: %w", d.Name, err)
		}
		return nil, false, nil
	}
}

// held is the column of the search index that holds the order of a query which asks nothing else; "" when none does.
func (d *Def) held(q Query) string {
	switch {
	case q.asks.match == "" || !q.alone() || len(q.Filters) > 0:
		return ""
	case q.sort.Key:
		return "key"
	case q.sort.Name == d.Label && q.sort.Kind == Text:
		return "label"
	case q.sort.Name == d.Unit:
		return "unit"
	}
	return ""
}

// matches takes all that fits, sorts it by what the order asks for alone, and reads the records of the page.
func (c *Catalog) matches(ctx context.Context, tx *db.Tx, d *Def, q Query) ([]Record, error) {
	key, by := quote(d.KeyField().Name), quote(q.sort.Name)
	columns := by + ", " + key
	if q.sort.Key {
		columns = key
	}
	w := &where{}
	var all string
	switch held := d.held(q); {
	case held != "":
		columns = "key AS " + key
		if !q.sort.Key {
			columns = held + " AS " + by + ", d.key AS " + key
			if tx.Dialect() == db.Postgres {
				columns = held + ` COLLATE "C" AS ` + by + ", d.key AS " + key
			}
		}
		s, args := q.asks.from(d, tx.Dialect(), columns, q.Ended)
		w.add(s, args...)
		all, w.parts = w.parts[0], nil
	default:
		if q.asks.match != "" {
			q.asks.look = joined
		}
		var err error
		if w, err = c.where(d, q, tx.Dialect(), q.asks.look == joined); err != nil {
			return nil, err
		}
		limit := " LIMIT -1 OFFSET 0" // keeps the order from leading again
		if tx.Dialect() == db.Postgres {
			limit = " OFFSET 0"
		}
		all = "SELECT " + columns + " FROM " + w.source(d, q, tx.Dialect()) + w.sql() + limit
		w.parts = nil
	}
	if err := w.after(d, q.sort, q); err != nil {
		return nil, err
	}
	return q.rows(ctx, tx, d, fmt.Sprintf("%s WHERE %s IN (SELECT %s FROM (%s) AS matches%s ORDER BY %s LIMIT %d OFFSET %d)",
		d.table(), key, key, all, w.sql(), order(d, q.sort, q.Desc), q.Limit+1, q.offset), "", w.args)
}
