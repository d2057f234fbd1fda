package transfer_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/audit"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/org"
	"okite/internal/sheet"
	"okite/internal/transfer"
	"okite/internal/when"
)

// roster is the mapping of these tests.
func (o *office) roster(full bool) string {
	o.Helper()
	in := act.Input{"name": "職員名簿", "kinds": "regular special part_time temporary", "col_code": "職員番号", "col_name": "氏名", "col_unit": "所属", "col_employment": "区分", "col_title": "職名", "col_contract": "契約",
		"col_joined": "採用日", "col_left": "退職日", "col_manager": "上司", "col_status": "在職", "gone_words": "退職、離職", "col_effective": "発令日", "terms": "一般職＝正規職員\n派遣＝派遣労働者"}
	if full {
		in["full"] = "true"
	}
	o.must(chief, "hrmapping.create", in)
	m := rows[transfer.Mapping](o, "hrmapping")
	return m[len(m)-1].Code
}

const head = "職員番号,氏名,所属,区分,職名,契約,採用日,退職日,上司,在職,発令日,備考\n"

// staff is a right file: everybody as the register knows them.
var staff = []string{
	"P-00001,人事一郎,H1,一般職,,,1997-05-19,,,在職,,",
	"P-00002,統括二郎,H1,一般職,,,1997-05-19,,P-00001,在職,,",
	"P-00003,兼務三郎,人事課,一般職,,,平成9年5月19日,,P-00001,在職,,",
	"P-00004,職員四郎,H2,一般職,,,1997/5/19,,P-00005,在職,,",
	"P-00005,課長五郎,H2,一般職,,,1997-05-19,,,在職,,",
	"P-00006,税務六子,H3,一般職,,,1997-05-19,,,在職,,",
	"P-00007,退職七郎,H3,一般職,,,1997-05-19,,P-00006,在職,,",
	"P-00008,派遣八重,H2,派遣,,K-1,2022-01-08,,P-00005,在職,,",
}

func file(lines ...string) []byte { return []byte(head + strings.Join(lines, "\n") + "\n") }

// with puts another line in the place of the one of a person; a new person's line is added.
func with(lines ...string) []byte {
	all := slices.Clone(staff)
	for _, l := range lines {
		code, _, _ := strings.Cut(l, ",")
		i := slices.IndexFunc(all, func(x string) bool { return strings.HasPrefix(x, code+",") })
		if i < 0 {
			all = append(all, l)
			continue
		}
		all[i] = l
	}
	return file(all...)
}

func (o *office) see(mapping, name string, body []byte, missing when.Date) transfer.Seen {
	o.Helper()
	seen, err := o.s.See(actor.With(context.Background(), officer), mapping, name, body, missing)
	if err != nil {
		o.Fatal(err)
	}
	return seen
}

func (o *office) apply(seen transfer.Seen, missing string) error {
	in := act.Input{"upload": seen.Upload, "digest": seen.Digest}
	if missing != "" {
		in["missing"] = missing
	}
	return o.run(officer, "hr.apply", in)
}

// state is everything an import could touch.
func (o *office) state() any {
	return []any{rows[org.Person](o, "person"), rows[transfer.HRPerson](o, "hrperson"), rows[org.Move](o, "move"), rows[org.MoveSet](o, "moveset"), rows[transfer.LeaveCheck](o, "leavecheck"), rows[audit.Transfer](o, "transfer"), rows[transfer.Mapping](o, "hrmapping")}
}

func TestSameFileChangesNobody(t *testing.T) {
	each(t, func(o *office) {
		m := o.roster(true)
		seen := o.see(m, "名簿.csv", file(staff...), 0)
		if len(seen.Errors)+len(seen.Lines) != 0 || seen.Unchanged != 8 {
			t.Fatalf("a right file: %+v", seen)
		}
		if err := o.apply(seen, ""); err != nil {
			t.Fatal(err)
		}
		if n := len(rows[transfer.HRPerson](o, "hrperson")); n != 8 {
			t.Errorf("%d people kept as evidence, want 8", n)
		}
		again := o.see(m, "名簿.csv", file(staff...), 0)
		before := o.state()
		if err := o.apply(again, ""); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(o.state(), before) {
			t.Error("the same file a second time changes something")
		}
	})
}

