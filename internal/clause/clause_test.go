package clause

import (
	"strings"
	"testing"
)

func TestPlaces(t *testing.T) {
	for _, c := range []struct{ id, number, parent, top string }{
		{"bp.0", "序", "", "bp.0"},
		{"bp.9", "9", "", "bp.9"},
		{"bp.9.4", "9(4)", "bp.9", "bp.9"},
		{"st.3-2", "3の2", "", "st.3-2"},
		{"st.3-2-3.1.4-2", "3の2の3(1)(4)の2", "st.3-2-3.1", "st.3-2-3"},
	} {
		id, err := Parse(c.id)
		if err != nil {
			t.Errorf("%s: %v", c.id, err)
			continue
		}
		if got := [3]string{id.Number(), string(id.Parent()), string(id.Top())}; got != [3]string{c.number, c.parent, c.top} {
			t.Errorf("%s: number, parent and top %q, want %q", c.id, got, []string{c.number, c.parent, c.top})
		}
		if id.Depth() != len(id.Path()) {
			t.Errorf("%s: depth %d, path %v", c.id, id.Depth(), id.Path())
		}
	}
}

func TestRefused(t *testing.T) {
	for _, s := range []string{"", "bp", "bp.", "xx.1", "bp.01", "bp.-1", "bp.1-", "bp.1-0", "bp.1-02", "bp.1--2", "bp.a", "bp.1.の2", "bp.１", "bp.1..2", "bp.+1", "bp.3-a"} {
		if id, err := Parse(s); err == nil {
			t.Errorf("%q was taken for %s", s, id)
		}
	}
}

func TestOrder(t *testing.T) {
	want := []ID{"bp.0", "bp.3", "bp.3.1", "bp.3.2", "bp.3.2-2", "bp.3.10", "bp.3-2", "bp.3-2.1", "bp.3-2-2", "bp.3-3", "bp.3-10", "bp.4", "bp.10", "bp.10-2", "st.1"}
	for i, a := range want {
		for k, b := range want {
			if Less(a, b) != (i < k) {
				t.Errorf("%s before %s: %v", a, b, Less(a, b))
			}
		}
	}
}

// TestBranchIsNoPart: 第3条の2 stands behind 第3条, not in it.
func TestBranchIsNoPart(t *testing.T) {
	if ID("bp.3").Covers("bp.3-2") || ID("bp.3").Covers("bp.31") || !ID("bp.3-2").Covers("bp.3-2.1") || !ID("bp.3").Covers("bp.3") {
		t.Error("covers")
	}
}

// FuzzParse: what is taken comes back number by number, and Less is an order.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"bp.0", "bp.9.4", "st.3-2.1", "st.3-2-3", "st.10-2"} {
		f.Add(s, "bp.3-2")
	}
	f.Fuzz(func(t *testing.T, s, other string) {
		a, err := Parse(s)
		if err != nil {
			return
		}
		if a.Number() == "" || strings.Contains(a.Number(), "-") || a.Depth() != len(a.Path()) || !a.Top().Covers(a) {
			t.Errorf("%s: number %q, path %v, top %s", a, a.Number(), a.Path(), a.Top())
		}
		if p := a.Parent(); p != "" && (!p.Covers(a) || !Less(p, a)) {
			t.Errorf("%s does not follow %s", a, p)
		}
		b, err := Parse(other)
		if err != nil {
			return
		}
		if Less(a, b) && Less(b, a) || a != b && !Less(a, b) && !Less(b, a) {
			t.Errorf("%s and %s are in no order", a, b)
		}
	})
}
