package transfer_test

import (
	"bytes"
	"fmt"
	"testing"

	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/org"
	"okite/internal/transfer"
	"okite/internal/when"
)

// TestLargeHRFile is the list of a whole city of 20,000: compared in seconds, and applied as one act.
func TestLargeHRFile(t *testing.T) {
	if testing.Short() {
		t.Skip("a city of 20,000 people takes a while")
	}
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		const people = 20_000
		o := empty(t, s)
		load(o, "unit", []org.Unit{{Code: "U-1", Name: "総務課", Kind: "section", HRCode: "H1", Open: 1000}, {Code: "U-2", Name: "市民課", Kind: "section", HRCode: "H2", Open: 1000}})
		var staff []org.Person
		var file bytes.Buffer
		file.WriteString(head)
		day := when.On(2010, 4, 1)
		for i := range people {
			p := org.Person{Code: fmt.Sprintf("P-%05d", i+1), Name: fmt.Sprintf("職員%05d", i+1), Unit: "U-1", Employment: "regular", Joined: day}
			staff = append(staff, p)
			unit, left, effective := "H1", "", ""
			switch {
			case i < 2000: // transferred at once
				unit = "H2"
			case i < 4000: // by order of 1 April
				unit, effective = "H2", april.String()
			case i < 4500: // leaves
				left = "2027-03-31"
			}
			fmt.Fprintf(&file, "%s,%s,%s,一般職,,,%s,%s,,在職,%s,\n", p.Code, p.Name, unit, day, left, effective)
		}
		for i := range 500 {
			fmt.Fprintf(&file, "P-9%04d,新人%04d,H2,一般職,,,%s,,,在職,,\n", i, i, april)
		}
		load(o, "person", staff)
		m := o.roster(true)
		var seen transfer.Seen
		o.clock("20,500 rows compared", func() { seen = o.see(m, "名簿.csv", file.Bytes(), 0) })
		if len(seen.Errors) != 0 || len(seen.Lines) != 5000 {
			t.Fatalf("%d lines, want 5000; %d mistakes", len(seen.Lines), len(seen.Errors))
		}
		o.clock("5,000 changes applied", func() {
			if err := o.apply(seen, ""); err != nil {
				t.Fatal(err)
			}
		})
		if n, l := len(rows[org.Move](o, "move")), len(rows[transfer.LeaveCheck](o, "leavecheck")); n != 2000 || l != 500 {
			t.Errorf("%d moves planned, %d checklists; want 2000 and 500", n, l)
		}
		if n := len(rows[org.Person](o, "person")); n != people+500 {
			t.Errorf("%d people, want %d", n, people+500)
		}
		o.verify()
	})
}
