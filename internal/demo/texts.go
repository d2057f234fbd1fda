package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"okite/internal/when"
)

// texts are the two documents in their versions, the procedures below them and their values (bp.0, bp.4, bp.10).
func (c *city) texts() {
	c.basic, c.standard = c.cfg.BasicVersion, c.cfg.StandardVersion
	if c.basic == "" {
		c.basic = "B2"
	}
	if c.standard == "" {
		c.standard = "S2"
	}
	c.basicFrom, c.standardFrom = when.FYStart(c.fy-1), when.FYStart(c.fy-1)
	basic, standard := c.doc("basic"), c.doc("standard")
	for _, k := range basic.Clauses {
		c.basicIDs = append(c.basicIDs, k.ID)
	}
	for _, k := range standard.Clauses {
		c.standardIDs = append(c.standardIDs, k.ID)
	}
	c.versionsOf(basic, c.basic, "B", "A", "基本方針")
	c.versionsOf(standard, c.standard, "S", "B", "対策基準")
	c.procedureRows()
}

// doc is the text of a layer.
func (c *city) doc(layer string) Doc {
	for _, d := range c.cfg.Docs {
		if d.Layer == layer {
			return d
		}
	}
	return Doc{Layer: layer, Title: layer}
}

// versionsOf writes four versions of a document: two that were replaced, the one in force, and a draft.
func (c *city) versionsOf(d Doc, inForce, letter, route, name string) {
	from := when.FYStart(c.fy - 1)
	number := int64(max(d.Number, 2))
	v := func(key string, number int64, state string, from, until when.Date) version {
		x := version{Code: key, Layer: d.Layer, Number: number, Name: fmt.Sprintf("情報セキュリティ%s 第%d版", name, number), SHA256: d.SHA256, State: state, Route: route, From: from, Until: until}
		if from != 0 {
			x.Committee, x.CISO = from-40, from-30
			if route == "A" {
				x.Published = from - 7
			}
		}
		return x
	}
	first := v(letter+"0", number-2, "replaced", when.FYStart(c.fy-8), when.FYStart(c.fy-4)-1)
	second := v(letter+"1", number-1, "replaced", when.FYStart(c.fy-4), from-1)
	second.CISO = second.From // decided on the very day: still in time
	draft := v(letter+"9", number+1, "draft", 0, 0)
	draft.Name += "（改正案）"
	for _, x := range []*version{&first, &second, &draft} {
		x.SHA256 = hash(x.Code + d.SHA256)
	}
	if number > 2 {
		c.versions = append(c.versions, first)
	}
	current := v(inForce, number, "in_force", from, 0)
	if current.SHA256 == "" {
		current.SHA256 = hash(d.Title)
	}
	c.versions = append(c.versions, second, current, draft)
	for i, k := range d.Clauses {
		if i%9 != 8 { // the version before had fewer places
			c.clause(second.Code, k, shorter(k.Text, i%5 == 2))
		}
		c.clause(inForce, k, k.Text)
		text := k.Text
		if i == len(d.Clauses)-1 && text != "" {
			text += "この取扱いは、毎年度一回確かめるものとする。"
		}
		c.clause(draft.Code, k, text)
	}
}

// shorter is a text without its last sentence, when it has more than one.
func shorter(text string, cut bool) string {
	body := strings.TrimSuffix(text, "。")
	if at := strings.LastIndex(body, "。"); cut && at > 0 {
		return body[:at] + "。"
	}
	return text
}

func hash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// clause writes one place of one version. A place of the standard without a ground of its own shares that of the
// place above it.
func (c *city) clause(version string, k DocClause, text string) {
	row := clauseRow{Code: version + "-" + k.ID, Version: version, ID: k.ID, Order: int64(k.Order), Number: k.Number, Name: k.Name, Text: text, Parents: k.Parents, Modal: k.Modal, Hash: k.Hash}
	if text != k.Text {
		row.Hash = hash(text)
	}
	if strings.HasPrefix(k.ID, "st.") && !slices.ContainsFunc(row.Parents, c.isBasic) {
		row.Parents = append(slices.Clone(row.Parents), c.groundOf(k.ID))
	}
	c.clauses = append(c.clauses, row)
}

