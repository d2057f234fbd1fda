// Package clause names the places of a policy text. Everything in the product points at a place:
// acts, checks, registers, pages, refusals and tests. It serves 序 and clause 4 (bp.0, bp.4): a rule
// without a place in the policy has no ground.
package clause

import (
	"fmt"
	"strconv"
	"strings"
)

// ID is a place in a policy document: the layer and the path of numbers. "bp.9.4" is 基本方針 9(4),
// "st.3.2" is 対策基準 3(2), "bp.0" the preamble (序).
type ID string

// The layers (2層) of clause 序.
const (
	Basic    = "bp" // 情報セキュリティ基本方針
	Standard = "st" // 情報セキュリティ対策基準
)

// Parse checks the form of an id.
func Parse(s string) (ID, error) {
	parts := strings.Split(s, ".")
	if len(parts) < 2 || (parts[0] != Basic && parts[0] != Standard) {
		return "", fmt.Errorf("clause id %q: want bp.N or st.N", s)
	}
	for _, p := range parts[1:] {
		if n, err := strconv.Atoi(p); err != nil || n < 0 || strconv.Itoa(n) != p {
			return "", fmt.Errorf("clause id %q: %q is not a number", s, p)
		}
	}
	return ID(s), nil
}

// Layer is "bp" or "st".
func (id ID) Layer() string { l, _, _ := strings.Cut(string(id), "."); return l }

// Path is the numbers below the layer.
func (id ID) Path() []int {
	var out []int
	for _, p := range strings.Split(string(id), ".")[1:] {
		n, _ := strconv.Atoi(p)
		out = append(out, n)
	}
	return out
}

// Number is how an office cites the place: 9, 9(4), 9(4)ア is not used. The preamble is 序.
func (id ID) Number() string {
	p := id.Path()
	if len(p) == 0 {
		return ""
	}
	if p[0] == 0 && len(p) == 1 {
		return "序"
	}
	s := strconv.Itoa(p[0])
	for _, n := range p[1:] {
		s += "(" + strconv.Itoa(n) + ")"
	}
	return s
}

// Parent is the place above, or "" at the top.
func (id ID) Parent() ID {
	i := strings.LastIndexByte(string(id), '.')
	if i < 0 || !strings.Contains(string(id[:i]), ".") {
		return ""
	}
	return id[:i]
}

// Top is the numbered clause an id belongs to: bp.9.4 → bp.9.
func (id ID) Top() ID {
	for p := id.Parent(); p != ""; p = id.Parent() {
		id = p
	}
	return id
}

// Covers says whether id is other or stands above it.
func (id ID) Covers(other ID) bool {
	return id == other || strings.HasPrefix(string(other), string(id)+".")
}

// Less orders places as the text does: bp before st, numbers by value.
func Less(a, b ID) bool {
	if a.Layer() != b.Layer() {
		return a.Layer() < b.Layer()
	}
	pa, pb := a.Path(), b.Path()
	for i := 0; i < len(pa) && i < len(pb); i++ {
		if pa[i] != pb[i] {
			return pa[i] < pb[i]
		}
	}
	return len(pa) < len(pb)
}
