package asset_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"okite/internal/asset"
	"okite/internal/db"
	"okite/internal/register"
	"okite/internal/when"
)

// fileOf is a file of n copies of assets that are there, all of one system; spoil may change a line.
func fileOf(n int, spoil func(i int, line string) string) string {
	var b strings.Builder
	b.WriteString("資産番号,名称,所管課,形態,情報システム,含まれる情報,機密性,完全性,可用性,複製元の資産,状態,登録日\n")
	for i := range n {
		b.WriteString(spoil(i, fmt.Sprintf("N%04d,台帳の写し%d,U2,file,S1,none,2,2,2,A%d,active,2026-11-24", i, i, i%3)) + "\n")
	}
	return b.String()
}

// file compares a file, applies it when it is good, and says how many statements each took.
func (o *office) file(text string) (p *register.Plan, compared, applied int) {
	o.Helper()
	d := o.c.Must("asset")
	if err := o.s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = o.c.Import(ctx, tx, d, register.File{Name: "a.csv", R: strings.NewReader(text), Size: int64(len(text))})
		compared = tx.Statements()
		return err
	}); err != nil {
		o.Fatal(err)
	}
	if !p.Good() {
		return p, compared, 0
	}
	o.write(func(ctx context.Context, tx *db.Tx) error {
		err := o.c.Apply(ctx, tx, manager, p, "棚卸しによる一括登録")
		applied = tx.Statements()
		return err
	})
	return p, compared, applied
}

// TestImportAsksOnceForAllRows: what every row asks the registers is asked for the whole file, and the rules hold (bp.7).
func TestImportAsksOnceForAllRows(t *testing.T) {
	inOffice(t, func(o *office) {
		for i := range 3 {
			if err := o.register(asset.Asset{Code: fmt.Sprintf("A%d", i), Name: "台帳", Unit: "U2", Form: "file", Content: []string{"none"}, Confidentiality: "2", Integrity: "2", Availability: "2",
				Status: "active", Registered: when.On(2026, 4, 1)}); err != nil {
				t.Fatal(err)
			}
		}
		same := func(_ int, line string) string { return line }
		again := func(i int, line string) string { return strings.Replace(line, "N", "M", 1) }
		_, fewCompared, fewApplied := o.file(fileOf(20, same))
		p, compared, applied := o.file(fileOf(900, again))
		if p.New != 900 || len(p.Errors) > 0 {
			t.Fatalf("%d new, errors %v", p.New, p.Errors)
		}
		if compared > fewCompared+5 || applied > fewApplied+5 {
			t.Errorf("statements for 900 rows: %d compared and %d applied; for 20 rows: %d and %d", compared, applied, fewCompared, fewApplied)
		}
		for _, a := range rows[asset.Asset](o, "asset") {
			if a.Scheme != "five" || a.Handling != "five:2-2-2" {
				t.Fatalf("%s has the scheme %q and the handling %q", a.Code, a.Scheme, a.Handling)
			}
		}
		if s := rows[asset.System](o, "system")[0]; s.Confidentiality != "2" || s.Integrity != "2" || s.Availability != "2" {
			t.Errorf("the system weighs %s %s %s, want what its assets weigh", s.Confidentiality, s.Integrity, s.Availability)
		}
	})
}

// TestImportJudgesEveryRow: mistakes of the rules stand at their cells in the order of the file (bp.7).
func TestImportJudgesEveryRow(t *testing.T) {
	inOffice(t, func(o *office) {
		fill(o, "asset", asset.Asset{Code: "A0", Name: "原本", Unit: "U2", Form: "file", Confidentiality: "3A", Integrity: "2", Availability: "2", Status: "active", Registered: 20000},
			asset.Asset{Code: "A1", Name: "別の原本", Unit: "U2", Form: "file", Confidentiality: "2", Integrity: "2", Availability: "2", Status: "active", Registered: 20000},
			asset.Asset{Code: "A2", Name: "第三の原本", Unit: "U2", Form: "file", Confidentiality: "1", Integrity: "1", Availability: "1", Status: "active", Registered: 20000})
		p, _, _ := o.file(fileOf(1200, func(i int, line string) string {
			switch i {
			case 1: // of A1
				return strings.Replace(line, ",none,2,", ",tax,2,", 1)
			case 4:
				return strings.Replace(line, "U2", "U9", 1)
			case 1102: // of A1, beyond the first rows taken together
				return strings.Replace(line, ",2,2,2,", ",2,1,2,", 1)
			}
			return strings.Replace(line, ",A0,", ",A1,", 1)
		}))
		var got []string
		for _, e := range p.Errors {
			got = append(got, e.Cell+" "+e.Field)
		}
		// row 1102 copies A1 (1102 % 3 = 1)
		if want := "G3 confidentiality; C6 unit; H1104 integrity"; strings.Join(got, "; ") != want {
			t.Errorf("mistakes at %s, want %s", strings.Join(got, "; "), want)
		}
		if n := len(rows[asset.Asset](o, "asset")); n != 3 {
			t.Errorf("%d assets, want the 3 from before", n)
		}
	})
}
