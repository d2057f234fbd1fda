package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/when"
)

// linkLife is how long the link of the first administrator works.
const linkLife = 72 * time.Hour

// Setup is what a new municipality is told.
type Setup struct {
	Name string // of the municipality
	Code string // 全国地方公共団体コード, six digits
	Pack string // vocabulary pack; "model" when ""
}

// Code checks a 全国地方公共団体コード: five digits of prefecture and municipality, one check digit.
func Code(s string) error {
	bad := fault.At("code", msg.F("団体コード「%s」は正しくありません。6桁の数字で、最後の1桁は検査数字です。", "Municipality code %q is wrong: it has six digits, the last one a check digit.", s))
	if len(s) != 6 || strings.Trim(s, "0123456789") != "" {
		return bad
	}
	sum := 0
	for i, weight := range []int{6, 5, 4, 3, 2} {
		sum += int(s[i]-'0') * weight
	}
	if (11-sum%11)%10 != int(s[5]-'0') {
		return bad
	}
	return nil
}

// Init makes an empty municipality (bp.3) and gives the path of a link with which its first administrator sets a
// password. A directory or schema that holds one already is refused.
func Init(ctx context.Context, c Config, s Setup) (a *App, link string, err error) {
	if strings.TrimSpace(s.Name) == "" {
		return nil, "", fault.At("name", msg.T("団体の名称を入力してください。", "Give the municipality's name."))
	}
	if err := Code(s.Code); err != nil {
		return nil, "", err
	}
	if s.Pack == "" {
		s.Pack = "model"
	}
	if _, err := pack.Load(s.Pack); err != nil {
		return nil, "", fault.At("pack", msg.F("語彙パック「%s」はありません。選べるもの：%s", "There is no pack %q; there are: %s", s.Pack, strings.Join(pack.Codes(), ", ")))
	}
	a, err = begin(ctx, c, org.City{Code: s.Code, Name: s.Name, Pack: s.Pack})
	if err != nil {
		return nil, "", err
	}
	opened := a
	defer func() {
		if err != nil {
			_ = opened.Close()
		}
	}()
	if link, err = a.enrolFirst(ctx); err != nil {
		return nil, "", err
	}
	return a, link, nil
}

// begin turns an empty store into a municipality: its own record, the parameters of its pack, the first entry of the
// record.
func begin(ctx context.Context, c Config, city org.City) (a *App, err error) {
	if a, err = open(withFresh(ctx), c); err != nil {
		return nil, err
	}
	opened := a
	defer func() {
		if err != nil {
			_ = opened.Close()
		}
	}()
	if a.City.Code != "" {
		return nil, fault.New(fault.Conflict, msg.F("ここには既に%sのデータがあります。", "There is a municipality here already: %s.", a.City.Name))
	}
	a.City = city
	if a.Pack, err = pack.Load(city.Pack); err != nil {
		return nil, err
	}
	a.Catalog = register.NewCatalog(a.Pack, registers()...)
	if a.Log, err = trail.Open(ctx, a.Store, a.Dir, "okite/"+city.Code); err != nil {
		return nil, err
	}
	err = a.Store.Bulk(Operator(ctx), func(ctx context.Context, tx *db.Tx) error {
		d := a.Catalog.Must("city")
		if _, err := a.Catalog.Create(ctx, tx, operator, d, register.Encode(d, city)); err != nil {
			return err
		}
		if err := set(ctx, tx, "pack", city.Pack); err != nil {
			return err
		}
		a.Log.Append(tx, trail.Entry{Actor: operator.ID(), Way: string(operator.Way), Act: "city.begin", Subject: ref.New("city", city.Code),
			Clauses: []clause.ID{"bp.3"}, Input: map[string]string{"name": city.Name, "pack": city.Pack}, Result: trail.Done})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("begin municipality: %w", err)
	}
	return a, a.wire(ctx)
}

// enrolFirst registers what the first administrator needs to stand on — an organ, a unit, a person, the city-wide post —
// and gives the link. Everything of it may be renamed in the registers.
func (a *App) enrolFirst(ctx context.Context) (link string, err error) {
	err = a.Store.Bulk(Operator(ctx), func(ctx context.Context, tx *db.Tx) error {
		today := when.Of(tx.Now())
		rows := []struct {
			register string
			row      any
		}{
			{"organ", org.Organ{Code: "O-01", Name: "市長", Kind: "mayor", Open: today}},
			{"unit", org.Unit{Code: "U-0001", Name: "情報セキュリティ担当課", Kind: "section", Organ: "O-01", Open: today}},
			{"person", org.Person{Code: "P-00001", Name: "初期設定の担当者", Unit: "U-0001", Employment: "regular", Joined: today}},
			{"post", org.Post{Code: "PO-0001", Role: "chief", Scope: "city", Name: a.roleTitle("chief").JA, From: today}},
			{"assignment", org.Assignment{Code: "AS-00001", Post: "PO-0001", Person: "P-00001", Kind: "holder", From: today, First: true}},
		}
		for _, r := range rows {
			d := a.Catalog.Must(r.register)
			if _, err := a.Catalog.Create(ctx, tx, operator, d, encode(d, r.row)); err != nil {
				return err
			}
		}
		if err := a.seedParameters(ctx, tx); err != nil {
			return err
		}
		if err := org.SeedPowers(ctx, tx, a.Catalog, a.Acts.All()); err != nil {
			return err
		}
		if err := a.Signin.Create(ctx, tx, "P-00001", ""); err != nil {
			return err
		}
		link, err = a.Signin.Issue(ctx, tx, enrol, "P-00001", linkLife)
		return err
	})
	return link, err
}

func encode(d *register.Def, row any) register.Row {
	switch r := row.(type) {
	case org.Organ:
		return register.Encode(d, r)
	case org.Unit:
		return register.Encode(d, r)
	case org.Person:
		return register.Encode(d, r)
	case org.Post:
		return register.Encode(d, r)
	case org.Assignment:
		return register.Encode(d, r)
	}
	panic(fmt.Sprintf("encode %T: not among the first records", row))
}

// seedParameters registers the values of the pack (bp.4: the standard's numbers) that are not there yet.
func (a *App) seedParameters(ctx context.Context, tx *db.Tx) error {
	d := a.Catalog.Must("parameter")
	for _, p := range a.Pack.Parameters {
		row := d.New()
		d.Put(row, "code", p.Code)
		d.Put(row, "name", p.Name.JA)
		if p.Value != nil {
			d.Put(row, "value", *p.Value)
		}
		d.Put(row, "text", p.Text)
		d.Put(row, "measure", p.Unit.JA)
		d.Put(row, "direction", p.Direction)
		if _, err := a.Catalog.Create(ctx, tx, operator, d, row); err != nil {
			return err
		}
	}
	return nil
}
