package selfcheck

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Value is what is answered. The signs are those of paper check sheets, so that a record reads the same in both
// languages.
type Value string

// The answers.
const (
	Yes  Value = "○"
	No   Value = "×"
	None Value = "－" // not applicable
)

// values by the words of a form.
var values = map[string]Value{"yes": Yes, "no": No, "none": None}

// word is the other way round.
func (v Value) word() string {
	for w, x := range values {
		if x == v {
			return w
		}
	}
	return ""
}

// Answer is the answer to one item.
type Answer struct {
	Item     string
	Value    Value
	Evidence string
	Note     string
}

// Pack writes answers as a response keeps them: a line each, parted by tabs, without what is empty at the end.
func Pack(answers []Answer) string {
	var b strings.Builder
	for _, a := range answers {
		line := a.Item + "\t" + string(a.Value) + "\t" + flat(a.Evidence) + "\t" + flat(a.Note)
		b.WriteString(strings.TrimRight(line, "\t") + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// flat makes one line of a text.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// Unpack reads what Pack wrote. What is no answer is left out.
func Unpack(text string) []Answer {
	if text == "" {
		return nil
	}
	out := make([]Answer, 0, strings.Count(text, "\n")+1)
	for line := range strings.SplitSeq(text, "\n") {
		var a Answer
		var rest, v string
		a.Item, rest, _ = strings.Cut(line, "\t")
		v, rest, _ = strings.Cut(rest, "\t")
		a.Value = Value(v)
		a.Evidence, a.Note, _ = strings.Cut(rest, "\t")
		if a.Item != "" {
			out = append(out, a)
		}
	}
	return out
}

// byItem finds the answers of items.
func byItem(answers []Answer) map[string]Answer {
	out := make(map[string]Answer, len(answers))
	for _, a := range answers {
		out[a.Item] = a
	}
	return out
}

// given counts the items that have an answer.
func given(answers []Answer) int64 {
	var n int64
	for _, a := range answers {
		if a.Value != "" {
			n++
		}
	}
	return n
}

// Hash is of what was answered: a confirmation is given for it.
func (r Response) Hash() string {
	sum := sha256.Sum256([]byte(r.Sheet + "\x00" + r.Answers))
	return hex.EncodeToString(sum[:])
}
