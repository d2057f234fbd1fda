package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"okite/internal/policy"
)

func clauses(s ...string) (out []policy.ClauseJSON) {
	for _, x := range s {
		f := strings.Split(x, "|")
		out = append(out, policy.ClauseJSON{ID: f[0], Title: f[1], Text: f[2]})
	}
	return out
}

func TestCompare(t *testing.T) {
	old := clauses("bp.1|目的|情報を守る。", "bp.2|定義|ことばを定める。", "bp.3|対策|鍵をかけ、記録を残すものとする。", "bp.4|公開|公表する。")
	for _, c := range []struct {
		name string
		next []policy.ClauseJSON
		want []string
		same int
	}{
		{"nothing changed", old, nil, 4},
		{"a word changed", clauses("bp.1|目的|情報を守る。", "bp.2|定義|ことばを定める。", "bp.3|対策|鍵をかけ、記録を一年残すものとする。", "bp.4|公開|公表する。"), []string{"changed bp.3"}, 3},
		{"one removed at the end", old[:3], []string{"removed bp.4"}, 3},
		{"one put in: those behind it move", clauses("bp.1|目的|情報を守る。", "bp.2|範囲|すべての機関とする。", "bp.3|定義|ことばを定める。", "bp.4|対策|鍵をかけ、記録を残すものとする。", "bp.5|公開|公表する。"),
			[]string{"added bp.2", "moved bp.3 was bp.2", "moved bp.4 was bp.3", "moved bp.5 was bp.4"}, 1},
		{"moved and changed a little", clauses("bp.1|目的|情報を守る。", "bp.2|定義|ことばを定める。", "bp.3|公開|公表する。", "bp.4|対策|鍵をかけ、記録を必ず残すものとする。"),
			[]string{"moved bp.3 was bp.4", "moved bp.4 was bp.3"}, 2},
		{"only the title changed", clauses("bp.1|ねらい|情報を守る。", "bp.2|定義|ことばを定める。", "bp.3|対策|鍵をかけ、記録を残すものとする。", "bp.4|公開|公表する。"), []string{"changed bp.1"}, 3},
	} {
		got, same := policy.Compare(old, c.next)
		var said []string
		for _, d := range got {
			s := d.Kind + " " + d.ID
			if d.Was != "" {
				s += " was " + d.Was
			}
			said = append(said, s)
		}
		if !slices.Equal(said, c.want) || same != c.same {
			t.Errorf("%s: got %q and %d the same, want %q and %d", c.name, said, same, c.want, c.same)
		}
	}
}

func TestWords(t *testing.T) {
	if got := fmt.Sprint(policy.Words("記録を一年残す。", "記録を三年残すものとする。")); got != "[{same 記録を} {old 一年残す} {new 三年残すものとする} {same 。}]" {
		t.Errorf("got %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		gen := rapid.StringOfN(rapid.RuneFrom([]rune("情報資産をカキクma 12。、\n")), 0, 60, -1)
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		var old, next strings.Builder
		for _, w := range policy.Words(a, b) {
			if w.Op != "new" {
				old.WriteString(w.Text)
			}
			if w.Op != "old" {
				next.WriteString(w.Text)
			}
		}
		if old.String() != a || next.String() != b {
			t.Errorf("%q and %q came back as %q and %q", a, b, old.String(), next.String())
		}
	})
}
