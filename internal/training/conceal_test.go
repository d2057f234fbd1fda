package training

import (
	"slices"
	"testing"

	"okite/internal/msg"
)

// TestConcealed: no figure of a drill is shown from which one could tell who it was: neither by itself nor as what the
// total leaves over (bp.9.1).
func TestConcealed(t *testing.T) {
	for _, x := range []struct {
		name string
		sent []int
		want []int // sizes of the units that are hidden
	}{
		{"large units", []int{5, 9, 30}, nil},
		{"one small unit: the next goes with it, or the total would tell", []int{30, 4, 9}, []int{4, 9}},
		{"small units that are enough together", []int{2, 3, 30}, []int{2, 3}},
		{"small units that are too few together", []int{1, 2, 8, 30}, []int{1, 2, 8}},
		{"one small unit alone", []int{3}, []int{3}},
		{"nobody", nil, nil},
	} {
		var list []outcome
		for i, n := range x.sent {
			list = append(list, outcome{unit: string(rune('A' + i)), sent: n, opened: 1})
		}
		hidden := concealed(list)
		var got []int
		left, total := 0, 0
		for _, u := range list {
			total += u.sent
			if !hidden[u.unit] {
				left += u.sent
				continue
			}
			got = append(got, u.sent)
			if cells := u.cells(true, msg.JA); cells[1].Text != "—" || cells[3].Text != "—" {
				t.Errorf("%s: %+v shows %v", x.name, u, cells)
			}
		}
		if slices.Sort(got); !slices.Equal(got, x.want) {
			t.Errorf("%s: hidden are %v, want %v", x.name, got, x.want)
		}
		if rest := total - left; rest > 0 && rest < fewPeople && left > 0 {
			t.Errorf("%s: %d people are left over by the total", x.name, rest)
		}
	}
	if c := (outcome{sent: 4, opened: 1}).cells(false, msg.JA); c[1].Text != "—" {
		t.Errorf("four people: %v", c)
	}
}
