package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/sheet"
)

// File is a file to import. Name is the name its sender gave it; its ending says the form.
type File struct {
	Name string
	R    io.ReaderAt
	Size int64
}

// Import reads a file and works out what it would do; nothing is changed. A column that is absent leaves values as they
// are, an empty cell clears an optional one. Mistakes of the file are in the plan, each at its cell.
func (c *Catalog) Import(ctx context.Context, tx *db.Tx, d *Def, f File) (*Plan, error) {
	ctx = withMemo(ctx)
	m := &importer{c: c, ctx: ctx, parsed: make([]map[string]any, len(d.Fields)), tx: tx, d: d, file: f.Name, seen: map[string]place{}, known: cached(stores(ctx, tx, c)),
		plan: &Plan{def: d, fresh: newPacked(d), changed: newPacked(d), File: f.Name, Conflicts: []CellError{}, Errors: []CellError{}, Changes: []CellChange{}}}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f.R, 0, f.Size)); err != nil {
		return nil, fmt.Errorf("read %s: %w", f.Name, err)
	}
	m.plan.SHA256 = hex.EncodeToString(h.Sum(nil))
	limits := sheet.Limits{Warn: func(e *sheet.Error) { m.plan.Warnings = append(m.plan.Warnings, cellError(e)) }}
	err := readBeside(f, limits, m.header, m.row)
	if err == nil {
		err = m.flush()
	}
	if err == nil {
		err = m.settle()
	}
	var bad *sheet.Error
	if errors.As(err, &bad) {
		m.plan.Errors = append(m.plan.Errors, cellError(bad))
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("import %s into %s: %w", f.Name, d.Name, err)
	}
	if !m.any && m.plan.Good() {
		m.fail(place{}, "", msg.T("取り込む行がありません。", "There is nothing to import."))
	}
	return m.plan, nil
}

func cellError(e *sheet.Error) CellError {
	return CellError{Sheet: e.Sheet, Cell: e.Cell, Row: e.Row, Message: e.Message}
}

// place is where something stands in the file.
type place struct {
	sheet, cell string
	row         int
}

// waiting is a row read but not yet compared with what is stored.
type waiting struct {
	sheet string
	row   int
	key   string
	cells []sheet.Cell
}

// pending is a reference to a record of the same register that may come later in the file.
type pending struct {
	at    place
	field Field
	key   string
}

type importer struct {
	c       *Catalog
	ctx     context.Context
	tx      *db.Tx
	d       *Def
	file    string
	plan    *Plan
	columns []int // field of each column; -1 version, -2 none
	keyCol  int   // -1 when the sheet cannot be read
	rows    []waiting
	seen    map[string]place // keys of the file
	known   exists
	later   []pending
	parsed  []map[string]any // what texts of a field were read as
	held    *[]CellError     // takes the mistakes of the row at hand; nil: they go into the plan
	any     bool
}

const (
	versionColumn = -1
	noColumn      = -2
)

// header finds the field of each column, by field name or title. A column nobody knows is an error, never left out.
func (m *importer) header(sheetName string, columns []sheet.Cell) error {
	if err := m.flush(); err != nil {
		return err
	}
	m.columns, m.keyCol = make([]int, len(columns)), -1
	names := map[string]int{sheet.Title(VersionField): versionColumn}
	for i, f := range m.d.Fields {
		for _, n := range []string{f.Name, f.Title.EN, f.Title.JA} {
			names[sheet.Title(n)] = i
		}
	}
	good := true
	used := map[int]string{}
	for i, cell := range columns {
		m.columns[i] = noColumn
		if cell.Text == "" {
			continue
		}
		at := place{sheetName, cell.Ref, rowOf(cell.Ref)}
		n, ok := names[sheet.Title(cell.Text)]
		if !ok {
			good = false
			m.fail(at, "", msg.F("見出し「%s」に当たる項目が%sにありません。使える見出し：%s", "There is no field for the title “%s” in %s. Titles are: %s", cell.Text, m.d.Title, m.titles()))
			continue
		}
		if first, twice := used[n]; twice {
			good = false
			m.fail(at, "", msg.F("見出し「%s」は、%sの見出しと同じ項目を指しています。", "The title “%s” names the same field as the one in %s.", cell.Text, first))
			continue
		}
		used[n], m.columns[i] = cell.Ref, n
		if n == m.d.key {
			m.keyCol = i
		}
	}
	if m.keyCol < 0 {
		m.fail(place{sheetName, "", 0}, m.d.KeyField().Name, msg.F("見出し「%s」の列がありません。", "There is no column “%s”.", m.d.KeyField().Title))
	}
	if !good {
		m.keyCol = -1
	}
	return nil
}

