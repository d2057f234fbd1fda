package trail

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"unicode/utf8"
)

// bytes writes the line as encoding/json would without HTML escapes. It does so by hand because every entry is
// written in the one goroutine that writes.
func (l line) bytes() []byte {
	b := make([]byte, 0, 512)
	b = append(b, `{"v":1`...)
	b = member(b, "at", l.At)
	b = member(b, "actor", l.Actor)
	b = optional(b, "way", l.Way)
	b = member(b, "act", l.Act)
	if l.Capacity != (Capacity{}) {
		b = l.Capacity.append(b)
	}
	b = optional(b, "subject", l.Subject)
	for i, c := range l.Clauses {
		if i == 0 {
			b = append(b, `,"clauses":[`...)
		} else {
			b = append(b, ',')
		}
		b = text(b, string(c))
	}
	if len(l.Clauses) > 0 {
		b = append(b, ']')
	}
	for i, k := range slices.Sorted(maps.Keys(l.Input)) {
		if i == 0 {
			b = append(b, `,"input":{`...)
		} else {
			b = append(b, ',')
		}
		b = append(text(b, k), ':')
		b = text(b, l.Input[k])
	}
	if len(l.Input) > 0 {
		b = append(b, '}')
	}
	b = optional(b, "personal", l.Personal)
	b = member(b, "result", l.Result)
	b = optional(b, "fault", l.Fault)
	b = optional(b, "reason", l.Reason)
	b = optional(b, "stated", l.Stated)
	return append(b, '}')
}

func (c Capacity) append(b []byte) []byte {
	b = append(b, `,"capacity":{"role":`...)
	b = text(b, c.Role)
	b = optional(b, "scope", c.Scope)
	if c.Deputy {
		b = append(b, `,"deputy":true`...)
	}
	return append(optional(b, "via", c.Via), '}')
}

func member(b []byte, name, value string) []byte {
	b = append(b, `,"`...)
	b = append(b, name...)
	b = append(b, `":`...)
	return text(b, value)
}

func optional(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return member(b, name, value)
}

// text writes a JSON string. The few that need an escape go through encoding/json.
func text(b []byte, s string) []byte {
	if escapeFree(s) {
		b = append(b, '"')
		b = append(b, s...)
		return append(b, '"')
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string into memory: cannot fail
	return append(b, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
}

// escapeFree says whether a string stands in JSON as it is.
func escapeFree(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < 0x20, c == '"', c == '\\':
			return false
		case c == 0xe2 && i+2 < len(s) && s[i+1] == 0x80 && s[i+2]&^1 == 0xa8: // the line separators U+2028 and U+2029
			return false
		}
	}
	return utf8.ValidString(s)
}
