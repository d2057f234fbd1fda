package text

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// numeral is the number of a place with its branch numbers (枝番) behind it: [3 2] is 3の2, which was put in between 3
// and 4.
type numeral []int

// key is the numeral as a part of an id: 3-2.
func (n numeral) key() string {
	var b strings.Builder
	for i, x := range n {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(strconv.Itoa(x))
	}
	return b.String()
}

// branch is how the branch numbers are cited: の2, "" when there are none.
func (n numeral) branch() string {
	var b strings.Builder
	for _, x := range n[1:] {
		fmt.Fprintf(&b, "の%d", x)
	}
	return b.String()
}

// cited is the numeral as an office writes it; nil is what stands before the first.
func (n numeral) cited() string {
	if n == nil {
		return "0"
	}
	return strconv.Itoa(n[0]) + n.branch()
}

func (n numeral) is(x ...int) bool { return slices.Equal(n, x) }

// follows says whether n may stand right behind another: 4 and 3の2 follow 3; 3の3, 3の2の2 and 4 follow 3の2.
func (n numeral) follows(before numeral) bool {
	if before == nil {
		return n.is(1)
	}
	if len(n) == len(before)+1 {
		return slices.Equal(n[:len(before)], before) && n[len(before)] == 2
	}
	if len(n) > len(before) {
		return false
	}
	k := len(n) - 1
	return slices.Equal(n[:k], before[:k]) && n[k] == before[k]+1
}

// sane says whether every number is one that a text may have.
func (n numeral) sane() bool {
	return len(n) > 0 && !slices.ContainsFunc(n, func(x int) bool { return x < 1 || x > 200 })
}

// branches reads の2の3 in digits of any width or Japanese numerals.
func branches(s string) (out numeral) {
	for _, x := range strings.Split(s, "の")[1:] {
		out = append(out, number(x))
	}
	return out
}