func (m *importer) titles() msg.Text {
	var ja, en []string
	for _, f := range m.d.Fields {
		ja, en = append(ja, f.Title.JA), append(en, f.Title.EN)
	}
	return msg.Text{JA: strings.Join(ja, "、"), EN: strings.Join(en, ", ")}
}

func (m *importer) fail(at place, field string, text msg.Text) {
	e := CellError{Sheet: at.sheet, Cell: at.cell, Row: at.row, Field: field, Message: text}
	if m.held != nil {
		*m.held = append(*m.held, e)
		return
	}
	m.list(e)
}

func (m *importer) list(errors ...CellError) {
	for _, e := range errors {
		if len(m.plan.Errors) >= MaxErrors {
			m.plan.Dropped++
			continue
		}
		m.plan.Errors = append(m.plan.Errors, e)
	}
}

// row takes one row in; rows are compared with the store many at a time.
func (m *importer) row(sheetName string, rec sheet.Record) error {
	m.any = true
	if m.keyCol < 0 {
		return nil
	}
	keyCell := rec.Cells[m.keyCol]
	key := strings.TrimSpace(norm.NFKC.String(keyCell.Text))
	at := place{sheetName, keyCell.Ref, rec.Row}
	kf := m.d.KeyField()
	if key == "" {
		m.fail(at, kf.Name, msg.F("%sを入力してください。", "Fill in: %s.", kf.Title))
		return nil
	}
	if first, twice := m.seen[key]; twice {
		m.fail(at, kf.Name, msg.F("%s「%s」は、このファイルの%sにもあります。", "%s “%s” also stands in %s of this file.", kf.Title, key, cellName(first)))
		return nil
	}
	m.seen[key] = at
	w := waiting{sheet: sheetName, row: rec.Row, key: key, cells: rec.Cells}
	if m.rows = append(m.rows, w); len(m.rows) < importPart {
		return nil
	}
	return m.flush()
}

func cellName(p place) string {
	if p.sheet == "" {
		return p.cell
	}
	return p.sheet + "!" + p.cell
}

// flush compares the waiting rows with the store.
func (m *importer) flush() error {
	if len(m.rows) == 0 {
		return nil
	}
	if err := m.ctx.Err(); err != nil {
		return err
	}
	keys := make([]string, len(m.rows))
	for i, w := range m.rows {
		keys[i] = w.key
	}
	stored, err := stands(m.ctx, m.tx, m.d, keys)
	if err != nil {
		return err
	}
	read := make([]compared, len(m.rows))
	var rows []Row
	for i, w := range m.rows {
		r := compared{waiting: w}
		r.old, r.there = stored[w.key]
		m.held = &r.mistakes
		err := m.compare(&r)
		m.held = nil
		if err != nil {
			return err
		}
		if read[i] = r; r.next != nil {
			rows = append(rows, r.next)
		}
	}
	if err := m.c.prepare(m.ctx, m.tx, m.d, rows, m.known); err != nil {
		return err
	}
	for _, r := range read {
		m.list(r.mistakes...)
		if r.next == nil {
			continue
		}
		if err := m.differs(r.waiting, r.old, r.next, r.there, r.version); err != nil {
			return err
		}
	}
	m.rows = m.rows[:0]
	return nil
}