// TestHRDifference: joiners, leavers, transfers and changes, at once and prepared, are named and carried out as one act.
func TestHRDifference(t *testing.T) {
	each(t, func(o *office) {
		m := o.roster(true)
		body := with(
			"P-00004,職員四郎,H3,一般職,,,1997-05-19,,P-00006,在職,,",             // transferred at once
			"P-00006,税務六子,H2,一般職,主幹,,1997-05-19,,,在職,2027-04-01,",        // transferred by order of 1 April
			"P-00007,退職七郎,H3,一般職,,,1997-05-19,令和9年3月31日,P-00006,在職,,",    // leaves at the end of the month
			"P-00002,統括改姓二郎,H1,一般職,,,1997-05-19,,P-00001,在職,,",           // another name
			"P-00010,新人十子,H2,一般職,主事,,2027-04-01,,P-00005,在職,,",           // joins on 1 April
			"P-00011,臨時十一,税務課,臨時職員,,,2027-03-01,2027-03-31,P-00006,在職,,", // joined, and will leave
			"P-00009,元職員九,H2,一般職,,,1997-05-19,2019-04-14,,退職,,")          // left long ago
		body = bytes.Replace(body, []byte("P-00005,課長五郎,H2,一般職,,,1997-05-19,,,在職,,\n"), nil, 1) // not listed any more
		body = bytes.ReplaceAll(body, []byte("P-00005"), []byte("P-00001"))
		seen := o.see(m, "名簿.csv", body, 0)
		if seen.Undated != 1 || len(seen.Errors) != 0 {
			t.Fatalf("one is not listed: %+v", seen)
		}
		if err := o.apply(seen, ""); !fault.Is(err, fault.Invalid) {
			t.Fatalf("without a last day for who is not listed: %v", err)
		}
		seen = o.see(m, "名簿.csv", body, when.On(2027, 3, 20))
		want := []string{
			"change P-00002  name[統括二郎>統括改姓二郎]",
			"transfer P-00004 2027-03-22 unit[市民課>税務課]",
			"transfer P-00006 2027-04-01 ahead unit[税務課>市民課]",
			"leave P-00007 2027-03-31 ahead left[>2027-03-31]",
			"join P-00010 2027-04-01 ahead name[>新人十子] unit[>市民課] employment[>正規職員] title[>主事] joined[>2027-04-01]",
			"join P-00011 2027-03-01 name[>臨時十一] unit[>税務課] employment[>臨時職員] joined[>2027-03-01] left[>2027-03-31]",
			"leave P-00005 2027-03-20 missing left[>2027-03-20]",
		}
		if !slices.Equal(seen.Lines, want) {
			t.Errorf("lines:\n%s\nwant:\n%s", strings.Join(seen.Lines, "\n"), strings.Join(want, "\n"))
		}
		if err := o.apply(seen, "2027-03-20"); err != nil {
			t.Fatal(err)
		}
		if p := one[org.Person](o, "person", "P-00004"); p.Unit != "U-3" {
			t.Errorf("transferred at once: %+v", p)
		}
		if p := one[org.Person](o, "person", "P-00006"); p.Unit != "U-3" || p.Title != "" {
			t.Errorf("to be transferred: %+v", p)
		}
		sets, moves := rows[org.MoveSet](o, "moveset"), rows[org.Move](o, "move")
		if len(sets) != 1 || len(moves) != 1 || sets[0].Date != april || sets[0].State != org.SetPreparing || moves[0].To != "U-2" || moves[0].Title != "主幹" || moves[0].From != "U-3" {
			t.Errorf("what is planned: %+v %+v", sets, moves)
		}
		if h := rows[audit.Transfer](o, "transfer"); len(h) != 1 || h[0].Unit != "U-2" || h[0].Until != when.On(2027, 3, 21) {
			t.Errorf("history: %+v", h)
		}
		if l := rows[transfer.LeaveCheck](o, "leavecheck"); len(l) != 3 {
			t.Errorf("checklists: %+v", l)
		}
		if p := one[org.Person](o, "person", "P-00010"); p.Joined != april {
			t.Errorf("joins later: %+v", p)
		}
		if got := o.rights("P-00010"); got != "" {
			t.Errorf("who joins on 1 April may come in before: %q", got)
		}
		again := o.see(m, "名簿.csv", body, when.On(2027, 3, 20))
		if want := []string{"transfer P-00006 2027-04-01 ahead unit[税務課>市民課]"}; !slices.Equal(again.Lines, want) { // still ahead
			t.Errorf("the same file once more: %q", again.Lines)
		}
		if err := o.apply(again, ""); err != nil {
			t.Fatal(err)
		}
		if n := len(rows[org.Move](o, "move")); n != 1 {
			t.Errorf("%d moves planned, want the same one", n)
		}
		o.refused(fault.Denied, clerk, "hr.apply", act.Input{"upload": seen.Upload, "digest": seen.Digest})
	})
}

