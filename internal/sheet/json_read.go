package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"okite/internal/msg"
)

// ListSeparator stands between the values of a list (JSON array) in one cell.
const ListSeparator = ";"

// jsonReader reads an array of flat objects. It runs twice: first for the names, which make the header (row 0), then
// for the rows.
type jsonReader struct {
	d     *json.Decoder
	limit Limits
	name  string
	row   int
}

func readJSON(name string, r io.ReaderAt, size int64, limit Limits, fn Row) error {
	skip := int64(0)
	head := make([]byte, 3)
	if n, _ := r.ReadAt(head, 0); bytes.Equal(head[:n], []byte("\xEF\xBB\xBF")) {
		skip = 3
	}
	open := func() io.Reader { return io.NewSectionReader(r, skip, size-skip) }
	ok, err := isUTF8(open())
	if err != nil {
		return err
	}
	if !ok {
		return &Error{File: name, Message: msg.T("JSONの文字コードはUTF-8にしてください。", "JSON must be in UTF-8.")}
	}
	index := map[string]int{}
	var header []Cell
	err = walkJSON(name, open(), limit, func(_ int, pairs []Cell) error {
		for _, p := range pairs {
			k := keyOf(p.Ref)
			if _, ok := index[k]; !ok {
				index[k] = len(header)
				header = append(header, Cell{Text: k, Ref: "/" + escapeKey(k)})
			}
		}
		if len(header) > limit.Columns {
			return &Error{File: name, Message: msg.F("項目の数が上限（%d）を超えています。", "There are more fields than the limit (%d).", limit.Columns)}
		}
		return nil
	})
	if err != nil || len(header) == 0 {
		return err
	}
	if err := fn("", 0, header); err != nil {
		return err
	}
	cells := make([]Cell, len(header))
	return walkJSON(name, open(), limit, func(row int, pairs []Cell) error {
		clear(cells)
		last := 0
		for _, p := range pairs {
			i := index[keyOf(p.Ref)]
			if cells[i] = p; p.Text != "" {
				last = max(last, i+1)
			}
		}
		if last == 0 {
			return nil
		}
		return fn("", row, cells[:last])
	})
}

func keyOf(ref string) string {
	i := strings.LastIndexByte(ref, '/')
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(ref[i+1:])
}

func escapeKey(k string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(k) }

// walkJSON gives fn every object's names and values; the Ref is the JSON pointer.
func walkJSON(name string, r io.Reader, limit Limits, fn func(row int, pairs []Cell) error) error {
	j := &jsonReader{d: json.NewDecoder(r), limit: limit, name: name}
	j.d.UseNumber()
	t, err := j.token()
	if err != nil {
		return err
	}
	if t != json.Delim('[') {
		return j.bad("", msg.T("JSONは、オブジェクトの配列（[ { … }, … ]）にしてください。", "The JSON must be an array of objects ([ { … }, … ])."))
	}
	var pairs []Cell
	for j.d.More() {
		j.row++
		if j.row > limit.Rows {
			return j.bad("", msg.F("件数が上限（%d件）を超えています。", "There are more objects than the limit (%d).", limit.Rows))
		}
		if pairs, err = j.object(pairs[:0]); err != nil {
			return err
		}
		if err := fn(j.row, pairs); err != nil {
			return err
		}
	}
	if _, err := j.token(); err != nil {
		return err
	}
	if _, err := j.d.Token(); !errors.Is(err, io.EOF) {
		return j.bad("", msg.T("配列の後に余分な内容があります。", "There is something behind the array."))
	}
	return nil
}

func (j *jsonReader) bad(cell string, m msg.Text) error {
	return &Error{File: j.name, Cell: cell, Row: j.row, Message: m}
}

func (j *jsonReader) token() (json.Token, error) {
	t, err := j.d.Token()
	if err == nil {
		return t, nil
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, j.bad("", msg.F("JSONとして読み取れません（%dバイト目の付近）。", "This cannot be read as JSON (near byte %d).", j.d.InputOffset()))
	}
	return nil, fmt.Errorf("read JSON: %w", err)
}

func (j *jsonReader) object(pairs []Cell) ([]Cell, error) {
	t, err := j.token()
	if err != nil {
		return nil, err
	}
	if t != json.Delim('{') {
		return nil, j.bad("/"+strconv.Itoa(j.row-1), msg.T("配列の要素がオブジェクトではありません。", "An element of the array is no object."))
	}
	seen := map[string]bool{}
	for j.d.More() {
		t, err := j.token()
		if err != nil {
			return nil, err
		}
		k, _ := t.(string)
		ref := "/" + strconv.Itoa(j.row-1) + "/" + escapeKey(k)
		if seen[k] {
			return nil, j.bad(ref, msg.F("項目「%s」が2回書かれています。", "The field %q is written twice.", k))
		}
		seen[k] = true
		text, err := j.value(ref, true)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, Cell{Text: text, Ref: ref})
	}
	_, err = j.token()
	return pairs, err
}

func (j *jsonReader) value(ref string, list bool) (string, error) {
	t, err := j.token()
	if err != nil {
		return "", err
	}
	text := ""
	switch v := t.(type) {
	case nil:
	case bool:
		text = strings.ToUpper(strconv.FormatBool(v))
	case json.Number:
		text = v.String()
	case string:
		text = v
	case json.Delim:
		if v != '[' || !list {
			return "", j.bad(ref, msg.T("値が入れ子になっています。文字、数、真偽又はそれらの配列にしてください。",
				"The value is nested. Give a text, a number, true or false, or an array of these."))
		}
		return j.list(ref)
	}
	if len(text) > j.limit.Text {
		return "", j.bad(ref, msg.F("値が長すぎます（上限%dバイト）。", "The value is too long (limit %d bytes).", j.limit.Text))
	}
	if strings.IndexByte(text, 0) >= 0 {
		return "", j.bad(ref, nulText)
	}
	return text, nil
}

func (j *jsonReader) list(ref string) (string, error) {
	var b strings.Builder
	for n := 0; j.d.More(); n++ {
		v, err := j.value(ref, false)
		if err != nil {
			return "", err
		}
		if strings.Contains(v, ListSeparator) {
			return "", j.bad(ref, msg.F("配列の値に「%s」は使えません。", "A value of an array cannot hold %q.", ListSeparator))
		}
		if n > 0 {
			b.WriteString(ListSeparator)
		}
		if b.WriteString(v); b.Len() > j.limit.Text {
			return "", j.bad(ref, msg.F("値が長すぎます（上限%dバイト）。", "The value is too long (limit %d bytes).", j.limit.Text))
		}
	}
	_, err := j.token()
	return b.String(), err
}
