package text

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"

	"okite/internal/fault"
	"okite/internal/msg"
)

func refuse(m msg.Text) error { return fault.At("file", m) }

// decode gives the text of a file: UTF-8 with or without its mark, CP932, Markdown or .docx. What it cannot read it
// refuses in words.
func decode(name string, b []byte) (string, error) {
	if len(b) > MaxFile {
		return "", refuse(msg.F("ファイルが大きすぎます。ポリシーの本文だけを%d MB以内にして、もう一度お試しください。", "The file is too large. Please give the text of the policy alone, at most %d MB.", MaxFile>>20))
	}
	var s string
	switch {
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		var err error
		if s, err = docx(b); err != nil {
			return "", err
		}
	case bytes.HasPrefix(b, []byte("%PDF")):
		return "", refuse(msg.T("PDFは読み取れません。本文をテキストとして保存したファイルか、Wordの文書（.docx）を選んでください。", "PDF cannot be read. Choose the text saved as plain text, or a Word document (.docx)."))
	case bytes.HasPrefix(b, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return "", refuse(msg.T("古い形式のWord文書は読み取れません。.docx形式で保存し直してください。", "The old Word format cannot be read. Save the document as .docx."))
	case utf16(b):
		return "", refuse(msg.T("文字コードがUTF-16のファイルです。UTF-8で保存し直してください。", "The file is in UTF-16. Save it as UTF-8."))
	default:
		b = bytes.TrimPrefix(b, []byte("\ufeff"))
		s = string(b)
		if !utf8.Valid(b) {
			out, err := japanese.ShiftJIS.NewDecoder().Bytes(b)
			if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
				return "", refuse(msg.T("文字として読み取れません。UTF-8かシフトJIS（CP932）のテキスト、Markdown、またはWordの文書（.docx）を選んでください。",
					"The file cannot be read as text. Choose a text in UTF-8 or Shift JIS (CP932), Markdown, or a Word document (.docx)."))
			}
			s = string(out)
		}
	}
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }) {
		return "", refuse(msg.T("文字ではない内容を含むファイルです。UTF-8かシフトJIS（CP932）のテキスト、Markdown、またはWordの文書（.docx）を選んでください。",
			"The file holds something other than text. Choose a text in UTF-8 or Shift JIS (CP932), Markdown, or a Word document (.docx)."))
	}
	if bare(s) == "" {
		return "", refuse(msg.T("ファイルに文字がありません。", "The file holds no text."))
	}
	return s, nil
}

// utf16 knows UTF-16 by its mark, or by many zero bytes that stand only at even or only at odd places.
func utf16(b []byte) bool {
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff}) {
		return true
	}
	var zero [2]int
	n := min(len(b), 4096)
	for i, c := range b[:n] {
		if c == 0 {
			zero[i%2]++
		}
	}
	most, least := max(zero[0], zero[1]), min(zero[0], zero[1])
	return n%2 == 0 && n >= 4 && most*20 > n && least*50 < most
}
