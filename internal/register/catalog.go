package register

import (
	"context"
	"fmt"
	"slices"

	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/pack"
)

// Catalog is all registers of the product with the words (vocabularies) they use.
type Catalog struct {
	pack   *pack.Pack
	defs   []*Def
	byName map[string]*Def
	bounds bounds // of lists
}

// NewCatalog joins registers and words. A reference to a register that is not there panics: it is a mistake of ours.
func NewCatalog(p *pack.Pack, defs ...*Def) *Catalog {
	c := &Catalog{pack: p, defs: defs, byName: make(map[string]*Def, len(defs)), bounds: usualBounds}
	for _, d := range defs {
		if c.byName[d.Name] != nil {
			panic(fmt.Sprintf("register %s is declared twice", d.Name))
		}
		c.byName[d.Name] = d
	}
	for _, d := range defs {
		for _, f := range d.Fields {
			if f.Refers != "" && c.byName[f.Refers] == nil {
				panic(fmt.Sprintf("register %s: field %s refers to %s, which is not there", d.Name, f.Name, f.Refers))
			}
		}
		d.Reach.check(c, d)
		if d.Bind != nil {
			d.Bind(c, d)
		}
	}
	return c
}

// Pack gives the words.
func (c *Catalog) Pack() *pack.Pack { return c.pack }

// Get finds a register.
func (c *Catalog) Get(name string) (*Def, bool) { d, ok := c.byName[name]; return d, ok }

// Must finds a register that is known to be there.
func (c *Catalog) Must(name string) *Def {
	d, ok := c.byName[name]
	if !ok {
		panic(fmt.Sprintf("no register %s", name))
	}
	return d
}

// All gives the registers in the order they were named.
func (c *Catalog) All() []*Def { return slices.Clone(c.defs) }

// Group is a part of the menu.
type Group struct {
	Code  string
	Title msg.Text
	Defs  []*Def
}

var groups = []Group{
	{Code: "org", Title: msg.T("組織と体制", "Organisation")},
	{Code: "people", Title: msg.T("人と権限", "People and powers")},
	{Code: "policy", Title: msg.T("ポリシー", "Policy")},
	{Code: "asset", Title: msg.T("情報資産", "Information assets")},
	{Code: "network", Title: msg.T("ネットワーク", "Networks")},
	{Code: "partner", Title: msg.T("委託", "Contractors")},
	{Code: "audit", Title: msg.T("監査", "Audit")},
	{Code: "product", Title: msg.T("この製品", "This product")},
}

// Groups gives the registers as the menu shows them; a group without registers is left out.
func (c *Catalog) Groups() []Group {
	var out []Group
	for _, g := range groups {
		for _, d := range c.defs {
			if d.Group == g.Code {
				g.Defs = append(g.Defs, d)
			}
		}
		if len(g.Defs) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// Migrate makes the tables of all registers and adds what a newer program has declared since.
func (c *Catalog) Migrate(ctx context.Context, s *db.Store) error {
	return s.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, q := range sharedDDL(tx.Dialect()) {
			if _, err := tx.Exec(ctx, q); err != nil {
				return fmt.Errorf("make shared tables: %w", err)
			}
		}
		if err := emptyOld(ctx, tx); err != nil {
			return err
		}
		for _, d := range c.defs {
			if err := d.migrate(ctx, tx); err != nil {
				return fmt.Errorf("make table of %s: %w", d.Name, err)
			}
		}
		return nil
	})
}

func (d *Def) migrate(ctx context.Context, tx *db.Tx) error {
	have, err := columns(ctx, tx, d.table())
	if err != nil {
		return err
	}
	if len(have) > 0 {
		for _, f := range d.Fields {
			if have[f.Name] {
				continue
			}
			if _, err := tx.Exec(ctx, fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s", d.table(), column(f, tx.Dialect()))); err != nil {
				return err
			}
		}
	}
	for _, q := range d.DDL(tx.Dialect()) {
		if _, err := tx.Exec(ctx, q); err != nil {
			return err
		}
	}
	return d.reindex(ctx, tx)
}
