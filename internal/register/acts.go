package register

import (
	"context"
	"strconv"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/when"
)

// VersionField is the input of a change that names the version the person saw, and the hidden column of an export.
const VersionField = "_version"

var versionTitle = msg.T("記録の版", "Record version")

// deciders are the roles that decide changes of a group of registers until the city says otherwise in its power
// register (bp.6).
var deciders = map[string]string{
	"org": "chief", "people": "chief", "policy": "chief", "asset": "section_manager", "network": "network_manager",
	"partner": "section_manager", "audit": "audit_chief", "product": "chief",
}

// decider is the role that decides changes of a register by default. What no unit owns is decided for the whole city.
func (c *Catalog) decider(d *Def) string {
	role := deciders[d.Group]
	if role == "section_manager" && len(c.path(d, nil)) == 0 {
		return "chief"
	}
	return role
}

// Acts are the acts every register that is kept by people has: NAME.create, NAME.change, NAME.end and NAME.import.
func (c *Catalog) Acts() []act.Act {
	var out []act.Act
	for _, d := range c.defs {
		if d.ReadOnly {
			continue
		}
		out = append(out, c.createAct(d), c.changeAct(d), c.endAct(d), c.importAct(d))
	}
	return out
}

func (c *Catalog) base(d *Def, verb string, title msg.Text) act.Act {
	scope := "city"
	if len(c.path(d, nil)) > 0 {
		scope = "section"
	}
	return act.Act{ID: d.Name + "." + verb, Title: title, Clauses: d.Clauses, Scope: scope,
		Roles: []string{c.decider(d)}}
}

func (c *Catalog) createAct(d *Def) act.Act {
	a := c.base(d, "create", msg.F("%sの登録", "%s: register", d.Title))
	a.Fields = inputs(d, false)
	a.Where = func(ctx context.Context, tx *db.Tx, in act.Input) ([]act.Place, error) {
		row, err := c.Merge(d, d.New(), in)
		if err != nil {
			return nil, err
		}
		return c.places(ctx, tx, d, row)
	}
	a.Do = func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
		row, err := c.Merge(d, d.New(), in)
		if err != nil {
			return ref.Ref{}, err
		}
		ch, err := c.Create(ctx, tx, who, d, row)
		return ref.New(d.Name, ch.Key), err
	}
	return a
}

func (c *Catalog) changeAct(d *Def) act.Act {
	a := c.base(d, "change", msg.F("%sの変更", "%s: change", d.Title))
	a.Fields = append(inputs(d, true), act.Field{Name: VersionField, Title: versionTitle})
	a.Where = func(ctx context.Context, tx *db.Tx, in act.Input) ([]act.Place, error) {
		was, next, _, err := c.changed(ctx, tx, d, in)
		if err != nil {
			return nil, err
		}
		from, err := c.places(ctx, tx, d, was)
		if err != nil {
			return nil, err
		}
		to, err := c.places(ctx, tx, d, next)
		return append(from, to...), err
	}
	a.Do = func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
		_, next, version, err := c.changed(ctx, tx, d, in)
		if err != nil {
			return ref.Ref{}, err
		}
		ch, err := c.Change(ctx, tx, who, d, next, version)
		return ref.New(d.Name, ch.Key), err
	}
	return a
}

func (c *Catalog) endAct(d *Def) act.Act {
	key := d.KeyField()
	a := c.base(d, "end", msg.F("%sの終了", "%s: end", d.Title))
	a.Fields = []act.Field{{Name: key.Name, Title: key.Title, Required: true}, {Name: VersionField, Title: versionTitle}, {Name: "on", Title: msg.T("終了日", "Last day")}}
	a.Where = func(ctx context.Context, tx *db.Tx, in act.Input) ([]act.Place, error) {
		was, err := c.present(ctx, tx, d, in[key.Name], 0)
		if err != nil {
			return nil, err
		}
		return c.places(ctx, tx, d, was.Row)
	}
	a.Do = func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
		version, err := versionOf(in)
		if err != nil {
			return ref.Ref{}, err
		}
		on := when.Of(tx.Now())
		if in["on"] != "" {
			if on, err = when.ParseLenient(in["on"]); err != nil {
				return ref.Ref{}, fault.At("on", fault.As(err).Message)
			}
		}
		_, err = c.End(ctx, tx, who, d, in[key.Name], version, on)
		return ref.New(d.Name, in[key.Name]), err
	}
	return a
}

func (c *Catalog) importAct(d *Def) act.Act {
	a := c.base(d, "import", msg.F("%sの一括取込", "%s: import", d.Title))
	a.Large = true
	a.Fields = []act.Field{{Name: "file", Title: msg.T("ファイル", "File"), Required: true}, {Name: "sha256", Title: msg.T("ファイルのハッシュ値", "SHA-256 of the file")},
		{Name: "new", Title: msg.T("新規の件数", "New records")}, {Name: "changed", Title: msg.T("変更の件数", "Changed records")}}
	a.Where = func(ctx context.Context, tx *db.Tx, in act.Input) ([]act.Place, error) {
		p := planFrom(ctx)
		if p == nil || p.def != d {
			return nil, noPlan()
		}
		return c.planPlaces(ctx, tx, p)
	}
	a.Do = func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
		p := planFrom(ctx)
		if p == nil || p.def != d {
			return ref.Ref{}, noPlan()
		}
		return Subject(d), c.Apply(ctx, tx, who, p, act.From(ctx).Reason)
	}
	return a
}