// TestBadHRFiles: every mistake is named by its row, and nothing at all is done.
func TestBadHRFiles(t *testing.T) {
	for _, c := range []struct {
		name  string
		body  []byte
		rows  []int
		field string
		says  string
	}{
		{"the key column is missing", []byte(strings.Replace(string(file(staff...)), "職員番号", "番号", 1)), []int{0}, "code", "見出し「職員番号」の列がありません"},
		{"two people with one number", file(append(slices.Clone(staff), "P-00004,別人太郎,H2,一般職,,,2020-04-01,,,在職,,")...), []int{10}, "code", "5行目（職員四郎）"},
		{"a manager loop", with("P-00001,人事一郎,H1,一般職,,,1997-05-19,,P-00002,在職,,"), []int{2, 3}, "manager", "人事一郎 → 統括二郎 → 人事一郎"},
		{"their own manager", with("P-00006,税務六子,H3,一般職,,,1997-05-19,,P-00006,在職,,"), []int{7}, "manager", "輪になっています"},
		{"a manager nobody knows", with("P-00006,税務六子,H3,一般職,,,1997-05-19,,P-77777,在職,,"), []int{7}, "manager", "P-77777"},
		{"left already, on a day to come", with("P-00007,退職七郎,H3,一般職,,,1997-05-19,2027-03-31,,退職,,"), []int{8}, "left", "まだ来ていません"},
		{"left, without a day", with("P-00007,退職七郎,H3,一般職,,,1997-05-19,,,退職,,"), []int{8}, "status", "最終在職日がありません"},
		{"left before joining", with("P-00007,退職七郎,H3,一般職,,,1997-05-19,1990-03-31,,退職,,"), []int{8}, "left", "採用日より前"},
		{"a unit nobody knows", with("P-00004,職員四郎,H77,一般職,,,1997-05-19,,,在職,,"), []int{5}, "unit", "組織の台帳にありません"},
		{"a unit that will be closed", with("P-00004,職員四郎,H9,一般職,,,1997-05-19,,,在職,2027-04-01,"), []int{5}, "unit", "にはない組織です"},
		{"a kind of employment nobody knows", with("P-00004,職員四郎,H2,嘱託,,,1997-05-19,,,在職,,"), []int{5}, "employment", "「嘱託」"},
		{"an agency worker without a contract", with("P-00008,派遣八重,H2,派遣,,,2022-01-08,,,在職,,"), []int{9}, "contract", "契約番号がありません"},
		{"an agency worker under an old contract", with("P-00008,派遣八重,H2,派遣,,K-2,2022-01-08,,,在職,,"), []int{9}, "contract", "有効な契約ではありません"},
		{"a contract nobody knows", with("P-00008,派遣八重,H2,派遣,,K-9,2022-01-08,,,在職,,"), []int{9}, "contract", "台帳にありません"},
		{"a day that is none", with("P-00004,職員四郎,H2,一般職,,,2027-02-30,,,在職,,"), []int{5}, "joined", ""},
		{"a joiner without a first day", with("P-00020,新人二十,H2,一般職,,,,,,在職,,"), []int{10}, "joined", "採用日がありません"},
		{"no name", with("P-00004,,H2,一般職,,,1997-05-19,,,在職,,"), []int{5}, "name", "氏名がありません"},
		{"who left comes back with the old first day", with("P-00009,元職員九,H2,一般職,,,1997-05-19,,,在職,,"), []int{10}, "joined", "新しい採用日"},
		{"nothing but a header", []byte(head), []int{0}, "", "取り込む行がありません"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := open(t, dbtest.SQLite(t))
			m := o.roster(false)
			before := o.state()
			seen := o.see(m, "名簿.csv", c.body, 0)
			var at []int
			for _, e := range seen.Errors {
				at = append(at, e.Row)
				if e.Field != c.field || !strings.Contains(e.Message.JA, c.says) || e.Message.EN == "" {
					t.Errorf("row %d, field %s: %s / %s", e.Row, e.Field, e.Message.JA, e.Message.EN)
				}
			}
			if !slices.Equal(at, c.rows) {
				t.Errorf("mistakes in rows %v, want %v: %+v", at, c.rows, seen.Errors)
			}
			if err := o.apply(seen, ""); !fault.Is(err, fault.Invalid) {
				t.Errorf("applied: %v", err)
			}
			if !reflect.DeepEqual(o.state(), before) {
				t.Error("something was changed")
			}
			o.verify()
		})
	}
}

