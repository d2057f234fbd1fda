package trail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"okite/internal/clause"
	"okite/internal/ref"
)

// stamp is how times stand in an entry: UTC with exactly six decimals, as the clock cut them.
const stamp = "2006-01-02T15:04:05.000000Z"

// longest is the largest entry in bytes: a bundle of tlog-tiles gives lengths in 16 bits.
const longest = 1<<16 - 1

// line is the canonical form of an entry: one JSON object without white space, the fields in this order, what
// is empty left out, map keys sorted by bytes, no HTML escapes. Two equal entries have equal bytes, and bytes
// that do not read and write back to themselves are no entry.
type line struct {
	Version  int               `json:"v"`
	At       string            `json:"at"`
	Actor    string            `json:"actor"`
	Way      string            `json:"way,omitempty"`
	Act      string            `json:"act"`
	Capacity Capacity          `json:"capacity,omitzero"`
	Subject  string            `json:"subject,omitempty"`
	Clauses  []clause.ID       `json:"clauses,omitempty"`
	Input    map[string]string `json:"input,omitempty"`
	Personal string            `json:"personal,omitempty"` // HMAC-SHA256 in hex under the key of the subject
	Result   string            `json:"result"`
	Fault    string            `json:"fault,omitempty"`
	Reason   string            `json:"reason,omitempty"`
	Stated   string            `json:"stated,omitempty"`
}

// canonical gives the line of an entry. Bytes that are not UTF-8 are replaced.
func canonical(e Entry, at time.Time) line {
	l := line{Version: 1, At: at.UTC().Format(stamp), Actor: clean(e.Actor), Way: clean(e.Way), Act: clean(e.Act),
		Capacity: Capacity{Role: clean(e.Capacity.Role), Scope: clean(e.Capacity.Scope), Deputy: e.Capacity.Deputy, Via: clean(e.Capacity.Via)},
		Subject:  clean(e.Subject.String()), Clauses: e.Clauses, Result: clean(e.Result), Fault: clean(e.Fault), Reason: clean(e.Reason)}
	if !e.Stated.IsZero() {
		l.Stated = e.Stated.UTC().Truncate(time.Microsecond).Format(stamp)
	}
	if len(e.Input) > 0 {
		l.Input = make(map[string]string, len(e.Input))
		for k, v := range e.Input {
			l.Input[clean(k)] = clean(v)
		}
	}
	return l
}

func clean(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// encode writes the line. A line too long for a bundle keeps the SHA-256 and the length of its long values
// instead of the values.
func (l line) encode() ([]byte, error) {
	for _, most := range []int{longest, 1024, 128} {
		l := l.shortened(most)
		if b := l.bytes(); len(b) <= longest {
			return b, nil
		}
	}
	return nil, errors.New("write trail entry: it has too many fields")
}

// shortened replaces values of more than so many bytes.
func (l line) shortened(most int) line {
	l.Reason = digest(l.Reason, most)
	short := true
	for _, v := range l.Input {
		short = short && len(v) <= most
	}
	if short {
		return l
	}
	input := make(map[string]string, len(l.Input))
	for k, v := range l.Input {
		input[k] = digest(v, most)
	}
	l.Input = input
	return l
}

func digest(s string, most int) string {
	if len(s) <= most {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return fmt.Sprintf("sha256:%s (%d bytes)", hex.EncodeToString(sum[:]), len(s))
}

// decode reads the bytes of an entry and refuses any that encode would not have written.
func decode(b []byte) (line, error) {
	var l line
	if err := json.Unmarshal(b, &l); err != nil {
		return l, fmt.Errorf("read trail entry: %w", err)
	}
	if l.Version != 1 || !bytes.Equal(l.bytes(), b) {
		return l, errors.New("read trail entry: it is not in canonical form")
	}
	return l, nil
}

// record gives the line as a Record, without what is sealed.
func (l line) record(index int64) (Record, error) {
	r := Record{Index: index, Entry: Entry{Actor: l.Actor, Way: l.Way, Act: l.Act, Capacity: l.Capacity, Clauses: l.Clauses,
		Input: l.Input, Result: l.Result, Fault: l.Fault, Reason: l.Reason}}
	var err error
	if r.At, err = time.Parse(stamp, l.At); err != nil {
		return r, fmt.Errorf("read time of trail entry %d: %w", index, err)
	}
	if l.Stated != "" {
		if r.Stated, err = time.Parse(stamp, l.Stated); err != nil {
			return r, fmt.Errorf("read stated time of trail entry %d: %w", index, err)
		}
	}
	if l.Subject != "" {
		if r.Subject, err = ref.Parse(l.Subject); err != nil {
			return r, fmt.Errorf("read subject of trail entry %d: %w", index, err)
		}
	}
	return r, nil
}

// micros is the time of the line in microseconds, 0 when it can not be read.
func (l line) micros() int64 {
	t, err := time.Parse(stamp, l.At)
	if err != nil {
		return 0
	}
	return t.UnixMicro()
}
