package transfer

import (
	"context"

	"github.com/a-h/templ"

	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

// holding is something a leaver still has by the registers of other modules: a card not collected, an account not closed.
type holding struct{ register, key, name string }

// holdingRegisters are those modules' registers, with what says that a record is no longer held. A municipality that
// keeps one of them not has none of it.
var holdingRegisters = []struct {
	name string
	open func(d *register.Def, row register.Row, day when.Date) bool
}{
	{"card", func(d *register.Def, row register.Row, _ when.Date) bool {
		state := d.Str(row, "state")
		return state == "lent" || state == "lost"
	}},
	{"userid", func(d *register.Def, row register.Row, day when.Date) bool {
		closed, _ := d.Get(row, "closed").(when.Date)
		return closed == 0 || closed > day
	}},
}

// holdings are what the registers say somebody still has.
func (s *Service) holdings(ctx context.Context, tx *db.Tx, person string, day when.Date) ([]holding, error) {
	var out []holding
	for _, x := range holdingRegisters {
		d, ok := s.c.Catalog.Get(x.name)
		if !ok {
			continue
		}
		for rec, err := range s.c.Catalog.Each(ctx, tx, d, register.Query{Filters: map[string][]string{"person": {person}}}) {
			if err != nil {
				return nil, err
			}
			if x.open(d, rec.Row, day) {
				out = append(out, holding{x.name, d.Key(rec.Row), register.Raw(d.Get(rec.Row, d.Label))})
			}
		}
	}
	return out, nil
}

// holdingTable lists them with the way to each.
func (s *Service) holdingTable(list []holding, lang msg.Lang) templ.Component {
	if len(list) == 0 {
		return templ.NopComponent
	}
	t := web.Table{ID: "holdings", Caption: msg.T("台帳の上でまだ返却・停止されていないもの", "Not given back or closed by the registers"), Count: len(list), Columns: []web.Column{{Title: msg.T("番号", "No."), Head: true}, {Title: msg.T("台帳", "Register")}}}
	for _, h := range list {
		d := s.c.Catalog.Must(h.register)
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: h.name, Href: "/registers/" + h.register + "/" + h.key}, {Text: d.Title.In(lang)}}})
	}
	return web.TablePart(t)
}
