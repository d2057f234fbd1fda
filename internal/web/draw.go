package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/msg"
	"okite/internal/when"
)

// Number groups thousands: 4,812,044.
func Number(n int) string {
	s := strconv.Itoa(n)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if neg {
		return "-" + s
	}
	return s
}

// With gives the address of this request with parameters set; an empty value removes one. Paging starts anew
// unless page is among them.
func (r *Request) With(pairs ...string) string {
	q := r.URL.Query()
	q.Del("page")
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return r.URL.Path
	}
	return r.URL.Path + "?" + q.Encode()
}

// Without is With without one value of a parameter that has several.
func (r *Request) Without(name, value string) string {
	q := r.URL.Query()
	q.Del("page")
	var keep []string
	for _, v := range q[name] {
		if v != value {
			keep = append(keep, v)
		}
	}
	q.Del(name)
	if keep != nil {
		q[name] = keep
	}
	if len(q) == 0 {
		return r.URL.Path
	}
	return r.URL.Path + "?" + q.Encode()
}

// once is a new idempotency key for a form.
func once() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// errorAt is the reason at a field, "" when none.
func errorAt(ctx context.Context, name string) string {
	v := viewOf(ctx)
	if v.fault == nil {
		return ""
	}
	var out []string
	for _, f := range v.fault.Fields {
		if f.Name == name {
			out = append(out, f.Message.In(v.lang))
		}
	}
	return strings.Join(out, " ")
}

// typed is what the sender typed into a field of a form that comes back, or the given value.
func typed(ctx context.Context, name, value string) string {
	v := viewOf(ctx)
	if v.fault == nil || v.req == nil || v.req.form == nil || !v.req.form.Has(name) {
		return value
	}
	return v.req.form.Get(name)
}

// chosen is typed for a field with several values: in a form that comes back none may be ticked.
func chosen(ctx context.Context, f Field) map[string]bool {
	v := viewOf(ctx)
	vals := f.Values
	if f.Value != "" && len(vals) == 0 {
		vals = []string{f.Value}
	}
	if v.fault != nil && v.req != nil && v.req.form != nil {
		vals = v.req.form[f.Name]
	}
	out := map[string]bool{}
	for _, s := range vals {
		out[s] = true
	}
	return out
}

// dateParts are the three values of a separated date.
func dateParts(ctx context.Context, f Field) [3]string {
	var p [3]string
	if d, err := when.Parse(f.Value); err == nil && !d.IsZero() {
		p = [3]string{strconv.Itoa(d.Year()), strconv.Itoa(d.Month()), strconv.Itoa(d.Day())}
	}
	for i, part := range []string{".y", ".m", ".d"} {
		p[i] = typed(ctx, f.Name+part, p[i])
	}
	return p
}

// fieldID is where the error summary leads: the input of the field.
func fieldID(name string) string { return "f-" + strings.ReplaceAll(name, " ", "-") }

// describedBy names the support and error texts of a field, for aria-describedby.
func describedBy(ctx context.Context, f Field) string {
	var out []string
	if !f.Help.IsZero() || f.Kind == DateField {
		out = append(out, fieldID(f.Name)+"-help")
	}
	if errorAt(ctx, f.Name) != "" {
		out = append(out, fieldID(f.Name)+"-error")
	}
	return strings.Join(out, " ")
}

// described is describedBy as attributes, absent when there is nothing to name.
func described(ctx context.Context, f Field) templ.Attributes {
	a := templ.Attributes{}
	if d := describedBy(ctx, f); d != "" {
		a["aria-describedby"] = d
	}
	if errorAt(ctx, f.Name) != "" {
		a["aria-invalid"] = "true"
	}
	if f.Required && f.Kind != RadioField && f.Kind != ChecksField {
		a["aria-required"] = "true"
	}
	if f.Max > 0 && f.Kind != LongField {
		a["maxlength"] = strconv.Itoa(f.Max)
	}
	if f.Auto != "" {
		a["autocomplete"] = f.Auto
	}
	return a
}

// width is the class that makes a field as wide as what goes into it.
func (f Field) width() string {
	n := f.Width
	if n == 0 {
		switch f.Kind {
		case NumberField:
			n = 10
		case DateField:
			n = 20
		case CodeField:
			n = 8
		case PasswordField, ComboField:
			n = 30
		case TextField, EmailField:
			n = 40
			if f.Max > 0 && f.Max < 40 {
				n = f.Max + 2
			}
		default:
			return "w-full"
		}
	}
	for _, w := range []int{4, 8, 12, 20, 30, 40} {
		if n <= w {
			return "w-" + strconv.Itoa(w)
		}
	}
	return "w-full"
}

