package transfer

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"okite/internal/msg"
	"okite/internal/sheet"
)

// maxLines bounds an LDIF file: forty lines for each of a hundred thousand entries.
const maxLines = 4_000_000

// isLDIF says whether a file is an export of a directory. The product opens no connection to a directory (bp.9.4:
// nothing bridges zones); an export of it is as good.
func isLDIF(name string, b []byte) bool {
	lower := strings.ToLower(name)
	if strings.HasSuffix(lower, ".ldif") || strings.HasSuffix(lower, ".ldi") {
		return true
	}
	head := strings.ToLower(string(b[:min(len(b), 64)]))
	return strings.HasPrefix(head, "dn:") || strings.HasPrefix(head, "version: 1")
}

// readLDIF reads entries as RFC 2849 writes them: one record for each, a column for each attribute, the first value of
// those with several. What is no entry but a change of one is refused.
func readLDIF(name string, b []byte, header func(columns []sheet.Cell) error, row func(rec sheet.Record) error) error {
	bad := func(line int, t msg.Text) error {
		return &sheet.Error{File: name, Cell: lineName(line), Row: line, Message: t}
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(b) {
		return bad(1, msg.T("ディレクトリの書出しファイルの文字コードはUTF-8にしてください。", "An LDIF file is written in UTF-8."))
	}
	type entry struct {
		line   int
		values map[string]sheet.Cell
	}
	var columns []sheet.Cell
	known := map[string]bool{}
	var entries []entry
	var at *entry
	var text string
	first := 0
	take := func() error { // one logical line
		line, n := text, first
		text = ""
		if line == "" || strings.HasPrefix(line, "#") {
			return nil
		}
		attr, value, ok := strings.Cut(line, ":")
		if !ok || strings.TrimSpace(attr) == "" {
			return bad(n, msg.F("ディレクトリの書出しの行として読み取れません：%s", "This is no line of an LDIF file: %s", cutText(line)))
		}
		switch {
		case strings.HasPrefix(value, ":"):
			raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value[1:]))
			if err != nil {
				return bad(n, msg.F("属性「%s」の値の符号を読み取れません。", "The value of %q is no Base64.", attr))
			}
			if !utf8.Valid(raw) {
				return nil // a picture or a certificate
			}
			value = string(raw)
		case strings.HasPrefix(value, "<"):
			return bad(n, msg.F("属性「%s」が別のファイルを参照しています。値を含めて書き出してください。", "The value of %q lies in another file. Export it with its values.", attr))
		}
		value = strings.TrimSpace(value)
		key := strings.ToLower(strings.TrimSpace(attr))
		switch {
		case key == "version" && at == nil:
			return nil
		case key == "dn":
			if at != nil {
				return bad(n, msg.T("項目の間に空行がありません。", "There is no blank line between two entries."))
			}
			entries = append(entries, entry{line: n, values: map[string]sheet.Cell{}})
			at = &entries[len(entries)-1]
		case at == nil:
			return bad(n, msg.T("項目が識別名の行で始まっていません。", "An entry begins with its dn."))
		case key == "changetype" && !strings.EqualFold(value, "add"):
			return bad(n, msg.T("変更の記録ではなく、項目の一覧を書き出したファイルを選んでください。", "This file lists changes. Choose one that lists entries."))
		}
		if _, twice := at.values[key]; twice {
			return nil
		}
		at.values[key] = sheet.Cell{Ref: lineName(n), Text: value}
		if !known[key] {
			known[key] = true
			columns = append(columns, sheet.Cell{Ref: lineName(n), Text: attr})
		}
		return nil
	}
	n := 0
	for raw := range bytes.Lines(b) {
		if n++; n > maxLines {
			return bad(n, msg.F("行数が上限（%d行）を超えています。", "There are more than %d lines.", maxLines))
		}
		line := strings.TrimRight(string(raw), "\r\n")
		if strings.HasPrefix(line, " ") && text != "" { // folded
			text += line[1:]
			continue
		}
		if err := take(); err != nil {
			return err
		}
		if strings.TrimSpace(line) == "" {
			at = nil
			continue
		}
		text, first = line, n
	}
	if err := take(); err != nil {
		return err
	}
	if len(entries) == 0 {
		return bad(1, msg.T("項目が一つもありません。", "There is no entry."))
	}
	if err := header(columns); err != nil {
		return err
	}
	for _, e := range entries {
		rec := sheet.Record{Row: e.line, Cells: make([]sheet.Cell, len(columns))}
		for i, c := range columns {
			rec.Cells[i] = e.values[strings.ToLower(strings.TrimSpace(c.Text))]
			if rec.Cells[i].Ref == "" {
				rec.Cells[i].Ref = lineName(e.line)
			}
		}
		if err := row(rec); err != nil {
			return err
		}
	}
	return nil
}

func lineName(n int) string { return fmt.Sprintf("L%d", n) }

func cutText(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
