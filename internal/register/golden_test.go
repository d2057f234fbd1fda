package register_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"okite/internal/asset"
	"okite/internal/audit"
	"okite/internal/contractor"
	"okite/internal/db"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/policy"
	"okite/internal/register"
	"okite/internal/sheet"
)

var update = flag.Bool("update", false, "rewrite golden files")

func everything() *register.Catalog {
	var defs []*register.Def
	for _, list := range [][]*register.Def{org.Registers(), asset.Registers(), policy.Registers(), contractor.Registers(), audit.Registers()} {
		defs = append(defs, list...)
	}
	return register.NewCatalog(&pack.Pack{Vocabs: map[string]*pack.Vocab{}}, defs...)
}

// TestTablesOfAllRegisters holds the tables as they are made today. A change of a declaration shows here; a column that
// disappears or changes its type would lose what cities have kept.
func TestTablesOfAllRegisters(t *testing.T) {
	var b strings.Builder
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		b.WriteString("-- " + dialect.String() + "\n")
		for _, d := range everything().All() {
			for _, q := range d.DDL(dialect) {
				b.WriteString(q + ";\n")
			}
		}
	}
	const file = "testdata/tables.sql"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the tables differ from %s; look at the difference and run with -update", file)
	}
}

// TestHeadersNameOneField keeps an exported file readable: no title of a register may also name another field.
func TestHeadersNameOneField(t *testing.T) {
	for _, d := range everything().All() {
		seen := map[string]string{}
		for _, f := range d.Fields {
			for _, n := range []string{f.Name, f.Title.JA, f.Title.EN} {
				k := sheet.Title(n)
				if first := seen[k]; first != "" && first != f.Name {
					t.Errorf("register %s: %q names both %s and %s", d.Name, n, first, f.Name)
				}
				seen[k] = f.Name
			}
		}
	}
}

// TestEveryRegisterKeptByPeopleHasItsActs also holds their names and roles together.
func TestEveryRegisterKeptByPeopleHasItsActs(t *testing.T) {
	c := everything()
	have := map[string]string{}
	for _, a := range c.Acts() {
		if a.Title.JA == "" || a.Title.EN == "" || len(a.Roles) != 1 || a.Roles[0] == "" {
			t.Errorf("act %s: title %+v, roles %v", a.ID, a.Title, a.Roles)
		}
		have[a.ID] = a.Title.JA + " " + a.Roles[0]
	}
	for _, d := range c.All() {
		for _, verb := range []string{"create", "change", "end", "import"} {
			if _, ok := have[d.Name+"."+verb]; ok == d.ReadOnly {
				t.Errorf("register %s, read only %v: act %s is there: %v", d.Name, d.ReadOnly, verb, ok)
			}
		}
	}
	for id, want := range map[string]string{"asset.create": "情報資産の登録 section_manager", "asset.import": "情報資産の一括取込 section_manager", "control.change": "対策の変更 section_manager",
		"scheme.end": "分類の基準の終了 chief", "audit.create": "監査の登録 audit_chief", "contract.change": "委託契約の変更 section_manager", "contractor.create": "委託事業者の登録 chief"} {
		if have[id] != want {
			t.Errorf("%s: got %q, want %q", id, have[id], want)
		}
	}
}
