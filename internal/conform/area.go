package conform

import (
	"cmp"
	"net/url"
	"slices"

	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/web"
)

// area is the part of the city a page is narrowed to: an organ of clause 3, a bureau, or both (bp.3, bp.6). The zero
// value is the whole city.
type area struct {
	organ, bureau string
	places        map[string]bool // units, and "organ:…" for the organ's own record; nil is everything
}

// view is what was decided, seen for the whole city or for an area of it.
type view struct {
	*look
	area
	eyes eyes
}

// narrowed reads the area an address asks for.
func (l *look) narrowed(r *web.Request, e eyes) view {
	v := l.only(r.Query("organ"), r.Query("bureau"))
	v.eyes = e
	return v
}

// only narrows to an organ and a bureau. What names none of today is not asked for.
func (l *look) only(organ, bureau string) view {
	v := view{look: l}
	if _, _, ok := l.row("organ", organ); ok {
		v.organ = organ
	}
	if _, _, ok := l.row("unit", bureau); ok {
		v.bureau = bureau
	}
	if v.organ == "" && v.bureau == "" {
		return v
	}
	v.places = map[string]bool{}
	above := map[string]org.Unit{}
	units := records[org.Unit](l.sources, "unit")
	for _, u := range units {
		above[u.Code] = u
	}
	for _, u := range units {
		organ, under := "", v.bureau == ""
		var seen []string
		for at := u; at.Code != "" && !slices.Contains(seen, at.Code); at = above[at.Parent] { // a circle in the tree ends the climb
			seen = append(seen, at.Code)
			organ = cmp.Or(organ, at.Organ)
			under = under || at.Code == v.bureau
		}
		if under && (v.organ == "" || organ == v.organ) {
			v.places[u.Code] = true
		}
	}
	if v.organ != "" && v.bureau == "" {
		v.places[ref.New("organ", v.organ).String()] = true
	}
	return v
}

// counts are the results of a check in the area. What belongs to the city as a whole is in no area.
func (v view) counts(id string) check.Counts {
	if v.places == nil {
		return v.engine.CheckCounts(id)
	}
	var out check.Counts
	for place, c := range v.byPlace(id) {
		if v.places[place] {
			out.Add(*c)
		}
	}
	return out
}

// findings are those of a check in the area that the reader may read.
func (v view) findings(id string) []check.Finding {
	all := v.seen(v.eyes, v.look.findings(id))
	if v.places == nil {
		return all
	}
	var out []check.Finding
	for _, f := range all {
		if v.places[v.placeOf(f)] {
			out = append(out, f)
		}
	}
	return out
}

// hidden is how many findings of a check in the area the reader may not read: numbers are open to everybody, so the
// difference must be said.
func (v view) hidden(id string) int {
	c := v.counts(id)
	return int(c[check.Noncompliant]+c[check.Undetermined]+c[check.Excepted]) - len(v.findings(id))
}

// href keeps the area in an address.
func (v view) href(path string) string {
	q := url.Values{}
	if v.organ != "" {
		q.Set("organ", v.organ)
	}
	if v.bureau != "" {
		q.Set("bureau", v.bureau)
	}
	if len(q) == 0 {
		return path
	}
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	for name, values := range u.Query() {
		q[name] = values
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// said are the words that a narrowed page puts under its heading, on paper too.
func (v view) said() []msg.Text {
	var out []msg.Text
	if v.organ != "" {
		out = append(out, msg.F("機関：%s", "Organ: %s", v.name("organ", v.organ)))
	}
	if v.bureau != "" {
		out = append(out, msg.F("部局：%s", "Bureau: %s", v.name("unit", v.bureau)))
	}
	return out
}

// fields are the choices of an area: the organs of the city, and its bureaus with who heads them.
func (v view) fields() []web.Field {
	any := msg.T("すべて", "All")
	return []web.Field{
		{Name: "organ", Label: msg.T("機関", "Organ"), Kind: web.SelectField, Value: v.organ, Any: any, Options: v.organs()},
		{Name: "bureau", Label: msg.T("部局（長）", "Bureau (head)"), Kind: web.SelectField, Value: v.bureau, Any: any, Options: v.bureaus()}}
}

func (v view) chips(r *web.Request) []web.Chip {
	var out []web.Chip
	if v.organ != "" {
		out = append(out, web.Chip{Label: v.name("organ", v.organ), Remove: r.With("organ", "")})
	}
	if v.bureau != "" {
		out = append(out, web.Chip{Label: v.name("unit", v.bureau), Remove: r.With("bureau", "")})
	}
	return out
}

func (l *look) organs() []web.Option {
	var out []web.Option
	for _, o := range records[org.Organ](l.sources, "organ") {
		if org.LiveOn(o.Open, o.Close, l.day) {
			out = append(out, web.Option{Value: o.Code, Label: msg.Same(o.Name)})
		}
	}
	slices.SortFunc(out, func(a, b web.Option) int { return cmp.Compare(a.Value, b.Value) })
	return out
}

// bureaus are the units that a bureau head answers for (bp.6).
func (l *look) bureaus() []web.Option {
	var out []web.Option
	for d, posts := range l.owners.posts {
		register, key, _ := cutSubject(d.scope)
		if d.role != bureauHead || register != "unit" {
			continue
		}
		var head []string
		for _, p := range posts {
			head = append(head, l.owners.holds[p.Code].holders...)
		}
		label := msg.Same(l.name("unit", key))
		if len(head) > 0 {
			label = msg.F("%s（%s）", "%s (%s)", label, l.name("person", head[0]))
		}
		out = append(out, web.Option{Value: key, Label: label})
	}
	slices.SortFunc(out, func(a, b web.Option) int { return cmp.Compare(a.Value, b.Value) })
	return out
}

// placeOf is where a finding belongs.
func (l *look) placeOf(f check.Finding) string {
	if f.Subject.Register == "organ" {
		return f.Subject.String()
	}
	return l.unitOf(f)
}

// byPlace counts the results of a check by where their subjects belong; it is worked out once between changes.
func (l *look) byPlace(id string) map[string]*check.Counts {
	if m, ok := l.placed[id]; ok {
		return m
	}
	m := map[string]*check.Counts{}
	k, _ := l.c.checkAt(id)
	for _, p := range k.Parts {
		src := l.sources[p.Subject]
		for row := range src.Len() {
			key := src.Key(row)
			result, ok := l.engine.Verdict(id, p.Name, key)
			if !ok || result == check.OutOfScope {
				continue
			}
			place := ""
			switch {
			case p.Subject == "organ":
				place = ref.New("organ", key).String()
			case p.Subject == "unit":
				place = key
			case src.def.Unit != "":
				place = src.text(row, src.def.Unit)
			}
			if place == "" { // as unitOf: the unit whose post owes it
				f, _ := l.engine.Finding(id, p.Name, key)
				place = l.bearer(f).unit
			}
			c := m[place]
			if c == nil {
				c = &check.Counts{}
				m[place] = c
			}
			c[result]++
		}
	}
	l.placed[id] = m
	return m
}
