package sheet

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// markup reads the XML of the great parts, the sheets and the shared texts, without memory for each token. It takes
// what encoding/xml takes of the markup that guard lets through, with the same result.
type markup struct {
	r    io.Reader
	buf  []byte
	at   int // the first byte that was not handed out
	eof  bool
	text []byte // a text with references replaced
	tag  tag
}

// tag is the start of an element. It holds until the next token.
type tag struct {
	name  []byte // without its prefix
	attrs []attribute
}

type attribute struct{ name, value []byte }

// attr is the value of an attribute, empty when there is none.
func (t *tag) attr(name string) []byte {
	for _, a := range t.attrs {
		if string(a.name) == name {
			return a.value
		}
	}
	return nil
}

var errSyntax = errors.New("XML syntax")

// walk gives every token of a part up to its end.
func (b *book) walk(name string, start func(t *tag) error, end func(name []byte) error, text func(t []byte) error) error {
	rc, err := b.part(name)
	if err != nil || rc == nil {
		return err
	}
	defer rc.Close()
	m := &markup{r: rc, buf: make([]byte, 0, 1<<16)}
	depth := 0
	for {
		raw, err := m.until('<')
		if err != nil {
			return b.broken(name, err)
		}
		if len(raw) > 0 {
			if bytes.Contains(raw, []byte("]]>")) {
				return b.broken(name, errSyntax)
			}
			if raw, err = m.plain(raw); err != nil {
				return b.broken(name, err)
			}
			if err := text(raw); err != nil {
				return err
			}
		}
		if m.at == len(m.buf) {
			if depth != 0 {
				return b.broken(name, io.ErrUnexpectedEOF)
			}
			return nil
		}
		kind, err := m.element()
		if err != nil {
			return b.broken(name, err)
		}
		if kind == opening || kind == single {
			depth++
			if err := start(&m.tag); err != nil {
				return err
			}
		}
		if kind == closing || kind == single {
			depth--
			if err := end(m.tag.name); err != nil {
				return err
			}
		}
	}
}

// more reads on; the bytes from m.at stay.
func (m *markup) more() error {
	if m.eof {
		return io.ErrUnexpectedEOF
	}
	if m.at > 0 {
		m.buf = m.buf[:copy(m.buf, m.buf[m.at:])]
		m.at = 0
	}
	if len(m.buf) == cap(m.buf) { // guard bounds how far one token can make it grow
		m.buf = append(m.buf, 0)[:len(m.buf)]
	}
	n, err := m.r.Read(m.buf[len(m.buf):cap(m.buf)])
	m.buf = m.buf[:len(m.buf)+n]
	if errors.Is(err, io.EOF) {
		m.eof = true
		return nil
	}
	return err
}

// until takes what stands before a sign, or all up to the end of the part.
func (m *markup) until(sign byte) ([]byte, error) {
	for seen := 0; ; {
		if i := bytes.IndexByte(m.buf[m.at+seen:], sign); i >= 0 {
			raw := m.buf[m.at : m.at+seen+i]
			m.at += seen + i
			return raw, nil
		}
		seen = len(m.buf) - m.at
		if m.eof {
			raw := m.buf[m.at:]
			m.at = len(m.buf)
			return raw, nil
		}
		if err := m.more(); err != nil {
			return nil, err
		}
	}
}

// What an element is.
const (
	opening = iota
	closing
	single
	declaration
)

