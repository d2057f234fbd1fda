package register

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/when"
)

func TestRecordComesBackAsItWasGiven(t *testing.T) {
	each(t, func(b *bench) {
		n := int64(0)
		in := b.right("A-00001")
		in.Persons, in.Done, in.From, in.At = &n, true, when.On(2026, 4, 1), 1_700_000_000_123_456
		in.Note, in.Content, in.Helpers = "一行目\n二行目", []string{"none", "tax"}, []string{"P-1"}
		b.must(in)
		rec, ok := b.get("A-00001")
		if !ok || rec.Version != 1 || rec.ChangedBy != "person:P-1" || !rec.ChangedAt.Equal(b.now) {
			b.Fatalf("record: %+v, %v", rec, ok)
		}
		if !same(rec.Row, Encode(b.thing, in)) {
			b.Errorf("got %v, want %v", rec.Row, Encode(b.thing, in))
		}
		b.read(func(ctx context.Context, tx *db.Tx) error {
			things, err := Load[thingRow](ctx, tx, b.thing)
			if err == nil && (len(things) != 1 || things[0].Persons == nil || *things[0].Persons != 0 || things[0].Note != in.Note) {
				b.Errorf("loaded %+v", things)
			}
			return err
		})
	})
}

func TestWhatIsWrongIsToldAtItsField(t *testing.T) {
	cases := []struct {
		name, field, want string
		spoil             func(*thingRow)
	}{
		{"name left empty", "name", "情報資産の名称を入力してください。", func(t *thingRow) { t.Name = "　" }},
		{"unit not chosen", "unit", "情報資産の所管課を選んでください。", func(t *thingRow) { t.Unit = "" }},
		{"unit that does not exist", "unit", "所管課「U-9」は台帳「組織」にありません。", func(t *thingRow) { t.Unit = "U-9" }},
		{"name too long", "name", "名称は40文字以内で入力してください（現在41文字）。", func(t *thingRow) { t.Name = strings.Repeat("長", 41) }},
		{"class unknown", "class", "機密性に「9」という選択肢はありません。次の中から選んでください：機密性3A、機密性2、機密性1", func(t *thingRow) { t.Class = "9" }},
		{"one content unknown", "content", "含まれる情報に「x」という選択肢はありません。次の中から選んでください：個人番号、税、該当なし", func(t *thingRow) { t.Content = []string{"tax", "x"} }},
		{"helper who does not exist", "helpers", "担当者「P-9」は台帳「職員等」にありません。", func(t *thingRow) { t.Helpers = []string{"P-1", "P-9"} }},
		{"line break in a line", "name", "名称は1行で入力してください。", func(t *thingRow) { t.Name = "a\nb" }},
		{"blank in the key", "code", "番号に空白や読点は使えません。", func(t *thingRow) { t.Code = "A 1" }},
		{"individual number in a note", "order", "", func(t *thingRow) { t.Note = "番号は１２３４-５６７８-９０１８です" }},
	}
	each(t, func(b *bench) {
		for _, c := range cases {
			in := b.right("A-00001")
			c.spoil(&in)
			_, err := b.create(in)
			got, ok := atField(err, c.field)
			if !ok || (c.want != "" && got != c.want) {
				b.Errorf("%s: got %q (%v), want %q", c.name, got, err, c.want)
			}
		}
		if _, ok := b.get("A-00001"); ok {
			b.Error("a refused record was kept")
		}
	})
}

