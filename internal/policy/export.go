package policy

import (
	"context"
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"okite/internal/clause"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/when"
)

// Export writes a version as markdown, json or oscal. which is as in Get.
func (s *Service) Export(ctx context.Context, w io.Writer, which, as string) error {
	if as != "markdown" && as != "json" && as != "oscal" {
		return fault.At("as", msg.F("「%s」の形式では書き出せません。oscal、markdown、jsonのいずれかを指定してください。", "It cannot be written as %q; give oscal, markdown or json.", as))
	}
	d, err := s.Get(ctx, which)
	if err != nil {
		return err
	}
	switch as {
	case "markdown":
		_, err = io.WriteString(w, Markdown(d))
	case "json":
		err = indented(w, d)
	default:
		err = indented(w, OSCAL(d, s.c.Store.Now()))
	}
	if err != nil {
		return fmt.Errorf("export %s: %w", d.Document.ID, err)
	}
	return nil
}

func indented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// Markdown writes a text so that an import reads the same clauses from it.
func Markdown(d Imported) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", d.Document.Title)
	for _, c := range d.Clauses {
		id := clause.ID(c.ID)
		mark := markOf(c)
		if implied(c) {
			fmt.Fprintf(&b, "\n%s\n", c.Text) // the first paragraph of an article has no number of its own
			continue
		}
		fmt.Fprintf(&b, "\n%s %s", strings.Repeat("#", min(1+id.Depth(), 6)), mark)
		if c.Title != "" {
			b.WriteString(" " + c.Title)
		}
		switch {
		case c.Text == "":
		case c.Title == "" && id.Path()[0][0] != 0:
			b.WriteString(" " + c.Text)
		default:
			b.WriteString("\n\n" + c.Text)
		}
		b.WriteString("\n")
	}
	return b.String()
}

var (
	reImplied = regexp.MustCompile(`条(?:の[0-9]+)*第1項$`)
	reOwn     = regexp.MustCompile(`(?:第[0-9]+条(?:の[0-9]+)*(?:から|及び)第[0-9]+条(?:の[0-9]+)*(?:まで)?|第[0-9]+[編章節条項号]?(?:の[0-9]+)*|[(（][^()（）]+[)）](?:の[0-9]+)*|[0-9]+[)）]|` +
		`[0-9]+(?:\.[0-9]+)*(?:の[0-9]+)*|[一二三四五六七八九十百]+(?:の[一二三四五六七八九十百]+)*|[①-⑳]|[ア-ンｱ-ﾝ]|[a-zａ-ｚ][.)）]?)$`)
	reLawItem = regexp.MustCompile(`^第([0-9]+)([項号])((?:の[0-9]+)*)$`)
	reDigits  = regexp.MustCompile(`[0-9]+`)
)

// implied says whether a clause is the first paragraph of an article.
func implied(c ClauseJSON) bool { return reImplied.MatchString(c.Number) && c.Title == "" }

// markOf is a clause's own part of its number, as a text writes it: 第3条第2項の2 is written 2の2, 第3条第2号 is 二.
func markOf(c ClauseJSON) string {
	own := reOwn.FindString(c.Number)
	g := reLawItem.FindStringSubmatch(own)
	switch {
	case own == "":
		return c.Number
	case g == nil:
		return own
	case g[2] == "項":
		return g[1] + g[3]
	}
	return reDigits.ReplaceAllStringFunc(g[1]+g[3], japanese)
}

// japanese writes a number below 1000 with Japanese numerals.
func japanese(s string) string {
	n, _ := strconv.Atoi(s)
	var b strings.Builder
	for _, x := range []struct {
		unit int
		sign string
	}{{100, "百"}, {10, "十"}, {1, ""}} {
		d := n / x.unit % 10
		if d > 1 || d == 1 && x.unit == 1 {
			b.WriteString([]string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}[d])
		}
		if d > 0 {
			b.WriteString(x.sign)
		}
	}
	return b.String()
}

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
	Prose string `json:"prose"`
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
	var control func(x ClauseJSON) oscalControl
	below := func(id string) (out []oscalControl) {
		for _, x := range children[id] {
			out = append(out, control(x))
		}
		return out
	}
	control = func(x ClauseJSON) oscalControl {
		o := oscalControl{ID: x.ID, Title: titleOf(x), Props: propsOf(x), Parts: partsOf(x), Controls: below(x.ID)}
		for _, p := range x.Parents {
			o.Links = append(o.Links, oscalLink{Href: "urn:okite:clause:" + p, Rel: "related"})
		}
		return o
	}
	for _, x := range children[""] {
		if len(children[x.ID]) == 0 {
			c.Catalog.Controls = append(c.Catalog.Controls, control(x))
			continue
		}
		c.Catalog.Groups = append(c.Catalog.Groups, oscalGroup{ID: x.ID, Title: titleOf(x), Props: propsOf(x), Parts: partsOf(x), Controls: below(x.ID)})
	}
	return c
}

func titleOf(x ClauseJSON) string {
	if x.Title != "" {
		return x.Title
	}
	return x.Number
}

func propsOf(x ClauseJSON) []oscalProp {
	out := []oscalProp{{Name: "label", Value: x.Number}}
	for _, m := range x.Modal {
		out = append(out, oscalProp{Name: "modal", NS: oscalNS, Value: m})
	}
	return out
}

func partsOf(x ClauseJSON) []oscalPart {
	if x.Text == "" {
		return nil
	}
	return []oscalPart{{ID: x.ID + "_smt", Name: "statement", Prose: x.Text}}
}

// uuidOf is a uuid of version 5 (RFC 9562), which OSCAL asks for: the same text always gives the same.
func uuidOf(s string) string {
	space := [16]byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8} // of URLs
	h := sha1.Sum(append(space[:], oscalNS+"#"+s...))                                                                 // the algorithm the RFC names; nothing is secured by it
	b := h[:16]
	b[6], b[8] = b[6]&0x0f|0x50, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
