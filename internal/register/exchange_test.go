package register

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/sheet"
)

func (b *bench) export(as Format, enc sheet.Encoding, q Query) []byte {
	b.Helper()
	var out bytes.Buffer
	b.read(func(ctx context.Context, tx *db.Tx) error {
		_, err := b.c.Export(ctx, tx, b.thing, q, as, enc, &out)
		return err
	})
	return out.Bytes()
}

func (b *bench) plan(name string, data []byte) (p *Plan) {
	b.Helper()
	b.read(func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = b.c.Import(ctx, tx, b.thing, File{Name: name, R: bytes.NewReader(data), Size: int64(len(data))})
		return err
	})
	return p
}

func (b *bench) apply(p *Plan) error {
	return b.s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		return b.c.Apply(ctx, tx, boss, p, "年度当初の一括登録")
	})
}

// awkward holds what exchange tends to lose.
func awkward(b *bench) {
	b.Helper()
	n := int64(1234567)
	texts := []string{"=1+1", "'00123", "-5", "+81", "@x", "＝危険", " 前後に空白 ", "改\"行,カンマ", "00012", "2026-04-01", "TRUE", "1e5", "はい", "機密性2"}
	for i, s := range texts {
		in := b.right(fmt.Sprintf("A-%05d", i))
		in.Name = s
		in.Persons = &n
		in.Content = []string{"none", "tax"}
		in.Note = "一行目\n" + s + "\n\n三行目"
		in.Done, in.From, in.At = i%2 == 0, 20000, 1_700_000_000_123_456
		if i%3 == 0 {
			in.Persons, in.Content, in.Class, in.From, in.At = nil, nil, "", 0, 0
		}
		b.must(in)
	}
}

func TestExportedFileImportsAsUnchanged(t *testing.T) {
	cases := []struct {
		name string
		as   Format
		enc  sheet.Encoding
	}{{"book.xlsx", XLSX, 0}, {"utf8.csv", CSV, sheet.UTF8BOM}, {"cp932.csv", CSV, sheet.CP932}, {"list.json", JSON, 0}}
	each(t, func(b *bench) {
		awkward(b)
		for _, c := range cases {
			p := b.plan(c.name, b.export(c.as, c.enc, Query{}))
			if p.Unchanged != 14 || p.New+p.Changed+len(p.Errors)+len(p.Conflicts)+len(p.Changes) != 0 {
				j, _ := json.Marshal(p)
				b.Errorf("%s: %s", c.name, j)
			}
			p = b.plan(c.name, b.export(c.as, c.enc, Query{Columns: []string{"name", "persons"}}))
			if p.Unchanged != 14 || !p.Good() {
				b.Errorf("%s with two columns: %+v", c.name, p)
			}
		}
	})
}