func (p Paging) pages() int {
	if p.Size <= 0 || p.Total <= 0 {
		return 1
	}
	return (p.Total + p.Size - 1) / p.Size
}

// near are the page numbers to offer; 0 stands for a gap.
func (p Paging) near() []int {
	var out []int
	last := p.pages()
	for i := 1; i <= last; i++ {
		switch {
		case i == 1, i == last, i >= p.Page-2 && i <= p.Page+2:
			out = append(out, i)
		case len(out) > 0 && out[len(out)-1] != 0:
			out = append(out, 0)
		}
	}
	return out
}

func (p Paging) prev() string {
	if p.Href != nil && p.Page > 1 {
		return p.Href(p.Page - 1)
	}
	return p.Prev
}

func (p Paging) next() string {
	if p.Href != nil && p.Page < p.pages() {
		return p.Href(p.Page + 1)
	}
	return p.Next
}

// pageText says which rows are shown.
func (p Paging) text() msg.Text {
	if p.Size <= 0 || p.Total <= 0 {
		return msg.Text{}
	}
	from := (p.Page-1)*p.Size + 1
	to := min(p.Page*p.Size, p.Total)
	return msg.F("%s 件中 %s〜%s 件", "%[2]s–%[3]s of %[1]s", Number(p.Total), Number(from), Number(to))
}

// segment is one part of a result bar, in the units of the drawing.
type segment struct {
	name  string
	x, w  int
	count int
}

// segments lays out a bar of 220: each result that occurs is seen, however rare.
func (c Counts) segments() []segment {
	parts := []segment{{name: "noncompliant", count: c.Noncompliant}, {name: "undetermined", count: c.Undetermined},
		{name: "excepted", count: c.Excepted}, {name: "not_due", count: c.NotDue}, {name: "compliant", count: c.Compliant}}
	total := 0
	for _, p := range parts {
		total += p.count
	}
	if total == 0 {
		return nil
	}
	const least, whole = 5, 220
	used, biggest := 0, 0
	for i := range parts {
		if parts[i].count == 0 {
			continue
		}
		parts[i].w = max(least, parts[i].count*whole/total)
		used += parts[i].w
		if parts[i].w > parts[biggest].w {
			biggest = i
		}
	}
	parts[biggest].w += whole - used // the largest part gives what the small ones were lent
	var out []segment
	x := 0
	for _, p := range parts {
		if p.count == 0 {
			continue
		}
		p.x = x
		x += p.w
		out = append(out, p)
	}
	return out
}

// title is the bar in words.
func (c Counts) title(lang msg.Lang) string {
	segs := c.segments()
	if len(segs) == 0 {
		return msg.T("対象なし", "Nothing in scope").In(lang)
	}
	var out []string
	for _, s := range segs {
		out = append(out, ResultWord(s.name).In(lang)+" "+Number(s.count))
	}
	return strings.Join(out, msg.T("、", ", ").In(lang))
}

// sortHref toggles the direction of the sorted column.
func (t Table) sortHref(c Column) string { return t.Href(c.Name, t.Sort == c.Name && !t.Desc) }

func (t Table) ariaSort(c Column) string {
	switch {
	case t.Sort != c.Name || c.Name == "":
		return "none"
	case t.Desc:
		return "descending"
	}
	return "ascending"
}

func (t Table) class() string {
	if t.Wide {
		return "table table-wide"
	}
	if t.Short {
		return "table table-stack table-short"
	}
	return "table table-stack"
}

// cut says whether a narrow screen shows the first rows only.
func (t Table) cut() bool { return t.First > 0 && len(t.Rows) > t.First && t.More.Href != "" }

func cellClass(c Column, cell Cell) string {
	var out []string
	if c.Beside {
		out = append(out, "beside")
	}
	if c.Num {
		out = append(out, "num")
	}
	if c.NoWrap {
		out = append(out, "nowrap")
	}
	if cell.Tone != "" {
		out = append(out, "tone-"+string(cell.Tone))
	}
	if cell.Text == "" && cell.Part == nil {
		out = append(out, "none")
	}
	return strings.Join(out, " ")
}

func (t Table) column(i int) Column {
	if i < len(t.Columns) {
		return t.Columns[i]
	}
	return Column{}
}

// rowLabel names a row for its checkbox: the cell that heads it.
func (t Table) rowLabel(r Row) string {
	for i, c := range t.Columns {
		if c.Head && i < len(r.Cells) {
			return r.Cells[i].Text
		}
	}
	return r.Key
}

func itoa(n int) string { return strconv.Itoa(n) }

func attrs(pairs ...string) templ.Attributes {
	a := templ.Attributes{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			a[pairs[i]] = pairs[i+1]
		}
	}
	return a
}