func TestChangeKeepsHistoryAndRefusesWhatIsStale(t *testing.T) {
	each(t, func(b *bench) {
		b.must(b.right("A-00001"))
		first := b.now
		b.now = b.now.AddDate(0, 0, 2)
		change := func(name string, version int64) error {
			return b.s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				rec, _, err := b.c.One(ctx, tx, b.thing, "A-00001")
				if err != nil {
					return err
				}
				b.thing.Put(rec.Row, "name", name)
				_, err = b.c.Change(ctx, tx, boss, b.thing, rec.Row, version)
				return err
			})
		}
		if err := change("新しい名称", 1); err != nil {
			b.Fatalf("change: %v", err)
		}
		err := change("また別の名称", 1)
		f := fault.As(err)
		if f == nil || f.Kind != fault.Conflict || !strings.Contains(f.Message.JA, "山田花子") || !strings.Contains(f.Message.JA, "令和8年11月26日") {
			b.Fatalf("stale change: %v", err)
		}
		if err := change("新しい名称", 2); err != nil {
			b.Fatalf("change without a difference: %v", err)
		}
		b.read(func(ctx context.Context, tx *db.Tx) error {
			h, err := b.c.History(ctx, tx, b.thing, "A-00001")
			if err != nil {
				return err
			}
			if len(h) != 2 || h[0].Version != 2 || h[1].Row[1] != "住民税課税台帳" || h[0].Row[1] != "新しい名称" {
				b.Errorf("history: %+v", h)
			}
			for day, want := range map[when.Date]string{when.Of(first).AddDays(-1): "", when.Of(first): "住民税課税台帳", when.Of(b.now): "新しい名称"} {
				got := ""
				for r, err := range b.c.AsOf(ctx, tx, b.thing, day) {
					if err != nil {
						return err
					}
					got += r.Row[1].(string)
				}
				if got != want {
					b.Errorf("as of %s: got %q, want %q", day, got, want)
				}
			}
			return nil
		})
	})
}

func TestEndedRecordStaysButIsNotLoaded(t *testing.T) {
	each(t, func(b *bench) {
		b.must(b.right("A-00001"))
		end := func(d *Def, key string) error {
			return b.s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				_, err := b.c.End(ctx, tx, boss, d, key, 1, when.Of(b.now))
				return err
			})
		}
		if err := end(b.thing, "A-00001"); err != nil {
			b.Fatal(err)
		}
		if err := end(b.unit, "U-2"); err != nil {
			b.Fatal(err)
		}
		if err := end(b.thing, "A-00001"); !fault.Is(err, fault.Conflict) {
			b.Errorf("ended twice: %v", err)
		}
		if got := b.list(Query{}); len(got.Rows) != 0 || got.Total != 0 {
			b.Errorf("list shows the ended record: %v", codes(got.Rows))
		}
		if got := b.list(Query{Ended: true}); len(got.Rows) != 1 || !got.Rows[0].Ended {
			b.Errorf("the ended record is lost: %v", codes(got.Rows))
		}
		b.read(func(ctx context.Context, tx *db.Tx) error {
			things, err := Load[thingRow](ctx, tx, b.thing)
			if err != nil {
				return err
			}
			units, err := Load[unitRow](ctx, tx, b.unit)
			if len(things) != 0 || len(units) != 3 || units[2].Close != when.Of(b.now) {
				b.Errorf("loaded %d things and units %+v", len(things), units)
			}
			return err
		})
	})
}

func TestKeyIsGivenWhenNobodyGivesOne(t *testing.T) {
	each(t, func(b *bench) {
		for _, want := range []string{"T-00001", "T-00002"} {
			ch, err := b.create(b.right(""))
			if err != nil || ch.Key != want {
				b.Errorf("got %q, %v; want %q", ch.Key, err, want)
			}
		}
		if _, err := b.create(b.right("T-00002")); !fault.Is(err, fault.Conflict) {
			b.Errorf("a key given twice: %v", err)
		}
	})
}

func fill(b *bench, n int) {
	b.Helper()
	class := []string{"1", "2", "3A", ""}
	err := b.s.Bulk(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		_, err := b.c.BulkLoad(ctx, tx, b.thing, func(yield func(Row) bool) {
			for i := range n {
				v := int64(i % 7)
				t := thingRow{Code: fmt.Sprintf("A-%05d", i), Name: fmt.Sprintf("台帳%d", i%97), Unit: []string{"U-11", "U-2"}[i%2], Class: class[i%4], Number: int64(i % 10), Done: i%3 == 0, From: when.On(2026, 1, 1+i%28)}
				if i%5 == 0 {
					t.Content = []string{"none", "tax"}
				}
				if i%7 > 0 {
					t.Persons = &v
				}
				if !yield(Encode(b.thing, t)) {
					return
				}
			}
		}, b.now)
		return err
	})
	if err != nil {
		b.Fatalf("load: %v", err)
	}
}