func (c *city) isBasic(id string) bool { return slices.Contains(c.basicIDs, id) }

func (c *city) groundOf(id string) string {
	clauses := c.doc("standard").Clauses
	for at := strings.LastIndex(id, "."); at > 2; at = strings.LastIndex(id, ".") {
		id = id[:at]
		i := slices.IndexFunc(clauses, func(k DocClause) bool { return k.ID == id })
		if i < 0 {
			continue
		}
		if j := slices.IndexFunc(clauses[i].Parents, c.isBasic); j >= 0 {
			return clauses[i].Parents[j]
		}
	}
	return c.basicIDs[len(c.basicIDs)-1]
}

// procedureRows are the procedures of each bureau and of some sections, with values at least as strict as the
// standard's.
func (c *city) procedureRows() {
	var numbers []parameter
	for _, p := range c.params {
		if p.Value != nil && (p.Direction == "max" || p.Direction == "min") {
			numbers = append(numbers, p)
		}
	}
	units := slices.Clone(c.bureaus)
	for i, s := range c.working() {
		if i%2 == 0 {
			units = append(units, s)
		}
	}
	for i, u := range units {
		p := procedure{Code: c.code("PR", 4), Name: c.units[u].Name + "情報セキュリティ実施手順", Kind: "procedure", Unit: c.units[u].Code,
			Parents: []string{c.basicIDs[i%len(c.basicIDs)], c.standardIDs[i%len(c.standardIDs)]}, Approved: c.basicFrom - 20, From: c.basicFrom}
		c.procedures = append(c.procedures, p)
		for j := range 2 {
			x := numbers[(i*2+j)%len(numbers)]
			n := int(*x.Value)
			if i%2 == 1 { // every other is stricter; the rest as strict
				if x.Direction == "max" {
					n -= n / 5
				} else {
					n++
				}
			}
			c.requirements = append(c.requirements, requirement{Code: c.code("RQ", 5), Procedure: p.Code, Parameter: x.Code, Value: count(n)})
		}
	}
	for i, name := range []string{"庁内無線利用手順（案）", "旧電子メール利用手順"} { // one not yet, one no longer in force: neither is asked for a ground
		p := procedure{Code: c.code("PR", 4), Name: name, Kind: "procedure", Unit: c.units[c.sections[i]].Code}
		if i == 1 {
			p.From, p.Until = when.FYStart(c.fy-9), c.day-1
		}
		c.procedures = append(c.procedures, p)
	}
}

// receipts are the adoptions of the organs and what each person and contractor has received (bp.0, bp.3).
func (c *city) receipts() {
	for _, o := range c.organRows {
		for _, v := range c.versions {
			if v.Layer != "basic" || v.From == 0 {
				continue
			}
			c.adoptions = append(c.adoptions, adoption{Code: c.code("AD", 4), Organ: o.Code, Version: v.Code, By: "organ", Date: v.From - 10, Paper: fmt.Sprintf("北星決第%d号", len(c.adoptions)+1)})
		}
	}
	for i := range c.people {
		p := &c.people[i]
		if p.Employment == "contractor" || (p.Left != 0 && p.Left < c.basicFrom+30) || p.Joined > c.day {
			continue
		}
		from := max(p.Joined, c.basicFrom)
		c.ack(ack{Version: c.basic, Person: p.Code, Date: c.between(from, min(from+28, c.day))})
	}
	for _, k := range c.contractors {
		from := when.Date(0)
		for _, x := range c.contracts {
			if x.Contractor == k.Code && x.Until >= c.day && (from == 0 || x.From < from) {
				from = x.From
			}
		}
		if from != 0 {
			c.ack(ack{Version: c.basic, Contractor: k.Code, Date: min(max(from, c.basicFrom)+when.Date(c.roll(0, 25)), c.day)})
		}
	}
}

func (c *city) ack(a ack) {
	a.Code = c.code("AK", 6)
	c.acks = append(c.acks, a)
}
