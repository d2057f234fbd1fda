package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"okite/internal/actor"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/when"
)

// Request is a request with what the site knows about it. The form has been read and limit-checked already.
type Request struct {
	*http.Request
	Actor   actor.Actor
	Visitor Visitor
	Lang    msg.Lang
	Site    *Site
	Now     func() time.Time
	Route   *Route
	// IdempotencyKey makes a repeat harmless: the header of that name, or the hidden field of a form.
	IdempotencyKey string
	// Fault is why a form comes back, nil on its first showing.
	Fault *fault.Fault

	form  url.Values
	files map[string][]*multipart.FileHeader
}

// onceField carries the idempotency key of a form.
const onceField = "_once"

// Path is a wildcard of the pattern.
func (r *Request) Path(name string) string { return r.PathValue(name) }

// Query is a parameter of the address, "" when absent.
func (r *Request) Query(name string) string { return clean(r.URL.Query().Get(name)) }

// QueryAll is every value of a parameter.
func (r *Request) QueryAll(name string) []string { return cleanAll(r.URL.Query()[name]) }

// QueryInt is a whole number of the address, or the fallback when absent or wrong.
func (r *Request) QueryInt(name string, fallback int) int {
	n, err := strconv.Atoi(r.Query(name))
	if err != nil {
		return fallback
	}
	return n
}

// Form is a field of the form, "" when absent, with line ends as \n and blanks around it cut.
func (r *Request) Form(name string) string { return strings.TrimSpace(r.form.Get(name)) }

// FormRaw is a field as it was typed, blanks and all: passwords.
func (r *Request) FormRaw(name string) string { return r.form.Get(name) }

// FormAll is every value of a field.
func (r *Request) FormAll(name string) []string { return r.form[name] }

// FormHas says whether the form held the field.
func (r *Request) FormHas(name string) bool { return r.form.Has(name) }

// FormNames are the names of the fields sent, sorted, without the site's own.
func (r *Request) FormNames() []string {
	var out []string
	for k := range r.form {
		if k != onceField {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// FormDate reads a day from one field, or from the three fields of a separated date. It takes the forms that
// people write (令和8年11月24日, R8.11.24, 2026-11-24). An absent day is zero.
func (r *Request) FormDate(name string) (when.Date, error) {
	s := r.Form(name)
	if y, m, d := r.Form(name+".y"), r.Form(name+".m"), r.Form(name+".d"); y+m+d != "" {
		s = y + "-" + m + "-" + d
	}
	if s == "" {
		return 0, nil
	}
	day, err := when.ParseLenient(s)
	if err != nil {
		if f := fault.As(err); f != nil {
			return 0, fault.At(name, f.Message)
		}
		return 0, fault.At(name, msg.F("「%s」は日付として読み取れません。", "“%s” cannot be read as a date.", s))
	}
	return day, nil
}

// FormFields refuses a form that holds a field other than these. "name." allows all that begin with it.
func (r *Request) FormFields(allowed ...string) error {
	var l fault.List
	for _, k := range r.FormNames() {
		if !slices.ContainsFunc(allowed, func(a string) bool { return a == k || strings.HasSuffix(a, ".") && strings.HasPrefix(k, a) }) {
			l.Add(k, msg.F("この欄「%s」は受け付けていません。", "The field “%s” is not accepted.", k))
		}
	}
	return l.Err()
}

// File is an uploaded file: its name and content. The caller closes it. There being none is a fault at the field.
func (r *Request) File(name string) (multipart.File, *multipart.FileHeader, error) {
	hs := r.files[name]
	if len(hs) == 0 || hs[0].Filename == "" {
		return nil, nil, fault.At(name, msg.T("ファイルを選んでください。", "Please choose a file."))
	}
	f, err := hs[0].Open()
	if err != nil {
		return nil, nil, fmt.Errorf("open upload: %w", err)
	}
	return f, hs[0], nil
}

// JSON reads the body into v. Unknown and repeated names, a wrong type, too deep a nesting and text after the
// document are refused with a pointer to the place.
func (r *Request) JSON(v any) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" {
		return &coded{http.StatusUnsupportedMediaType, fault.New(fault.Invalid,
			msg.T("本文は JSON（application/json）で送ってください。", "Please send JSON (application/json)."))}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return readFault(err)
	}
	return decodeJSON(body, v)
}

func decodeJSON(body []byte, v any) error {
	if !utf8.Valid(body) {
		return badJSON("", msg.T("文字コードは UTF-8 にしてください。", "The text must be UTF-8."))
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := walkJSON(d, "", 0); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return badJSON("", msg.T("JSON の後に余分な文字があります。", "There is text after the JSON document."))
	}
	d = json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	var typ *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &typ):
		return badJSON(typ.Field, msg.F("値の型が違います（%s）。", "The value has the wrong type (%s).", typ.Value))
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		return badJSON(strings.Trim(name, `"`), msg.T("この項目は受け付けていません。", "This field is not accepted."))
	}
	if f := fault.As(err); f != nil {
		return &coded{http.StatusBadRequest, f}
	}
	return badJSON("", msg.F("JSON を読み取れません：%s", "The JSON cannot be read: %s", err))
}