// TestHRFormats: the same people come in as CSV in each encoding, as a workbook and as the export of a directory.
func TestHRFormats(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	m := o.roster(true)
	csv := file(staff...)
	sjis, err := japanese.ShiftJIS.NewEncoder().Bytes(csv)
	if err != nil {
		t.Fatal(err)
	}
	titles := strings.Split(strings.TrimSpace(head), ",")
	var columns []sheet.Column
	for _, c := range titles {
		columns = append(columns, sheet.Column{Title: c})
	}
	var book bytes.Buffer
	if err := sheet.WriteXLSX(&book, sheet.Book{Lang: "ja", Sheets: []sheet.Sheet{{Name: "名簿", Columns: columns, Rows: func(yield func([]string, error) bool) {
		for _, l := range staff {
			if !yield(strings.Split(l, ","), nil) {
				return
			}
		}
	}}}}); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"utf8.csv": csv, "bom.csv": append([]byte("\xef\xbb\xbf"), csv...), "sjis.csv": sjis, "book.xlsx": book.Bytes()} {
		if seen := o.see(m, name, b, 0); len(seen.Errors)+len(seen.Lines) != 0 || seen.Unchanged != 8 {
			t.Errorf("%s: %+v", name, seen)
		}
	}
	o.must(chief, "hrmapping.create", act.Input{"name": "ディレクトリの書出し", "kinds": "regular", "col_code": "employeeNumber", "col_name": "cn", "col_unit": "departmentNumber", "col_employment": "employeeType", "col_joined": "hireDate", "col_mail": "mail", "terms": "一般職＝正規職員"})
	all := rows[transfer.Mapping](o, "hrmapping")
	ldif := "version: 1\n# export\ndn: uid=p4,ou=people\nobjectClass: person\nobjectClass: top\nemployeeNumber: P-00004\ncn:: " + base64.StdEncoding.EncodeToString([]byte("職員四郎")) +
		"\ndepartmentNumber: H2\nemployeeType:: " + base64.StdEncoding.EncodeToString([]byte("一般職")) + "\nhireDate: 1997-\n 05-19\nmail: shiro@city.example\njpegPhoto:: /9j/4AAQ\n\ndn: uid=p30,ou=people\nchangetype: add\nemployeeNumber: P-00030\ncn: New Person\n" +
		"departmentNumber: H3\nemployeeType: regular\nhireDate: 2027-04-01\n"
	seen := o.see(all[len(all)-1].Code, "people.ldif", []byte(ldif), 0)
	want := []string{"change P-00004  mail[>shiro@city.example]", "join P-00030 2027-04-01 ahead name[>New Person] unit[>税務課] employment[>正規職員] joined[>2027-04-01]"}
	if len(seen.Errors) != 0 || !slices.Equal(seen.Lines, want) {
		t.Errorf("LDIF: %+v", seen)
	}
	for name, c := range map[string]struct {
		body string
		row  int
	}{
		"a change and not an entry": {"dn: uid=1\nchangetype: delete\n", 2},
		"a value in another file":   {"dn: uid=1\ncn:< file:///etc/passwd\n", 2},
		"no Base64":                 {"dn: uid=1\ncn:: !!!\n", 2},
		"no entry":                  {"version: 1\n", 1},
		"no dn":                     {"cn: x\n", 1},
		"no blank line":             {"dn: uid=1\ncn: x\ndn: uid=2\n", 3},
		"another encoding":          {"dn: uid=1\ncn: \xff\xfe\n", 1},
	} {
		seen := o.see(all[len(all)-1].Code, "people.ldif", []byte(c.body), 0)
		if len(seen.Errors) != 1 || seen.Errors[0].Row != c.row {
			t.Errorf("%s: %+v, want row %d", name, seen.Errors, c.row)
		}
	}
}