func TestPagesOfAListHoldEveryRecordOnce(t *testing.T) {
	each(t, func(b *bench) {
		fill(b, 500)
		for _, f := range b.thing.Fields {
			if !b.thing.Sortable(f) {
				continue
			}
			for _, desc := range []bool{false, true} {
				var all []Record
				q := Query{Sort: f.Name, Desc: desc, Limit: 33}
				for {
					p := b.list(q)
					all = append(all, p.Rows...)
					if p.Total != 500 || p.More {
						b.Fatalf("total %d, more %v", p.Total, p.More)
					}
					if q.After = p.Next; p.Next == "" {
						break
					}
				}
				got := codes(all)
				whole := codes(b.list(Query{Sort: f.Name, Desc: desc, Limit: 1000}).Rows)
				if !slices.Equal(got, whole) {
					b.Errorf("by %s, descending %v: pages differ from the whole", f.Name, desc)
				}
				if slices.Sort(got); len(slices.Compact(got)) != 500 {
					b.Errorf("by %s, descending %v: %d different records", f.Name, desc, len(slices.Compact(got)))
				}
			}
		}
	})
}

func TestFiltersOfAList(t *testing.T) {
	cases := []struct {
		name string
		q    Query
		want int
	}{
		{"one value", Query{Filters: map[string][]string{"class": {"3A"}}}, 25},
		{"either of two", Query{Filters: map[string][]string{"class": {"3A", "1"}}}, 50},
		{"not set", Query{Filters: map[string][]string{"class": {""}}}, 25},
		{"two fields", Query{Filters: map[string][]string{"class": {"3A"}, "done": {"はい"}}}, 8},
		{"a member of a set", Query{Filters: map[string][]string{"content": {"tax"}}}, 20},
		{"a part of a member is no member", Query{Filters: map[string][]string{"content": {"ta"}}}, 0},
		{"an underscore is itself", Query{Filters: map[string][]string{"content": {"t_x"}}}, 0},
		{"a day in the Japanese form", Query{Filters: map[string][]string{"from": {"令和8年1月2日"}}}, 4},
		{"units the caller may see", Query{Units: []string{"U-2"}}, 50},
		{"no unit at all", Query{Units: []string{}}, 0},
		{"words of the name", Query{Text: "台帳 96"}, 1},
		{"words and a filter", Query{Text: "台帳", Filters: map[string][]string{"class": {"3A"}}}, 25},
		{"by page number", Query{Page: 2, Limit: 60}, 100},
	}
	each(t, func(b *bench) {
		fill(b, 100)
		for _, c := range cases {
			if got := b.list(c.q); got.Total != c.want {
				b.Errorf("%s: got %d, want %d", c.name, got.Total, c.want)
			}
		}
		if got := b.list(Query{Page: 2, Limit: 60}); len(got.Rows) != 40 {
			b.Errorf("second page of 60: %d rows", len(got.Rows))
		}
		b.read(func(ctx context.Context, tx *db.Tx) error {
			for _, q := range []Query{{Sort: "order"}, {Filters: map[string][]string{"nothing": {"1"}}}, {After: "%%%"}, {Page: 100000}} {
				if _, err := b.c.List(ctx, tx, b.thing, q); !fault.Is(err, fault.Invalid) {
					b.Errorf("%+v: got %v, want a fault", q, err)
				}
			}
			return nil
		})
	})
}

