package policy

import (
	"cmp"
	"crypto/sha1"
	"fmt"
	"time"

	"okite/internal/when"
)

// catalog is the part of an OSCAL catalog (1.1) that a policy fills: https://pages.nist.gov/OSCAL.
type catalog struct {
	Catalog struct {
		UUID     string `json:"uuid"`
		Metadata struct {
			Title        string      `json:"title"`
			LastModified string      `json:"last-modified"`
			Version      string      `json:"version"`
			OSCAL        string      `json:"oscal-version"`
			Props        []oscalProp `json:"props,omitempty"`
		} `json:"metadata"`
		Groups   []oscalGroup   `json:"groups,omitempty"`
		Controls []oscalControl `json:"controls,omitempty"`
	} `json:"catalog"`
}

type oscalProp struct {
	Name  string `json:"name"`
	NS    string `json:"ns,omitempty"`
	Value string `json:"value"`
}

type oscalPart struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Prose string `json:"prose,omitempty"`
}

type oscalLink struct {
	Href string `json:"href"`
	Rel  string `json:"rel"`
}

type oscalControl struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	Props    []oscalProp    `json:"props,omitempty"`
	Links    []oscalLink    `json:"links,omitempty"`
	Parts    []oscalPart    `json:"parts,omitempty"`
	Controls []oscalControl `json:"controls,omitempty"`
}

type oscalGroup struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	Props    []oscalProp    `json:"props,omitempty"`
	Links    []oscalLink    `json:"links,omitempty"`
	Parts    []oscalPart    `json:"parts,omitempty"`
	Controls []oscalControl `json:"controls,omitempty"`
}

const oscalNS = "https://okite.example/ns/oscal"

// OSCAL gives a version as a catalog: a group for each clause at the top, a control for each below, its words as the
// statement. The same version always has the same uuid.
func OSCAL(d Imported, at time.Time) any {
	var c catalog
	c.Catalog.UUID = uuidOf(d.Document.ID + " " + d.Document.SHA256)
	m := &c.Catalog.Metadata
	m.Title, m.Version, m.OSCAL, m.LastModified = d.Document.Title, d.Document.Version, "1.1.3", at.In(when.Japan).Format(time.RFC3339)
	m.Props = []oscalProp{{Name: "layer", NS: oscalNS, Value: d.Document.Layer}}
	if d.Document.SHA256 != "" {
		m.Props = append(m.Props, oscalProp{Name: "sha256", NS: oscalNS, Value: d.Document.SHA256})
	}
	children := map[string][]ClauseJSON{}
	for _, x := range d.Clauses {
		children[x.Parent] = append(children[x.Parent], x)
	}
	place := map[string]int{}
	for i, x := range d.Clauses {
		place[x.ID] = i + 1
	}
	var control func(x ClauseJSON) oscalControl
	below := func(id string) (out []oscalControl) {
		for _, x := range children[id] {
			out = append(out, control(x))
		}
		return out
	}
	control = func(x ClauseJSON) oscalControl {
		return oscalControl{ID: x.ID, Title: titleOf(x), Props: propsOf(x, place[x.ID]), Links: linksOf(x), Parts: partsOf(x, "statement"), Controls: below(x.ID)}
	}
	for _, x := range children[""] {
		if len(children[x.ID]) == 0 {
			c.Catalog.Controls = append(c.Catalog.Controls, control(x))
			continue
		}
		c.Catalog.Groups = append(c.Catalog.Groups, oscalGroup{ID: x.ID, Title: titleOf(x), Props: propsOf(x, place[x.ID]), Links: linksOf(x), Parts: partsOf(x, "overview"), Controls: below(x.ID)})
	}
	return c
}

func titleOf(x ClauseJSON) string {
	if x.Title != "" {
		return x.Title
	}
	return x.Number
}

// propsOf says where a clause stands: groups and controls are two lists in OSCAL, so each names its place in the text.
func propsOf(x ClauseJSON, place int) []oscalProp {
	out := []oscalProp{{Name: "label", Value: x.Number}, {Name: "sort-id", Value: fmt.Sprintf("%04d", place)}}
	if x.Title == "削除" && x.Text == "" {
		out = append(out, oscalProp{Name: "status", Value: "withdrawn"})
	}
	for _, m := range x.Modal {
		out = append(out, oscalProp{Name: "modal", NS: oscalNS, Value: m})
	}
	return out
}

func linksOf(x ClauseJSON) (out []oscalLink) {
	for _, p := range x.Parents {
		out = append(out, oscalLink{Href: "urn:okite:clause:" + p, Rel: "related"})
	}
	return out
}

// partsOf are the words of a clause. A control must have a statement; that of one with a heading alone is its heading.
func partsOf(x ClauseJSON, name string) []oscalPart {
	if x.Text == "" && name != "statement" {
		return nil
	}
	return []oscalPart{{ID: x.ID + "_smt", Name: name, Prose: cmp.Or(x.Text, x.Title)}}
}

// uuidOf is a uuid of version 5 (RFC 9562), which OSCAL asks for: the same text always gives the same.
func uuidOf(s string) string {
	space := [16]byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8} // of URLs
	h := sha1.Sum(append(space[:], oscalNS+"#"+s...))                                                                 // the algorithm the RFC names; nothing is secured by it
	b := h[:16]
	b[6], b[8] = b[6]&0x0f|0x50, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