func TestMappingRules(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	right := act.Input{"name": "名簿", "kinds": "regular", "col_code": "番号", "col_name": "氏名", "col_unit": "所属", "col_employment": "区分", "col_joined": "採用日"}
	for name, spoil := range map[string]act.Input{
		"one column twice":            {"col_name": "番　号"},
		"a kind there is not":         {"terms": "一般職＝公務員"},
		"a line that says nothing":    {"terms": "一般職"},
		"a status column, no word":    {"col_status": "在職"},
		"kinds are not stated at all": {"kinds": ""},
	} {
		in := act.Input{}
		for _, from := range []act.Input{right, spoil} {
			for k, v := range from {
				in[k] = v
			}
		}
		t.Run(name, func(t *testing.T) { o.refused(fault.Invalid, chief, "hrmapping.create", in) })
	}
	o.must(chief, "hrmapping.create", right)
}

// TestHRMovedOn: what is applied is what was seen; another's file is nobody's.
func TestHRMovedOn(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	m := o.roster(false)
	seen := o.see(m, "名簿.csv", with("P-00004,職員四郎,H3,一般職,,,1997-05-19,,,在職,,"), 0)
	o.must(chief, "person.change", act.Input{"code": "P-00004", "title": "主査"})
	if err := o.apply(seen, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("the register has moved on: %v", err)
	}
	o.refused(fault.NotFound, both, "hr.apply", act.Input{"upload": seen.Upload, "digest": seen.Digest})
}

// FuzzLDIF: whatever comes in, the reader ends with an answer.
func FuzzLDIF(f *testing.F) {
	f.Add([]byte("dn: uid=1\ncn: x\n\ndn: uid=2\ncn:: eA==\n"))
	f.Add([]byte("version: 1\n# c\n folded\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := transfer.ReadLDIF(b); err != nil && err.Error() == "" {
			t.Error("a mistake without words")
		}
	})
}