func TestImportIsAppliedWholeAndKept(t *testing.T) {
	each(t, func(b *bench) {
		b.must(b.right("A-00001"))
		b.must(b.right("A-00002"))
		csv := "番号,名称,所管課,機密性,含まれる情報,本人の数,完了,開始日,複製元\r\n" +
			"A-00001,住民税課税台帳,U-11,2,税,,いいえ,,\r\n" +
			"A-00002,新しい名称,U-11,,,１，２３４,はい,令和8年4月1日,B-00002\r\n" +
			"B-00001,追加その一,U-2,機密性３Ａ,該当なし 税,0,○,R8.4.1,B-00002\r\n" +
			"B-00002,追加その二,U-2,,,,,2026/4/1,\r\n"
		p := b.plan("取込.csv", []byte(csv))
		if p.New != 2 || p.Changed != 1 || p.Unchanged != 1 || !p.Good() {
			j, _ := json.Marshal(p)
			b.Fatalf("plan: %s", j)
		}
		fields := map[string]string{}
		for _, ch := range p.Changes {
			fields[ch.Field] = ch.Key + " " + ch.Old + "→" + ch.New
		}
		for f, want := range map[string]string{"name": "A-00002 住民税課税台帳→新しい名称", "class": "A-00002 機密性2→", "content": "A-00002 税→", "persons": "A-00002 →1234", "from": "A-00002 →2026-04-01", "done": "A-00002 いいえ→はい"} {
			if fields[f] != want {
				b.Errorf("%s: got %q, want %q", f, fields[f], want)
			}
		}
		if _, there := b.get("B-00001"); there {
			b.Fatal("the plan has changed something")
		}
		if err := b.apply(p); err != nil {
			b.Fatalf("apply: %v", err)
		}
		rec, _ := b.get("B-00001")
		want := thingRow{Code: "B-00001", Name: "追加その一", Unit: "U-2", Class: "3A", Content: []string{"none", "tax"}, Done: true, From: 20544, Source: "B-00002"}
		zero := int64(0)
		want.Persons = &zero
		if !same(rec.Row, Encode(b.thing, want)) {
			b.Errorf("got %v, want %v", rec.Row, Encode(b.thing, want))
		}
		b.read(func(ctx context.Context, tx *db.Tx) error {
			h, err := b.c.History(ctx, tx, b.thing, "B-00001")
			if err == nil && (len(h) != 1 || h[0].Act != "thing.import" || h[0].Reason != "年度当初の一括登録") {
				b.Errorf("history: %+v", h)
			}
			hits, err2 := b.c.Search(ctx, tx, "追加その", 10)
			if len(hits) != 2 || err2 != nil {
				b.Errorf("search: %v, %v", hits, err2)
			}
			return err
		})
		if p := b.plan("取込.csv", []byte(csv)); p.Unchanged != 4 || !p.Good() {
			b.Errorf("imported again: %+v", p)
		}
	})
}

func TestMistakesOfAFileAreToldAtTheirCells(t *testing.T) {
	const head = "番号,名称,所管課,機密性,担当者,取扱制限,備考\n"
	cases := []struct{ name, file, cell, field, says string }{
		{"column nobody knows", "番号,名称,色\nA-9,x,赤\n", "C1", "", "見出し「色」に当たる項目が情報資産にありません。"},
		{"same field twice", "番号,名称,name\nA-9,x,y\n", "C1", "", "同じ項目を指しています"},
		{"key column missing", "名称,所管課\nx,U-1\n", "", "code", "見出し「番号」の列がありません。"},
		{"key empty", head + ",x,U-1,,,,\n", "A2", "code", "番号を入力してください。"},
		{"key twice", head + "A-8,x,U-1,,,,\nA-9,x,U-1,,,,\nA-8,y,U-1,,,,\n", "A4", "code", "番号「A-8」は、このファイルのA2にもあります。"},
		{"unknown class", head + "A-9,x,U-1,極秘,,,\n", "D2", "class", "機密性に「極秘」という選択肢はありません。"},
		{"required name empty", head + "A-9,　,U-1,,,,\n", "B2", "name", "情報資産の名称を入力してください。"},
		{"required column missing", "番号,名称\nA-9,x\n", "A2", "unit", "情報資産の所管課を選んでください。"},
		{"unknown unit", head + "A-9,x,U-77,,,,\n", "C2", "unit", "所管課「U-77」は台帳「組織」にありません。"},
		{"unknown person among several", head + "A-9,x,U-1,,P-1、P-2,,\n", "E2", "helpers", "担当者「P-2」は台帳「職員等」にありません。"},
		{"derived field given", head + "A-9,x,U-1,,,手入力,\n", "F2", "handling", "取扱制限は自動で決まる項目のため、入力できません。"},
		{"individual number", head + "A-9,x,U-1,,,,番号 123456789018\n", "G2", "order", "個人番号"},
		{"day that does not exist", "番号,名称,所管課,開始日\nA-9,x,U-1,令和8年2月30日\n", "D2", "from", "という日はありません"},
		{"own reference to nothing", "番号,名称,所管課,複製元\nA-9,x,U-1,Z-1\n", "D2", "source", "このファイルにもありません"},
		{"key renamed", "番号,名称,所管課,_version\nA-9,x,U-1,3\n", "A2", "code", "番号は変更できません。"},
		{"no rows", head, "", "", "取り込む行がありません。"},
	}
	each(t, func(b *bench) {
		b.must(b.right("A-00001"))
		for _, c := range cases {
			p := b.plan("list.csv", []byte(c.file))
			found := false
			for _, e := range p.Errors {
				found = found || (e.Cell == c.cell && e.Field == c.field && strings.Contains(e.Message.JA, c.says))
			}
			if !found || len(p.Errors) != 1 {
				j, _ := json.Marshal(p.Errors)
				b.Errorf("%s: got %s", c.name, j)
			}
			if err := b.apply(p); !fault.Is(err, fault.Invalid) {
				b.Errorf("%s: a plan with errors was applied: %v", c.name, err)
			}
		}
		if got := b.list(Query{Ended: true}); got.Total != 1 {
			b.Errorf("%d records, want 1", got.Total)
		}
	})
}

