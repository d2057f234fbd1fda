package asset

import (
	"context"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
)

// Choice is a value a form offers.
type Choice struct {
	Value       string
	Label, Note msg.Text
}

// Choices gives what the form of a downgrade offers for one asset (bp.7): every class of the scheme in force that is
// lower than the present one, property by property, as "c:2". The property follows from the choice and is not asked.
func Choices(c *register.Catalog) func(ctx context.Context, tx *db.Tx, act, field, key string) ([]Choice, bool, error) {
	d := c.Must("asset")
	return func(ctx context.Context, tx *db.Tx, act, field, key string) ([]Choice, bool, error) {
		if act != "asset.downgrade" || field != "class" && field != "property" {
			return nil, false, nil
		}
		if field == "property" {
			return nil, true, nil
		}
		rec, ok, err := c.One(ctx, tx, d, key)
		if err != nil || !ok {
			return nil, false, err
		}
		var out []Choice
		for _, p := range propertyValues() {
			f, _ := d.Field(propertyField(p.Code))
			v := c.Pack().Vocab(f.Vocab)
			now := d.Str(rec.Row, f.Name)
			if v == nil || now == "" {
				continue
			}
			from := msg.Same(now)
			if t, ok := v.Term(now); ok {
				from = t.Title
			}
			for _, t := range v.Terms {
				if classStep(t.Code) < classStep(now) {
					out = append(out, Choice{Value: p.Code + ":" + t.Code, Label: msg.F("%sを「%s」に", "%s to %s", f.Title, t.Title), Note: msg.F("今は「%s」です。", "Now %s.", from)})
				}
			}
		}
		if len(out) == 0 {
			return nil, true, fault.New(fault.Conflict, msg.T("この情報資産には、下げられる分類がありません。", "There is no class of this asset that could be lowered."))
		}
		return out, true, nil
	}
}

// floorClass is the lightest class of the scheme in force that is not below a floor of contentFloor, in its own words.
func floorClass(c *register.Catalog, step int64) msg.Text {
	least := msg.Text{}
	if v := c.Pack().Vocab("confidentiality"); v != nil {
		best := int64(0)
		for _, t := range v.Terms {
			if s := classStep(t.Code); s >= step && (best == 0 || s < best) {
				best, least = s, t.Title
			}
		}
	}
	return least
}