// compared is a row beside what is stored. next is what the record is to become, nil when there is nothing to do or the
// row cannot be read.
type compared struct {
	waiting
	old      Record
	there    bool
	next     Row
	version  int64
	mistakes []CellError
}

// compare works out what one row of the file does.
func (m *importer) compare(r *compared) error {
	w, old, there := r.waiting, r.old, r.there
	next := m.d.New()
	if there {
		next = slices.Clone(old.Row)
	}
	next[m.d.key] = w.key
	version, good := int64(0), true
	for i, cell := range w.cells {
		n := m.columns[i]
		if n == noColumn || i == m.keyCol || cell.Ref == "" {
			continue
		}
		if n == versionColumn {
			v, err := strconv.ParseInt(cell.Text, 10, 64)
			if cell.Text != "" && err != nil {
				m.fail(place{w.sheet, cell.Ref, w.row}, VersionField, msg.T("記録の版の列は変更しないでください。", "Please leave the record version as it is."))
				good = false
			}
			version = v
			continue
		}
		v, ok, err := m.value(w, cell, m.d.Fields[n], next[n], there)
		if err != nil {
			return err
		}
		if good = good && ok; ok {
			next[n] = v
		}
	}
	if version > 0 && !there {
		m.fail(m.at(w, m.d.KeyField().Name), m.d.KeyField().Name, msg.F("%s「%s」の記録はありません。%[1]sは変更できません。", "There is no record with %s “%s”. It cannot be renamed.", m.d.KeyField().Title, w.key))
		return nil
	}
	if !good {
		return nil
	}
	if there && same(old.Row, next) {
		m.plan.Unchanged++
		return nil
	}
	r.next, r.version = next, version
	return nil
}

