package register

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// IndividualNumber says whether a text holds a valid individual number (個人番号): twelve digits with a right check
// digit, in any width, written together or in groups parted by one and the same sign. The product keeps no residents'
// data, so such a text is refused where it is typed (bp.9.4). Digits inside a long hexadecimal value do not count.
func IndividualNumber(s string) bool {
	digits := 0
	for i := 0; i < len(s) && digits < 12; i++ {
		if s[i] >= 0x80 || (s[i] >= '0' && s[i] <= '9') {
			digits++ // a byte of a sign beyond ASCII may be of a full-width digit
		}
	}
	if digits < 12 {
		return false
	}
	var t []rune
	for _, r := range norm.NFKC.String(s) {
		if !unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Mn, r) {
			t = append(t, r)
		}
	}
	groups := digitGroups(t)
	for i := range groups {
		n, sep := groups[i].len(), rune(-1)
		for j := i; ; {
			if n == 12 && valid(t, groups[i:j+1]) && !inHex(t, groups[i].from, groups[j].to) {
				return true
			}
			if n >= 12 || j+1 == len(groups) || groups[j+1].from != groups[j].to+1 {
				break
			}
			r := t[groups[j].to]
			if !separator(r) || (sep >= 0 && sep != r) {
				break
			}
			sep = r
			j++
			n += groups[j].len()
		}
	}
	return false
}

type span struct{ from, to int }

func (s span) len() int { return s.to - s.from }

func digitGroups(t []rune) []span {
	var out []span
	for i := 0; i < len(t); i++ {
		if !digit(t[i]) {
			continue
		}
		from := i
		for i < len(t) && digit(t[i]) {
			i++
		}
		out = append(out, span{from, i})
	}
	return out
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

func separator(r rune) bool {
	switch r {
	case ' ', '-', '‐', '‑', '–', '—', '―', '−', 'ー', '・', '.', '_', '/', ',', '、':
		return true
	}
	return false
}

// valid is the check digit of the ministerial order (行政手続における特定の個人を識別するための番号の利用等に関する
// 法律の規定による通知カード及び個人番号カード並びに…省令 5条).
func valid(t []rune, groups []span) bool {
	var d []int
	for _, g := range groups {
		for _, r := range t[g.from:g.to] {
			d = append(d, int(r-'0'))
		}
	}
	sum := 0
	for n := 1; n <= 11; n++ { // n counts from the digit before the check digit leftwards
		q := n + 1
		if n > 6 {
			q = n - 5
		}
		sum += d[11-n] * q
	}
	want := 11 - sum%11
	if sum%11 <= 1 {
		want = 0
	}
	return d[11] == want
}

// inHex says whether the digits stand in a run of 32 or more hexadecimal signs, such as a hash value.
func inHex(t []rune, from, to int) bool {
	hex := func(r rune) bool { return digit(r) || (r >= 'a' && r <= 'f') || (r >= 'A' && r <= 'F') }
	for from > 0 && hex(t[from-1]) {
		from--
	}
	for to < len(t) && hex(t[to]) {
		to++
	}
	return to-from >= 32
}