func TestStaleRowIsAConflict(t *testing.T) {
	each(t, func(b *bench) {
		b.must(b.right("A-00001"))
		b.must(b.right("A-00002"))
		old := b.export(XLSX, 0, Query{})
		update := func(name string) {
			b.write(func(ctx context.Context, tx *db.Tx) error {
				rec, _, err := b.c.One(ctx, tx, b.thing, "A-00002")
				if err != nil {
					return err
				}
				b.thing.Put(rec.Row, "name", name)
				_, err = b.c.Change(ctx, tx, boss, b.thing, rec.Row, 0)
				return err
			})
		}
		update("先に変更")
		p := b.plan("old.xlsx", old)
		if len(p.Conflicts) != 1 || p.Conflicts[0].Cell != "A3" || !strings.Contains(p.Conflicts[0].Message.JA, "山田花子") || p.Unchanged != 1 {
			j, _ := json.Marshal(p)
			b.Fatalf("plan: %s", j)
		}
		if err := b.apply(p); !fault.Is(err, fault.Invalid) {
			b.Errorf("applied: %v", err)
		}
		// what moves on between plan and apply is a conflict too, and nothing of the plan is done
		p = b.plan("new.csv", []byte("番号,名称\nA-00001,変更A\nA-00002,変更B\n"))
		update("また先に変更")
		if err := b.apply(p); !fault.Is(err, fault.Conflict) {
			b.Errorf("applied over a change: %v", err)
		}
		if rec, _ := b.get("A-00001"); rec.Version != 1 {
			b.Error("half of a plan was applied")
		}
	})
}

func TestPlanAsJSON(t *testing.T) {
	p := &Plan{Conflicts: []CellError{}, Errors: []CellError{{Sheet: "資産", Cell: "C7", Row: 7, Field: "class"}}, Changes: []CellChange{{"A-1", "name", "x", "y"}}}
	got, err := json.Marshal(p)
	want := `{"new":0,"changed":0,"unchanged":0,"conflicts":[],"errors":[{"sheet":"資産","cell":"C7","row":7,"field":"class","message":{"ja":"","en":""}}],"changes":[{"key":"A-1","field":"name","old":"x","new":"y"}]}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOnlyWhatTheQueryFindsIsExported(t *testing.T) {
	each(t, func(b *bench) {
		fill(b, 40)
		var rows []map[string]any
		if err := json.Unmarshal(b.export(JSON, 0, Query{Filters: map[string][]string{"class": {"3A"}}, Columns: []string{"name"}}), &rows); err != nil {
			b.Fatal(err)
		}
		if len(rows) != 10 || len(rows[0]) != 2 {
			b.Errorf("%d rows, the first %v", len(rows), rows[0])
		}
		if got := string(b.export(JSON, 0, Query{Text: "ありません"})); got != "[\n]\n" {
			b.Errorf("nothing exported as %q", got)
		}
	})
}

func TestNoWritesByReading(t *testing.T) {
	each(t, func(b *bench) {
		b.must(b.right("A-00001"))
		err := b.s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			_, err := b.c.Create(ctx, tx, actor.Operator(), b.thing, Encode(b.thing, b.right("A-00002")))
			return err
		})
		if err == nil {
			b.Error("a reading transaction has written")
		}
	})
}
