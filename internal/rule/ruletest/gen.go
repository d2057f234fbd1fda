// Package ruletest makes random conditions and random subjects for a schema, so that the engines and the views of
// a condition can be set against each other. It serves the tests of bp.9.4: what decides must be decided alike.
package ruletest

import (
	"math/rand/v2"

	"okite/internal/msg"
	"okite/internal/rule"
)

// Expr makes a condition with at most depth levels of and, or and not.
func Expr(r *rand.Rand, s *rule.Schema, depth int) rule.Expr {
	if depth <= 0 || r.IntN(4) == 0 {
		return atom(r, s)
	}
	switch r.IntN(5) {
	case 0, 1:
		return rule.AllOf(parts(r, s, depth)...)
	case 2, 3:
		return rule.AnyOf(parts(r, s, depth)...)
	default:
		return rule.NotOf(Expr(r, s, depth-1))
	}
}

func parts(r *rand.Rand, s *rule.Schema, depth int) []rule.Expr {
	out := make([]rule.Expr, 2+r.IntN(2))
	for i := range out {
		out[i] = Expr(r, s, depth-1)
	}
	return out
}

func atom(r *rand.Rand, s *rule.Schema) rule.Expr {
	if r.IntN(40) == 0 {
		return rule.Const(r.IntN(2) == 0)
	}
	a := s.Attrs[r.IntN(len(s.Attrs))]
	switch a.Kind {
	case rule.Bool:
		return rule.Flag{Attr: a.Name}
	case rule.Enum:
		return enum(r, s, a)
	case rule.Set:
		if r.IntN(6) == 0 {
			return rule.Empty{Attr: a.Name}
		}
		m := rule.Mode(r.IntN(3))
		n := 1
		if m != rule.One {
			n += r.IntN(3)
		}
		return rule.Has{Attr: a.Name, Codes: codes(r, a, n), Mode: m}
	}
	return compare(r, s, a)
}

func enum(r *rand.Rand, s *rule.Schema, a rule.Attr) rule.Expr {
	switch r.IntN(6) {
	case 0:
		return rule.OneOf{Attr: a.Name, Codes: codes(r, a, 1+r.IntN(3))}
	case 1:
		if b, ok := other(r, s, rule.Enum); ok && b.Name != a.Name {
			return rule.Same{A: a.Name, B: b.Name, Other: r.IntN(2) == 0}
		}
	case 2:
		return rule.Is{Attr: a.Name, Other: r.IntN(2) == 0}
	}
	return rule.Is{Attr: a.Name, Code: codes(r, a, 1)[0], Other: r.IntN(2) == 0}
}

// Open are the codes that random conditions and subjects use where the vocabulary is open.
var Open = []string{"a", "b_1", "it's", "京", "x.y"}

func codes(r *rand.Rand, a rule.Attr, n int) []string {
	out := make([]string, n)
	for i := range out {
		if a.Closed() {
			out[i] = a.Values[r.IntN(len(a.Values))].Code
		} else {
			out[i] = Open[r.IntN(len(Open))]
		}
	}
	return out
}

func other(r *rand.Rand, s *rule.Schema, k rule.Kind) (rule.Attr, bool) {
	var as []rule.Attr
	for _, a := range s.Attrs {
		if a.Kind == k {
			as = append(as, a)
		}
	}
	if len(as) == 0 {
		return rule.Attr{}, false
	}
	return as[r.IntN(len(as))], true
}

// Base is a day about which random days lie.
const Base = 20780

func compare(r *rand.Rand, s *rule.Schema, a rule.Attr) rule.Expr {
	op := rule.Op(r.IntN(6))
	left := rule.Sum{{Place: rule.Resource, Name: a.Name}}
	if a.Kind == rule.Int {
		right := rule.Sum{{N: int64(r.IntN(9))}}
		if b, ok := other(r, s, rule.Int); ok && b.Name != a.Name && r.IntN(3) == 0 {
			right = rule.Sum{{Place: rule.Resource, Name: b.Name}, {Neg: r.IntN(2) == 0, N: 1 + int64(r.IntN(3))}}
		} else if p, ok := param(r, s, rule.Int); ok && r.IntN(2) == 0 {
			right = rule.Sum{{Place: rule.Context, Name: p}}
		}
		return turn(r, rule.Compare{Op: op, Left: left, Right: right})
	}
	switch r.IntN(5) {
	case 0: // none given
		return turn(r, rule.Compare{Op: rule.Op(r.IntN(2)), Left: left, Right: rule.Sum{{}}, Dates: 1})
	case 1:
		return turn(r, rule.Compare{Op: op, Left: left, Right: rule.Sum{{Place: rule.Context, Name: rule.Today}}, Dates: 1})
	case 2:
		if b, ok := other(r, s, rule.Date); ok {
			return turn(r, rule.Compare{Op: op, Left: append(left, rule.Term{N: 1 + int64(r.IntN(30))}), Right: rule.Sum{{Place: rule.Resource, Name: b.Name}}, Dates: 1})
		}
	case 3:
		return turn(r, rule.Compare{Op: op, Left: left, Right: rule.Sum{{N: Base + int64(r.IntN(60)) - 30}}, Dates: 1})
	}
	age := rule.Sum{{Place: rule.Context, Name: rule.Today}, {Neg: true, Place: rule.Resource, Name: a.Name}}
	right := rule.Sum{{N: int64(r.IntN(40))}}
	if p, ok := param(r, s, rule.Int); ok && r.IntN(2) == 0 {
		right = rule.Sum{{Place: rule.Context, Name: p}}
	}
	return turn(r, rule.Compare{Op: op, Left: age, Right: right})
}