const maxDepth = 64

// walkJSON goes through one value and refuses what encoding/json lets pass: repeated names and depth.
func walkJSON(d *json.Decoder, at string, depth int) error {
	if depth > maxDepth {
		return badJSON(at, msg.T("入れ子が深すぎます。", "The nesting is too deep."))
	}
	t, err := d.Token()
	if err != nil {
		return badJSON(at, msg.T("JSON の書き方に誤りがあります。", "The JSON is not well formed."))
	}
	switch t {
	case json.Delim('{'):
		seen := map[string]bool{}
		for d.More() {
			k, err := d.Token()
			if err != nil {
				return badJSON(at, msg.T("JSON の書き方に誤りがあります。", "The JSON is not well formed."))
			}
			name, _ := k.(string)
			here := join(at, name)
			if seen[name] {
				return badJSON(here, msg.T("同じ項目が二度あります。", "The same name is given twice."))
			}
			seen[name] = true
			if err := walkJSON(d, here, depth+1); err != nil {
				return err
			}
		}
	case json.Delim('['):
		for i := 0; d.More(); i++ {
			if err := walkJSON(d, join(at, strconv.Itoa(i)), depth+1); err != nil {
				return err
			}
		}
	default:
		return nil
	}
	if _, err := d.Token(); err != nil { // the closing bracket
		return badJSON(at, msg.T("JSON の書き方に誤りがあります。", "The JSON is not well formed."))
	}
	return nil
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

func badJSON(at string, m msg.Text) error {
	f := fault.New(fault.Invalid, m)
	if at != "" {
		f = fault.At(at, m)
	}
	return &coded{http.StatusBadRequest, f}
}

// readForm reads an urlencoded or multipart form within the limits. Any other body is left to JSON.
func (r *Request) readForm() error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/x-www-form-urlencoded":
		if err := r.ParseForm(); err != nil {
			return readFault(err)
		}
		r.form = r.PostForm
	case "multipart/form-data":
		if err := r.ParseMultipartForm(4 << 20); err != nil {
			return readFault(err)
		}
		r.form, r.files = r.MultipartForm.Value, r.MultipartForm.File
	default:
		if r.Route.API == nil && r.ContentLength != 0 {
			return &coded{http.StatusUnsupportedMediaType, fault.New(fault.Invalid,
				msg.T("この形式の送信は受け付けていません。", "This form of request is not accepted."))}
		}
		return nil
	}
	if err := checkForm(r.form); err != nil {
		return err
	}
	if once := r.form.Get(onceField); r.IdempotencyKey == "" {
		r.IdempotencyKey = once
	}
	return nil
}

func checkForm(v url.Values) error {
	n := 0
	for k, vals := range v {
		if len(k) > 200 || !sound(k) {
			return &coded{http.StatusBadRequest, fault.New(fault.Invalid, msg.T("欄の名前が正しくありません。", "A field has a bad name."))}
		}
		for i, s := range vals {
			if n++; n > MaxFields {
				return &coded{http.StatusRequestEntityTooLarge, fault.New(fault.Invalid, msg.T("一度に送れる欄の数を超えています。", "Too many fields at once."))}
			}
			if len(s) > MaxField {
				return fault.At(k, msg.T("長すぎます。短くしてください。", "This is too long. Please shorten it."))
			}
			if !sound(s) {
				return fault.At(k, msg.T("使えない文字（制御文字など）が含まれています。", "This holds characters that cannot be used (control characters)."))
			}
			vals[i] = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
		}
	}
	return nil
}

// sound says whether text is UTF-8 without control characters other than tab and line ends.
func sound(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(c rune) bool { return c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0x7f })
}

func clean(s string) string {
	if !sound(s) || len(s) > MaxField {
		return ""
	}
	return strings.TrimSpace(s)
}

func cleanAll(in []string) []string {
	var out []string
	for _, s := range in {
		if s = clean(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// readFault turns a failure to read the body into what the sender can mend.
func readFault(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return &coded{http.StatusRequestEntityTooLarge, fault.New(fault.Invalid,
			msg.F("送られた内容が大きすぎます（上限 %d KB）。", "What was sent is too large (limit %d KB).", big.Limit>>10))}
	}
	return &coded{http.StatusBadRequest, fault.New(fault.Invalid, msg.T("送られた内容を読み取れません。もう一度送ってください。", "The request could not be read. Please send it again."))}
}

// Local says whether an address leads to a page of this site, so that a link cannot send people elsewhere.
func Local(to string) bool {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return false
	}
	u, err := url.Parse(to)
	return err == nil && u.Host == "" && u.Scheme == ""
}
