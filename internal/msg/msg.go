// Package msg holds words in the two languages of the product. A Text is always a pair; a missing half
// fails a test that reads the source (msg_test.go), so no page can fall back to the wrong language.
package msg

import (
	"encoding/json"
	"fmt"
)

// Lang is a language of the product: "ja" or "en".
type Lang string

// The two languages. Japanese comes first everywhere.
const (
	JA Lang = "ja"
	EN Lang = "en"
)

// Text is one saying in both languages. The zero value says nothing.
type Text struct {
	JA string `json:"ja"`
	EN string `json:"en"`
}

// T pairs a Japanese saying with its English. Both must be literals, so that the source test can see them.
func T(ja, en string) Text { return Text{JA: ja, EN: en} }

// F is T with values put in by the verbs of package fmt. A Text among the values is put in in each language.
func F(ja, en string, values ...any) Text {
	return Text{JA: fmt.Sprintf(ja, in(JA, values)...), EN: fmt.Sprintf(en, in(EN, values)...)}
}

func in(lang Lang, values []any) []any {
	out := make([]any, len(values))
	for i, v := range values {
		if t, ok := v.(Text); ok {
			v = t.In(lang)
		}
		out[i] = v
	}
	return out
}

// Same is a Text that reads the same in both languages: a name, a number, a code.
func Same(s string) Text { return Text{JA: s, EN: s} }

// In gives the saying in one language.
func (t Text) In(lang Lang) string {
	if lang == EN {
		return t.EN
	}
	return t.JA
}

// IsZero says whether there is nothing to say.
func (t Text) IsZero() bool { return t == Text{} }

// String is the Japanese half; it serves logs and tests.
func (t Text) String() string { return t.JA }

// Parse reads the JSON form {"ja":…,"en":…}.
func Parse(s string) (Text, error) {
	var t Text
	err := json.Unmarshal([]byte(s), &t)
	return t, err
}