// value reads one cell. A cell that holds what is stored is not judged.
func (m *importer) value(w waiting, cell sheet.Cell, f Field, old any, there bool) (any, bool, error) {
	if there && (cell.Text == m.c.Canon(f, old) || cell.Text == Raw(old)) {
		return old, true, nil
	}
	at := place{w.sheet, cell.Ref, w.row}
	v, err := m.parse(f, cell.Text)
	if bad := fault.As(err); bad != nil && len(bad.Fields) > 0 {
		m.fail(at, f.Name, bad.Fields[0].Message)
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if f.Derived && !equal(v, old) {
		m.fail(at, f.Name, msg.F("%sは自動で決まる項目のため、入力できません。", "%s is worked out by the product and cannot be given.", f.Title))
		return nil, false, nil
	}
	return v, true, nil
}

// parse reads a text, and remembers the few that come again and again: codes, days, units.
func (m *importer) parse(f Field, text string) (any, error) {
	if f.Kind == Text || f.Kind == Long {
		return m.c.Parse(f, text)
	}
	n := m.d.Index(f.Name)
	if v, ok := m.parsed[n][text]; ok {
		return v, nil
	}
	v, err := m.c.Parse(f, text)
	if err != nil {
		return nil, err
	}
	if m.parsed[n] == nil || len(m.parsed[n]) >= 10_000 {
		m.parsed[n] = map[string]any{}
	}
	m.parsed[n][strings.Clone(text)] = v
	return v, nil
}

// differs judges a new or changed row as the act would.
func (m *importer) differs(w waiting, old Record, next Row, there bool, version int64) error {
	key := m.d.KeyField().Name
	var before Row
	if there {
		before = old.Row
		if version > 0 && version != old.Version {
			f := fault.As(m.c.stale(m.ctx, m.tx, m.d, old))
			at := m.at(w, key)
			m.plan.Conflicts = append(m.plan.Conflicts, CellError{Sheet: at.sheet, Cell: at.cell, Row: at.row, Field: key, Message: f.Message})
			return nil
		}
		if old.Ended {
			m.fail(m.at(w, key), key, msg.F("%s「%s」は終了しているため変更できません。", "%s “%s” has ended and cannot be changed.", m.d.Title, m.d.label(old.Row)))
			return nil
		}
	}
	err := m.c.validate(m.d, before, next, m.inFile(w))
	if err == nil && m.d.Check != nil {
		err = m.d.Check(m.ctx, m.tx, before, next)
	}
	if err != nil {
		return m.faulty(w, err)
	}
	if there && same(before, next) { // what the file wanted is what follows anyway
		m.plan.Unchanged++
		return nil
	}
	if !there {
		m.plan.New++
		m.plan.fresh.add(next)
	} else {
		m.plan.Changed++
		m.plan.changed.add(next)
		m.plan.stood = append(m.plan.stood, old.Version)
		for i, f := range m.d.Fields {
			if !equal(before[i], next[i]) {
				m.plan.Changes = append(m.plan.Changes, CellChange{Key: w.key, Field: f.Name, Old: m.c.Canon(f, before[i]), New: m.c.Canon(f, next[i])})
			}
		}
	}
	return nil
}

// faulty puts a fault at the cells of its fields, or at the key.
func (m *importer) faulty(w waiting, err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	for _, x := range f.Fields {
		m.fail(m.at(w, x.Name), x.Name, x.Message)
	}
	if len(f.Fields) == 0 {
		key := m.d.KeyField().Name
		m.fail(m.at(w, key), key, f.Message)
	}
	return nil
}

// at is the cell of a field in a row, the key's cell when the file has no such column.
func (m *importer) at(w waiting, field string) place {
	n := m.d.Index(field)
	for i, c := range m.columns {
		if c == n && n >= 0 && w.cells[i].Ref != "" {
			return place{w.sheet, w.cells[i].Ref, w.row}
		}
	}
	return place{w.sheet, w.cells[m.keyCol].Ref, w.row}
}

// inFile lets a record point at another of the same file; whether it is there is asked at the end.
func (m *importer) inFile(w waiting) exists {
	return func(register string, keys []string) (map[string]bool, error) {
		have, err := m.known(register, keys)
		if err != nil || register != m.d.Name {
			return have, err
		}
		out := map[string]bool{}
		for _, k := range keys {
			out[k] = true
			if !have[k] {
				m.later = append(m.later, pending{at: m.at(w, m.selfField(k, w)), field: m.field(m.selfField(k, w)), key: k})
			}
		}
		return out, nil
	}
}

// selfField is the field of a row that holds a key of the register itself.
func (m *importer) selfField(key string, w waiting) string {
	for i, c := range m.columns {
		if c >= 0 && m.d.Fields[c].Refers == m.d.Name && strings.Contains(norm.NFKC.String(w.cells[i].Text), key) {
			return m.d.Fields[c].Name
		}
	}
	return m.d.KeyField().Name
}

func (m *importer) field(name string) Field { f, _ := m.d.Field(name); return f }

// settle asks after the references that were left open.
func (m *importer) settle() error {
	for _, p := range m.later {
		if _, ok := m.seen[p.key]; !ok {
			m.fail(p.at, p.field.Name, msg.F("%s「%s」は台帳「%s」にもこのファイルにもありません。", "%s: “%s” is neither in the register “%s” nor in this file.", p.field.Title, p.key, m.d.Title))
		}
	}
	return nil
}

// cached keeps the answers of a look-up for one import.
func cached(ask exists) exists {
	seen := map[string]map[string]bool{}
	return func(register string, keys []string) (map[string]bool, error) {
		m := seen[register]
		if m == nil {
			m = map[string]bool{}
			seen[register] = m
		}
		var open []string
		for _, k := range keys {
			if _, ok := m[k]; !ok {
				open = append(open, k)
			}
		}
		if len(open) == 0 {
			return m, nil
		}
		got, err := ask(register, open)
		if err != nil {
			return nil, err
		}
		for _, k := range open {
			m[strings.Clone(k)] = got[k]
		}
		return m, nil
	}
}

// rowOf is the number in a cell's address, 0 when it has none.
func rowOf(ref string) int {
	n, _ := strconv.Atoi(strings.TrimLeft(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	return n
}
