// Package clause names the places of a policy text. Everything in the product points at a place:
// acts, checks, registers, pages, refusals and tests. It serves 序 and clause 4 (bp.0, bp.4): a rule
// without a place in the policy has no ground.
package clause

import (
	"cmp"
	"fmt"
	"slices"
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
		for i, x := range strings.Split(p, "-") {
			if n, err := strconv.Atoi(x); err != nil || n < 0 || n == 0 && i > 0 || strconv.Itoa(n) != x {
				return "", fmt.Errorf("clause id %q: %q is not a number", s, p)
			}
		}
	}
	return ID(s), nil
}

// Layer is "bp" or "st".
func (id ID) Layer() string { l, _, _ := strings.Cut(string(id), "."); return l }

// Depth is how many numbers stand below the layer: 2 for bp.9.4.
func (id ID) Depth() int { return strings.Count(string(id), ".") }

// Path is the numbers below the layer, each with its branch numbers behind it: [[3 2] [1]] for st.3-2.1.
func (id ID) Path() [][]int {
	var out [][]int
	for _, p := range strings.Split(string(id), ".")[1:] {
		var number []int
		for _, x := range strings.Split(p, "-") {
			n, _ := strconv.Atoi(x)
			number = append(number, n)
		}
		out = append(out, number)
	}
	return out
}

// Number is how an office cites the place: 9, 9(4), 3の2; 9(4)ア is not used. The preamble is 序.
func (id ID) Number() string {
	p := id.Path()
	if len(p) == 0 {
		return ""
	}
	if len(p) == 1 && p[0][0] == 0 {
		return "序"
	}
	var b strings.Builder
	for i, number := range p {
		form := "(%d)"
		if i == 0 {
			form = "%d"
		}
		fmt.Fprintf(&b, form, number[0])
		for _, n := range number[1:] {
			fmt.Fprintf(&b, "の%d", n)
		}
	}
	return b.String()
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

// Less orders places as the text does: bp before st, numbers by value, a branch behind its stem (3, 3-2, 4).
func Less(a, b ID) bool {
	return cmp.Or(cmp.Compare(a.Layer(), b.Layer()), slices.CompareFunc(a.Path(), b.Path(), slices.Compare[[]int])) < 0
}