// element takes the markup from "<" to ">", which may stand in a quoted value too.
func (m *markup) element() (kind int, err error) {
	quote := byte(0)
	for n := 1; ; n++ {
		for m.at+n >= len(m.buf) {
			if err := m.more(); err != nil {
				return 0, err
			}
		}
		switch c := m.buf[m.at+n]; {
		case m.buf[m.at+1] == '?' && (c != '>' || n < 3 || m.buf[m.at+n-1] != '?'): // quotes do not count in there
		case quote == 0 && c == '>':
			in := m.buf[m.at+1 : m.at+n]
			m.at += n + 1
			return m.inside(in)
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
	}
}

// inside reads what stands between "<" and ">".
func (m *markup) inside(s []byte) (kind int, err error) {
	m.tag.attrs, m.text = m.tag.attrs[:0], m.text[:0]
	switch {
	case len(s) == 0:
		return 0, errSyntax
	case s[0] == '?':
		return declaration, declared(s)
	case s[0] == '/':
		name, rest := nameIn(s[1:])
		if m.tag.name = local(name); m.tag.name == nil || len(skip(rest)) > 0 {
			return 0, errSyntax
		}
		return closing, nil
	}
	name, rest := nameIn(s)
	if m.tag.name = local(name); m.tag.name == nil {
		return 0, errSyntax
	}
	for {
		if rest = skip(rest); len(rest) == 0 {
			return opening, nil
		}
		if rest[0] == '/' {
			if len(rest) > 1 {
				return 0, errSyntax
			}
			return single, nil
		}
		if rest, err = m.attribute(rest); err != nil {
			return 0, err
		}
	}
}

func (m *markup) attribute(s []byte) (rest []byte, err error) {
	name, s := nameIn(s)
	a := attribute{name: local(name)}
	if s = skip(s); a.name == nil || len(s) == 0 || s[0] != '=' {
		return nil, errSyntax
	}
	if s = skip(s[1:]); len(s) == 0 || (s[0] != '"' && s[0] != '\'') {
		return nil, errSyntax
	}
	i := bytes.IndexByte(s[1:], s[0])
	if i < 0 {
		return nil, errSyntax
	}
	value := s[1 : 1+i]
	if bytes.IndexByte(value, '<') >= 0 {
		return nil, errSyntax
	}
	if a.value, err = m.plain(value); err != nil {
		return nil, err
	}
	m.tag.attrs = append(m.tag.attrs, a)
	return s[i+2:], nil
}

func skip(s []byte) []byte {
	for len(s) > 0 && (s[0] == ' ' || s[0] == '\t' || s[0] == '\n' || s[0] == '\r') {
		s = s[1:]
	}
	return s
}

// nameIn cuts a name off. Letters beyond ASCII are not told from other signs: no name that counts has any.
func nameIn(s []byte) (name, rest []byte) {
	i := 0
	for i < len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' || c >= utf8.RuneSelf
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '-' && c != '.') {
			break
		}
		i++
	}
	return s[:i], s[i:]
}

// local is a name without its prefix, nil when it is none.
func local(name []byte) []byte {
	i := bytes.IndexByte(name, ':')
	switch {
	case len(name) == 0, i >= 0 && bytes.IndexByte(name[i+1:], ':') >= 0:
		return nil
	case i <= 0 || i+1 == len(name):
		return name
	}
	return name[i+1:]
}

// declared refuses an XML declaration of another version or encoding.
func declared(s []byte) error {
	if len(s) < 2 || s[len(s)-1] != '?' {
		return errSyntax
	}
	name, rest := nameIn(s[1 : len(s)-1])
	if len(name) == 0 {
		return errSyntax
	}
	if string(name) != "xml" {
		return nil
	}
	version, encoding := pseudo(rest, "version="), pseudo(rest, "encoding=")
	if (version != "" && version != "1.0") || (encoding != "" && !strings.EqualFold(encoding, "utf-8")) {
		return errSyntax
	}
	return nil
}

// pseudo is what stands in quotes behind a name.
func pseudo(s []byte, name string) string {
	for {
		_, after, ok := bytes.Cut(s, []byte(name))
		if !ok || len(after) == 0 {
			return ""
		}
		s = after[1:]
		if after[0] == '"' || after[0] == '\'' {
			value, _, closed := bytes.Cut(s, after[:1])
			if !closed {
				return ""
			}
			return string(value)
		}
	}
}

// plain is a text with its references replaced and its line ends made one sign. It may be raw itself.
func (m *markup) plain(raw []byte) ([]byte, error) {
	simple := true
	for _, c := range raw {
		if c < ' ' && c != '\t' && c != '\n' || c == '&' || c >= utf8.RuneSelf {
			simple = false
			break
		}
	}
	if simple {
		return raw, nil
	}
	out := raw
	if bytes.IndexByte(raw, '&') >= 0 || bytes.IndexByte(raw, '\r') >= 0 {
		from := len(m.text) // the values of one tag stand one behind the other
		if err := m.replace(raw); err != nil {
			return nil, err
		}
		out = m.text[from:]
	}
	for i := 0; i < len(out); {
		r, n := utf8.DecodeRune(out[i:])
		if (r == utf8.RuneError && n == 1) || !allowed(r) {
			return nil, errSyntax
		}
		i += n
	}
	return out, nil
}

// allowed are the signs XML may hold.
func allowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

func (m *markup) replace(raw []byte) error {
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '\r':
			m.text = append(m.text, '\n')
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
		case '&':
			n := bytes.IndexByte(raw[i:], ';')
			if n < 0 {
				return errSyntax
			}
			sign, ok := reference(raw[i+1 : i+n])
			if !ok {
				return errSyntax
			}
			m.text = append(m.text, sign...)
			i += n
		default:
			m.text = append(m.text, c)
		}
	}
	return nil
}

func reference(name []byte) (string, bool) {
	switch string(name) {
	case "lt":
		return "<", true
	case "gt":
		return ">", true
	case "amp":
		return "&", true
	case "apos":
		return "'", true
	case "quot":
		return `"`, true
	}
	if len(name) < 2 || name[0] != '#' {
		return "", false
	}
	digits, base := string(name[1:]), 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune {
		return "", false
	}
	return string(rune(n)), true
}
