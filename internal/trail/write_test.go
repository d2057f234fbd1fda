package trail

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"okite/internal/clause"
)

// An entry's bytes are those that encoding/json writes: whoever checks the record elsewhere needs no rule of ours.
func TestBytesAreThoseOfEncodingJSON(t *testing.T) {
	pieces := []string{"", "a", "持出し", "\"", "\\", "\n", "\t", "\x00", "\x1f", "\x7f", "<&>", "\u2028", "\u2029", "…", "\u2030", "\U0001F512", "\xff", "\xe2\x80"}
	r := rand.New(rand.NewPCG(1, 2))
	some := func() (s string) {
		for range r.IntN(4) {
			s += pieces[r.IntN(len(pieces))]
		}
		return s
	}
	for range 20_000 {
		l := line{Version: 1, At: some(), Actor: some(), Way: some(), Act: some(), Subject: some(), Personal: some(),
			Result: some(), Fault: some(), Reason: some(), Stated: some()}
		if r.IntN(2) == 0 {
			l.Capacity = Capacity{Role: some(), Scope: some(), Deputy: r.IntN(2) == 0, Via: some()}
		}
		for range r.IntN(3) {
			l.Clauses = append(l.Clauses, clause.ID(some()))
		}
		if n := r.IntN(4); n > 0 {
			l.Input = map[string]string{}
			for range n {
				l.Input[clean(some())] = some()
			}
		}
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(l); err != nil {
			t.Fatal(err)
		}
		if got := l.bytes(); !bytes.Equal(got, bytes.TrimSuffix(want.Bytes(), []byte("\n"))) {
			t.Fatalf("got  %s\nwant %s", got, want.Bytes())
		}
	}
}