func noPlan() error {
	return fault.New(fault.Invalid, msg.T("取り込むファイルを指定してください。", "Please give the file to import."))
}

// inputs are a register's fields as an act takes them: derived ones are refused by being absent.
func inputs(d *Def, keyed bool) []act.Field {
	var out []act.Field
	for _, f := range d.Fields {
		if f.Derived {
			continue
		}
		// what else is required is said by validate, in the same words for forms, API and files
		out = append(out, act.Field{Name: f.Name, Title: f.Title, Personal: f.Personal, Required: keyed && f.Key})
	}
	return out
}

// Merge puts an act's input over a row; fields that are absent are left as they are. Every field that cannot be read
// is named in the fault.
func (c *Catalog) Merge(d *Def, row Row, in act.Input) (Row, error) {
	out := append(Row(nil), row...)
	var l fault.List
	for i, f := range d.Fields {
		s, given := in[f.Name]
		if !given {
			continue
		}
		v, err := c.Parse(f, s)
		if err != nil {
			for _, bad := range fault.As(err).Fields {
				l.Add(bad.Name, bad.Message)
			}
			continue
		}
		out[i] = v
	}
	return out, l.Err()
}

// changed reads the record to change and gives what it is to become, with the version the person saw.
func (c *Catalog) changed(ctx context.Context, tx *db.Tx, d *Def, in act.Input) (was, next Row, version int64, err error) {
	if version, err = versionOf(in); err != nil {
		return nil, nil, 0, err
	}
	rec, err := c.present(ctx, tx, d, in[d.KeyField().Name], 0)
	if err != nil {
		return nil, nil, 0, err
	}
	next, err = c.Merge(d, rec.Row, in)
	return rec.Row, next, version, err
}

func versionOf(in act.Input) (int64, error) {
	if in[VersionField] == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(in[VersionField], 10, 64)
	if err != nil || n < 1 {
		return 0, fault.At(VersionField, msg.T("記録の版が正しくありません。ページを開き直してください。", "The record version is wrong. Please open the page again."))
	}
	return n, nil
}

// Where a record belongs. Most registers name the unit that owns a record; for the others it is that of the record
// they are about: a measure belongs to the section of its asset.

// path is the fields that lead from a register to a unit: nil when there is no way.
func (c *Catalog) path(d *Def, seen []string) []string {
	for _, s := range seen {
		if s == d.Name {
			return nil
		}
	}
	if d.Name == "unit" || d.Unit != "" {
		return []string{d.Name}
	}
	for _, f := range d.Fields {
		if f.Kind == Ref && !f.Key {
			if p := c.path(c.byName[f.Refers], append(seen, d.Name)); p != nil {
				return append([]string{d.Name}, p...)
			}
		}
	}
	return nil
}

// leads are the fields of a register by whose records placesFrom looks for a unit; none where the record names it itself.
func (c *Catalog) leads(d *Def) []string {
	var out []string
	if d.Name == "unit" || d.Unit != "" {
		return nil
	}
	for _, f := range d.Fields {
		if f.Kind == Ref && !f.Key && c.path(c.byName[f.Refers], []string{d.Name}) != nil {
			out = append(out, f.Name)
		}
	}
	return out
}

// Places gives the places of a record, for an act that names it; a record that is not there is a fault.
func (c *Catalog) Places(ctx context.Context, tx *db.Tx, d *Def, key string) ([]act.Place, error) {
	rec, err := c.present(ctx, tx, d, key, 0)
	if err != nil {
		return nil, err
	}
	return c.places(ctx, tx, d, rec.Row)
}

// places gives the places a row belongs to; none means the whole city.
func (c *Catalog) places(ctx context.Context, tx *db.Tx, d *Def, row Row) ([]act.Place, error) {
	return c.placesFrom(ctx, tx, d, row, nil)
}

func (c *Catalog) placesFrom(ctx context.Context, tx *db.Tx, d *Def, row Row, seen []string) ([]act.Place, error) {
	for _, s := range seen {
		if s == d.Name {
			return nil, nil
		}
	}
	system := ""
	if f, ok := d.Field("system"); ok && f.Kind == Ref {
		system = d.Str(row, "system")
	}
	switch {
	case d.Name == "system":
		system = d.Key(row)
	case d.Name == "unit":
		return []act.Place{{Unit: d.Key(row)}}, nil
	}
	if d.Unit != "" {
		if u := d.Str(row, d.Unit); u != "" {
			return []act.Place{{Unit: u, System: system}}, nil
		}
	}
	for _, f := range d.Fields {
		if f.Kind != Ref || f.Key {
			continue
		}
		key := d.Str(row, f.Name)
		to := c.byName[f.Refers]
		if key == "" || c.path(to, []string{d.Name}) == nil {
			continue
		}
		rec, ok, err := c.read(ctx, tx, to, key)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		ps, err := c.placesFrom(ctx, tx, to, rec.Row, append(seen, d.Name))
		if err != nil || len(ps) > 0 {
			return ps, err
		}
	}
	if system != "" {
		return []act.Place{{System: system}}, nil
	}
	return nil, nil
}
