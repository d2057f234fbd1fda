package register

import (
	"context"
	"slices"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/pack"
	"okite/internal/trail"
	"okite/internal/when"
)

type unitRow struct {
	Code   string    `reg:"code,key" ja:"組織番号" en:"Unit no."`
	Name   string    `reg:"name,required,list,search" ja:"組織名" en:"Name"`
	Parent string    `reg:"parent,list" refers:"unit" ja:"上位組織" en:"Unit above"`
	Open   when.Date `reg:"open,required,list" ja:"設置日" en:"Opened"`
	Close  when.Date `reg:"close,list" ja:"廃止日" en:"Closed"`
}

type personRow struct {
	Code string `reg:"code,key" ja:"職員番号" en:"Person no."`
	Name string `reg:"name,required,list,search,personal" ja:"氏名" en:"Name"`
	Unit string `reg:"unit,required,list,filter" refers:"unit" ja:"所属" en:"Unit"`
}

type powerRow struct {
	Code   string `reg:"code,key" ja:"権限番号" en:"Power no."`
	Action string `reg:"action,required,list" ja:"操作" en:"Act"`
	Role   string `reg:"role,required,list" ja:"役割" en:"Role"`
}

// thingRow has a field of every kind and names SQL keeps for itself.
type thingRow struct {
	Code    string     `reg:"code,key" ja:"番号" en:"No."`
	Name    string     `reg:"name,required,list,search" max:"40" ja:"名称" en:"Name"`
	Unit    string     `reg:"unit,required,list,filter" refers:"unit" ja:"所管課" en:"Section"`
	Class   string     `reg:"class,list,filter" vocab:"class" ja:"機密性" en:"Confidentiality"`
	Content []string   `reg:"content,list,filter" vocab:"content" ja:"含まれる情報" en:"Contents"`
	Helpers []string   `reg:"helpers" refers:"person" ja:"担当者" en:"Helpers"`
	Number  int64      `reg:"number,list" ja:"版" en:"Edition"`
	Persons *int64     `reg:"persons,list" ja:"本人の数" en:"Persons"`
	Done    bool       `reg:"done,list,filter" ja:"完了" en:"Done"`
	From    when.Date  `reg:"from,list" ja:"開始日" en:"From"`
	At      when.Stamp `reg:"at" ja:"日時" en:"At"`
	Note    string     `reg:"order,long,search" ja:"備考" en:"Note"`
	Derived string     `reg:"handling,derived" ja:"取扱制限" en:"Handling"`
	Source  string     `reg:"source" refers:"thing" ja:"複製元" en:"Copied from"`
}

// noteRow belongs to the unit of its thing.
type noteRow struct {
	Code  string `reg:"code,key" ja:"記録番号" en:"Note no."`
	Thing string `reg:"thing,required,list" refers:"thing" ja:"対象" en:"Thing"`
}

func words() *pack.Pack {
	v := func(name string, terms ...pack.Term) *pack.Vocab { return &pack.Vocab{Name: name, Terms: terms} }
	t := func(code, ja, en string, rank int) pack.Term {
		return pack.Term{Code: code, Title: msg.Text{JA: ja, EN: en}, Rank: rank}
	}
	return &pack.Pack{Code: "test", Vocabs: map[string]*pack.Vocab{
		"class":   v("class", t("3A", "機密性3A", "3A", 5), t("2", "機密性2", "2", 2), t("1", "機密性1", "1", 1)),
		"content": v("content", t("my_number", "個人番号", "Individual number", 0), t("tax", "税", "Tax", 0), t("none", "該当なし", "None", 0)),
	}}
}

type bench struct {
	*testing.T
	s     *db.Store
	c     *Catalog
	log   *trail.Log
	gate  *act.Gate
	unit  *Def
	thing *Def
	now   time.Time
}