func turn(r *rand.Rand, c rule.Compare) rule.Compare {
	if r.IntN(4) == 0 {
		c.Left, c.Right = c.Right, c.Left
	}
	return c
}

func param(r *rand.Rand, s *rule.Schema, k rule.Kind) (string, bool) {
	var ps []string
	for _, a := range s.Context {
		if a.Kind == k {
			ps = append(ps, a.Name)
		}
	}
	if len(ps) == 0 {
		return "", false
	}
	return ps[r.IntN(len(ps))], true
}

// Value makes a value for an attribute: bool, int64, string or []string. Values lie close to what random
// conditions ask, so that both answers come up; some are far out.
func Value(r *rand.Rand, a rule.Attr) any {
	switch a.Kind {
	case rule.Bool:
		return r.IntN(2) == 0
	case rule.Int:
		switch r.IntN(40) {
		case 0:
			return int64(r.IntN(1 << 20))
		case 1:
			return -int64(r.IntN(9))
		case 2:
			return int64(1)<<40 + int64(r.IntN(9))
		}
		return int64(r.IntN(9))
	case rule.Date:
		switch r.IntN(20) {
		case 0:
			return int64(0)
		case 1:
			return int64(70000 + r.IntN(9)) // after the year 2149
		}
		return int64(Base + r.IntN(60) - 30)
	case rule.Enum:
		if r.IntN(5) == 0 {
			return ""
		}
		return codes(r, a, 1)[0]
	}
	var set []string
	for _, c := range codes(r, a, r.IntN(4)) {
		dup := false
		for _, d := range set {
			dup = dup || c == d
		}
		if !dup {
			set = append(set, c)
		}
	}
	return set
}

// Schema is one with every kind of attribute, open and closed.
func Schema() *rule.Schema {
	return &rule.Schema{Type: "Asset", Title: t("情報資産", "information asset"),
		Attrs: []rule.Attr{
			{Name: "mfa", Title: t("多要素認証", "multi-factor sign-in"), Kind: rule.Bool},
			{Name: "encrypted", Title: t("暗号化済み", "encrypted"), Kind: rule.Bool},
			{Name: "copies", Title: t("複製の数", "copies"), Kind: rule.Int},
			{Name: "holders", Title: t("保有者の数", "holders"), Kind: rule.Int},
			{Name: "registered", Title: t("登録日", "day registered"), Kind: rule.Date},
			{Name: "confirmed", Title: t("確認日", "day confirmed"), Kind: rule.Date},
			{Name: "due", Title: t("期限", "due day"), Kind: rule.Date},
			{Name: "zone", Title: t("領域", "zone"), Kind: rule.Enum, Values: []rule.Value{
				{Code: "mynumber", Title: t("マイナンバー利用事務系", "My Number zone")}, {Code: "lgwan", Title: t("LGWAN接続系", "LGWAN zone")},
				{Code: "internet", Title: t("インターネット接続系", "Internet zone")}}},
			{Name: "status", Title: t("状態", "status"), Kind: rule.Enum, Values: []rule.Value{
				{Code: "active", Title: t("運用中", "active")}, {Code: "retired", Title: t("廃止", "retired")}, {Code: "planned", Title: t("計画中", "planned")}}},
			{Name: "unit", Title: t("所管課", "section in charge"), Kind: rule.Enum},
			{Name: "資産 の 番号", Title: t("資産の番号", "asset number"), Kind: rule.Enum},
			{Name: "content", Title: t("含まれる情報", "contents"), Kind: rule.Set, Values: []rule.Value{
				{Code: "personal", Title: t("個人情報", "personal data")}, {Code: "my_number", Title: t("個人番号", "My Number")}, {Code: "tax", Title: t("税情報", "tax data")}}},
			{Name: "users", Title: t("利用者", "users"), Kind: rule.Set},
		},
		Context: []rule.Attr{{Name: rule.Today, Title: t("本日", "today"), Kind: rule.Date},
			{Name: "N.classify", Title: t("分類の期限", "days to classify"), Kind: rule.Int}, {Name: "N.copies", Title: t("複製の上限", "copies allowed"), Kind: rule.Int}},
	}
}

var t = msg.T