func TestSearchFindsTwoCharacterWordsInAnyWidth(t *testing.T) {
	cases := []struct {
		text string
		want []string
	}{
		{"課税", []string{"A-1"}}, {"ｶｾﾞｲ", nil}, {"vpn", []string{"A-2"}}, {"ＶＰＮ", []string{"A-2"}}, {"サーバ", []string{"A-2", "A-3"}},
		{"さーば", []string{"A-2", "A-3"}}, {"ｻｰﾊﾞ", []string{"A-2", "A-3"}}, {"税", []string{"A-1"}}, {"台帳 住民", []string{"A-1"}}, {"住民 vpn", nil},
		{"民住", nil}, {"A-3", []string{"A-3"}}, {"100%", []string{"A-3"}}, {"１００", []string{"A-3"}}, {"機器%", nil}, {"𠮷野", []string{"A-3"}}, {"  ", nil}, {"帳 ", []string{"A-1"}},
		{"保守費用", []string{"A-2"}}, {"\"or*", nil}, {"重要な", nil},
	}
	each(t, func(b *bench) {
		for code, name := range map[string]string{"A-1": "住民税課税台帳", "A-2": "ＶＰＮサーバー", "A-3": "𠮷野支所ｻｰﾊﾞ 100%"} {
			in := b.right(code)
			in.Name = name
			if code == "A-2" {
				in.Note = "重要な機器"
			}
			b.must(in)
		}
		b.write(func(ctx context.Context, tx *db.Tx) error {
			rec, _, err := b.c.One(ctx, tx, b.thing, "A-2")
			if err != nil {
				return err
			}
			b.thing.Put(rec.Row, "order", "保守費用")
			_, err = b.c.Change(ctx, tx, boss, b.thing, rec.Row, 1)
			return err
		})
		b.read(func(ctx context.Context, tx *db.Tx) error {
			for _, c := range cases {
				hits, err := b.c.Search(ctx, tx, c.text, 50)
				if err != nil {
					return fmt.Errorf("search %q: %w", c.text, err)
				}
				var got []string
				for _, h := range hits {
					got = append(got, h.Ref.Key)
				}
				if !slices.Equal(got, c.want) {
					b.Errorf("search %q: got %v, want %v", c.text, got, c.want)
				}
				p, err := b.c.List(ctx, tx, b.thing, Query{Text: c.text})
				if err != nil {
					return err
				}
				if strings.TrimSpace(c.text) != "" && !slices.Equal(codes(p.Rows), c.want) {
					b.Errorf("list with %q: got %v, want %v", c.text, codes(p.Rows), c.want)
				}
			}
			return nil
		})
	})
}

func TestMigrationAddsNewFields(t *testing.T) {
	type older struct {
		Code string `reg:"code,key" ja:"番号" en:"No."`
		Name string `reg:"name,required,list,search" ja:"名称" en:"Name"`
	}
	type newer struct {
		Code  string    `reg:"code,key" ja:"番号" en:"No."`
		Name  string    `reg:"name,required,list,search" ja:"名称" en:"Name"`
		Until when.Date `reg:"until,list" ja:"期限" en:"Until"`
		Count *int64    `reg:"count" ja:"件数" en:"Count"`
	}
	eachStore(t, func(t *testing.T, s *db.Store) {
		ctx := context.Background()
		title := msg.T("試験", "Trial")
		c := NewCatalog(words(), Declare[older](Spec{Name: "trial", Title: title}))
		if err := c.Migrate(ctx, s); err != nil {
			t.Fatal(err)
		}
		d := c.Must("trial")
		if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := c.Create(ctx, tx, actor.Operator(), d, Encode(d, older{"X-1", "古い記録"}))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		c = NewCatalog(words(), Declare[newer](Spec{Name: "trial", Title: title}))
		d = c.Must("trial")
		for range 2 {
			if err := c.Migrate(ctx, s); err != nil {
				t.Fatalf("migrate: %v", err)
			}
		}
		if err := s.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			got, err := Load[newer](ctx, tx, d)
			if err == nil && (len(got) != 1 || got[0].Name != "古い記録" || got[0].Until != 0 || got[0].Count != nil) {
				t.Errorf("got %+v", got)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestListOfVeryManyHitsIsTheSameAsOfFew(t *testing.T) {
	each(t, func(b *bench) {
		fill(b, 12000)
		q := Query{Text: "台帳", Sort: "from", Filters: map[string][]string{"class": {"3A"}, "unit": {"U-11"}}}
		if got := b.list(q); got.Total != 3000 || got.More {
			b.Errorf("dense word with filters: %d, more %v", got.Total, got.More)
		}
		all := b.list(Query{Text: "台帳"})
		if all.Total != CountLimit || !all.More || len(all.Rows) != 50 || all.Rows[0].Row[0] != "A-00000" {
			b.Errorf("dense word: %d, more %v, rows %v", all.Total, all.More, codes(all.Rows))
		}
		if got := b.list(Query{Text: "台帳96", Sort: "name"}); got.Total != 123 || got.More {
			b.Errorf("rare word: %d, more %v", got.Total, got.More)
		}
		n := 0
		b.read(func(ctx context.Context, tx *db.Tx) error {
			for _, err := range b.c.Each(ctx, tx, b.thing, Query{Text: "台帳"}) {
				if err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if n != 12000 {
			b.Errorf("went through %d of 12000", n)
		}
	})
}