var boss = actor.Actor{Person: "P-1", Name: "山田", Unit: "U-11", Way: actor.Page, Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-1"}}}

func catalog() *Catalog {
	group := func(s Spec, g string) Spec { s.Group = g; s.Title = msg.Text{JA: s.Title.JA, EN: s.Title.EN}; return s }
	return NewCatalog(words(),
		Declare[unitRow](group(Spec{Name: "unit", Title: msg.T("組織", "Units"), Label: "name", Start: "open", End: "close"}, "org")),
		Declare[personRow](group(Spec{Name: "person", Title: msg.T("職員等", "People"), Label: "name", Unit: "unit"}, "people")),
		Declare[powerRow](group(Spec{Name: "power", Title: msg.T("権限表", "Powers")}, "people")),
		Declare[thingRow](group(Spec{Name: "thing", Title: msg.T("情報資産", "Assets"), Label: "name", Unit: "unit", Clauses: nil}, "asset")),
		Declare[noteRow](group(Spec{Name: "note", Title: msg.T("記録", "Notes")}, "asset")))
}

// each runs fn on both engines with a city of three units and verifies the record at the end.
func each(t *testing.T, fn func(b *bench)) {
	eachStore(t, func(t *testing.T, s *db.Store) {
		ctx := context.Background()
		b := &bench{T: t, s: s, c: catalog(), now: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)}
		s.SetClock(func() time.Time { return b.now })
		b.unit, b.thing = b.c.Must("unit"), b.c.Must("thing")
		if err := b.c.Migrate(ctx, s); err != nil {
			t.Fatalf("migrate: %v", err)
		}
		b.open(ctx)
		b.write(func(ctx context.Context, tx *db.Tx) error {
			for _, q := range act.Schema() {
				if _, err := tx.Exec(ctx, q); err != nil {
					return err
				}
			}
			for _, u := range []unitRow{{"U-1", "総務局", "", 1000, 0}, {"U-11", "情報政策課", "U-1", 1000, 0}, {"U-2", "市民局", "", 1000, 0}} {
				if _, err := b.c.Create(ctx, tx, actor.Operator(), b.unit, Encode(b.unit, u)); err != nil {
					return err
				}
			}
			p := b.c.Must("person")
			_, err := b.c.Create(ctx, tx, actor.Operator(), p, Encode(p, personRow{"P-1", "山田花子", "U-11"}))
			return err
		})
		fn(b)
		b.verify(ctx)
	})
}

func (b *bench) write(fn db.Func) {
	b.Helper()
	if err := b.s.Write(context.Background(), fn); err != nil {
		b.Fatalf("write: %v", err)
	}
}

func (b *bench) read(fn db.Func) {
	b.Helper()
	if err := b.s.Read(context.Background(), fn); err != nil {
		b.Fatalf("read: %v", err)
	}
}

// thing is a right record; a test spoils one thing of it.
func (b *bench) right(code string) thingRow {
	return thingRow{Code: code, Name: "住民税課税台帳", Unit: "U-11", Class: "2", Content: []string{"tax"}, Number: 1}
}

func (b *bench) create(t thingRow) (ch Change, err error) {
	err = b.s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		ch, err = b.c.Create(ctx, tx, boss, b.thing, Encode(b.thing, t))
		return err
	})
	return ch, err
}

func (b *bench) must(t thingRow) {
	b.Helper()
	if _, err := b.create(t); err != nil {
		b.Fatalf("create %s: %v", t.Code, err)
	}
}

func (b *bench) get(key string) (rec Record, ok bool) {
	b.read(func(ctx context.Context, tx *db.Tx) (err error) {
		rec, ok, err = b.c.One(ctx, tx, b.thing, key)
		return err
	})
	return rec, ok
}

func (b *bench) list(q Query) (p Page) {
	b.Helper()
	b.read(func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = b.c.List(ctx, tx, b.thing, q)
		return err
	})
	return p
}

func codes(rs []Record) []string {
	var out []string
	for _, r := range rs {
		out = append(out, r.Row[0].(string))
	}
	return out
}

// atField says whether err is a fault at the field, and gives its Japanese sentence.
func atField(err error, name string) (string, bool) {
	f := fault.As(err)
	if f == nil {
		return "", false
	}
	i := slices.IndexFunc(f.Fields, func(x fault.Field) bool { return x.Name == name })
	if i < 0 {
		return "", false
	}
	return f.Fields[i].Message.JA, true
}
