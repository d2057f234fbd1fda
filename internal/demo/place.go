package demo

import (
	"fmt"
	"slices"
	"strings"

	"okite/internal/pack"
	"okite/internal/when"
)

// limits are the numbers of the standard that the city keeps to, by the codes of the pack.
var limits = []string{"N.ack", "N.handover", "N.reorg", "N.contacttest", "N.triage", "N.classify", "N.inventory", "N.filelist", "N.auditcool"}

// parameters are the numbers of the standard as the pack gives them. Without one of them nothing can be in time.
func (c *city) parameters(list []pack.Parameter) error {
	has := map[string]bool{}
	for _, p := range list {
		has[p.Code] = p.Value != nil
		if p.Code == "N.stocktake" {
			day, err := when.Parse(fmt.Sprintf("%d-%s", c.fy, p.Text))
			if err != nil {
				return fmt.Errorf("read parameter %s: %w", p.Code, err)
			}
			if c.stocktake = day; day < c.year {
				c.stocktake = day.AddMonths(12)
			}
		}
		c.params = append(c.params, parameter{Code: p.Code, Name: p.Name.JA, Value: p.Value, Text: p.Text, Measure: p.Unit.JA, Direction: p.Direction})
	}
	for _, code := range limits {
		if !has[code] {
			return fmt.Errorf("read parameter %s: no value", code)
		}
	}
	if c.stocktake == 0 {
		return fmt.Errorf("read parameter N.stocktake: no value")
	}
	return nil
}

// organs are the organs and the tree of units as the personnel system has it too (bp.3).
func (c *city) organs() {
	founded := when.On(1989, 4, 1)
	organOf := map[string]string{}
	for _, o := range organNames {
		key := c.code("O", 2)
		organOf[o.kind] = key
		c.organRows = append(c.organRows, organ{Code: key, Name: o.name, Kind: o.kind, Open: founded})
	}
	total := 0
	for _, o := range offices {
		total += weightOf(o)
	}
	sections := max(c.cfg.People/55-len(secretariats), 2*len(offices))
	given, seen := 0, 0
	for _, o := range offices {
		seen += weightOf(o)
		n := max(2, sections*seen/total-given)
		given += n
		c.bureau(o, organOf[o.organ], n)
	}
	for _, o := range secretariats {
		c.small = append(c.small, c.unit(unit{Name: o.name, Kana: o.kana, Kind: "section", Organ: organOf[o.organ], Open: founded}))
	}
	c.closedUnits()
	for _, u := range c.units {
		if u.Close == 0 {
			c.hrUnits = append(c.hrUnits, hrUnit{Code: u.HRCode, Name: u.Name, Collected: c.day - 3})
		}
	}
}

// weightOf says how large a bureau is beside the others.
func weightOf(o office) int {
	switch o.name {
	case "保健福祉局", "教育委員会事務局", "中央区役所", "港区役所", "山手区役所":
		return 4
	case "会計室", "議会事務局", "危機管理局":
		return 1
	}
	return 2
}

func (c *city) unit(u unit) int {
	u.Open = min(u.Open, when.FYStart(c.fy-5))
	u.Code = c.code("U", 4)
	u.HRCode = "H" + u.Code[2:]
	c.units = append(c.units, u)
	return len(c.units) - 1
}

// bureau makes a bureau with n sections. One of more than a dozen has departments, one a theme.
func (c *city) bureau(o office, organ string, n int) {
	b := c.unit(unit{Name: o.name, Kana: o.kana, Kind: "bureau", Organ: organ, Open: when.On(2005, 4, 1)})
	key := c.units[b].Code
	c.bureaus = append(c.bureaus, b)
	themes := strings.Fields(o.themes)
	for i, t := range themes {
		if w, ok := strings.CutPrefix(t, "区"); ok {
			themes[i] = strings.TrimSuffix(o.name, "役所") + w
		}
	}
	parents := make([]string, len(themes))
	for i := range themes {
		parents[i] = key
		if n > 12 {
			parents[i] = c.units[c.unit(unit{Name: themes[i] + "部", Kind: "department", Organ: organ, Parent: key, Open: when.On(2005, 4, 1)})].Code
		}
	}
	for j := range n {
		t := j % len(themes)
		name := themes[t] + suffixes[j/len(themes)%len(suffixes)]
		if again := j / len(themes) / len(suffixes); again > 0 {
			name = fmt.Sprintf("%s第%d%s", themes[t], again+1, strings.TrimPrefix(name, themes[t]))
		}
		s := c.unit(unit{Name: name, Kind: "section", Organ: organ, Parent: parents[t], Open: when.On(2005+c.roll(0, 3)*5, 4, 1)})
		c.sections = append(c.sections, s)
		c.business[c.units[s].Code] = businessOf(o.name)
		c.sectionsOf[o.name] = append(c.sectionsOf[o.name], s)
	}
}

// businessOf is what most of a bureau's work is about, in the words of the pack.
func businessOf(bureau string) string {
	for _, b := range []struct{ code, names string }{
		{"disaster", "危機管理局"}, {"personnel", "総務局"}, {"groupware", "デジタル戦略局"}, {"finance", "財政局 会計室"}, {"welfare", "保健福祉局 子ども未来局"},
		{"facility", "まちづくり政策局 建設局 都市局 環境局"}, {"water", "水道局"}, {"fire", "消防局"}, {"library", "教育委員会事務局"}, {"assembly", "議会事務局"},
	} {
		if slices.Contains(strings.Fields(b.names), bureau) {
			return b.code
		}
	}
	return "other"
}

// closedUnits are sections that a reorganisation has ended: the first only just, the others so long ago that nothing
// may be left with them.
func (c *city) closedUnits() {
	names := []string{"市民活動推進課", "広域連携課", "情報化推進課", "施設整備課", "国際交流課", "交通安全課", "消費流通課", "緑化推進課", "体育課", "営繕課"}
	for i := range 4 + c.cfg.People/8000 {
		parent := c.units[oneOf(c, c.bureaus[:12])]
		last := c.late(c.limit("N.reorg"))
		if i == 0 {
			last = c.lastInTime(c.limit("N.reorg"))
		}
		if i == 1 {
			last = when.FYEnd(c.fy - 3)
		}
		u := c.unit(unit{Name: "旧" + names[i%len(names)], Kind: "section", Organ: parent.Organ, Parent: parent.Code, Open: when.On(2005, 4, 1), Close: last})
		c.closed = append(c.closed, u)
	}
}

// sectionFor is the section of a bureau that a theme belongs to; in a small city the last one does everything.
func (c *city) sectionFor(bureau, theme string) int {
	for _, s := range c.small {
		if c.units[s].Name == bureau {
			return s
		}
	}
	list := c.sectionsOf[bureau]
	for _, s := range list[1:] {
		if strings.HasPrefix(c.units[s].Name, theme) {
			return s
		}
	}
	return list[len(list)-1]
}

// open sections and secretariats, each with a manager and people.
func (c *city) working() []int {
	return append(append([]int{}, c.sections...), c.small...)
}
