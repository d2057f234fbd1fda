package demo

import (
	"slices"
	"strings"

	"okite/internal/when"
)

// addPlain adds an asset that hangs on nothing else and is in order.
func (c *city) addPlain(name, content, class string) *asset {
	u := oneOf(c, c.sections)
	a := c.newAsset("", u, span{})
	if c.day > c.stocktake && a.Registered < c.year {
		a.Confirmed = c.between(c.year, c.stocktake)
	}
	a.Name, a.Form, a.Content, a.Business = strings.TrimSuffix(c.units[u].Name, "課")+name, "file", strings.Fields(content), c.businessAt(u)
	a.Reason = "含まれる情報と、漏えいしたときの影響による"
	a.classify(class)
	if strings.Contains(content, "personal") || strings.Contains(content, "sensitive") {
		c.about(&a, [2]int{40, 800})
	}
	c.control(a.Code, "", a.heavy())
	c.take("asset:" + a.Code)
	c.assetRows = append(c.assetRows, a)
	return &c.assetRows[len(c.assetRows)-1]
}

// spoilAssets plants assets without measures, of a wrong form, and stores nobody knows (bp.1, bp.2, bp.7).
func (c *city) spoilAssets() {
	controlOf := map[string]int{}
	for i, k := range c.controls {
		if k.Asset != "" {
			controlOf[k.Asset] = i
		}
	}
	for n, a := range c.drawPlain(c.some(), func(a *asset) bool { return len(a.heavy()) > 0 }) {
		k := &c.controls[controlOf[a.Code]]
		switch {
		case n%2 == 0:
			k.Status = "planned"
		case len(k.Properties) > 1:
			k.Properties = k.Properties[1:] // confidentiality is kept by nothing
		default:
			c.gone["control:"+k.Code] = true
		}
		c.plant("R004", "asset:"+a.Code)
	}
	for n, a := range c.drawPlain(c.few()+2, nil) {
		if n%2 == 0 {
			a.Form, a.Place = "paper", "執務室の書庫"
		} else {
			a.OutOfScope = "paper"
		}
		c.plant("R008", "asset:"+a.Code)
		if n == 0 { // applied for, not yet approved
			c.except("R008", "asset:"+a.Code, c.day+200, func(x *exception) { x.Approver, x.Approved = "", 0 })
		}
	}
	retired := ""
	for _, a := range c.assetRows {
		if a.Status == "retired" {
			retired = a.Code
		}
	}
	for n, i := range c.draw(c.few()+1, len(c.stores), func(i int) string { return "store:" + c.stores[i].Code }, func(int) bool { return true }) {
		if c.stores[i].Asset = ""; n%2 == 1 {
			c.stores[i].Asset = retired
		}
		c.plant("R045", "store:"+c.stores[i].Code)
	}
	for n, i := range c.draw(c.some(), len(c.devices), func(i int) string { return "device:" + c.devices[i].Code }, func(int) bool { return true }) {
		d := &c.devices[i]
		if n%2 == 0 {
			d.System, d.Network = "", ""
		} else {
			d.System, d.Network = c.share, c.networks[0].Code
		}
		c.plant("R007", "device:"+d.Code)
	}
}

// spoilClasses plants classes that are missing, too low, typed over or left behind (bp.7).
func (c *city) spoilClasses() {
	for n, a := range c.drawPlain(c.some(), nil) {
		switch n % 3 {
		case 0:
			a.Confidentiality, a.Integrity, a.Availability, a.Handling, a.Reason, a.ClassifiedBy, a.Classified = "", "", "", "", "", "", 0
		case 1:
			a.Reason = ""
		case 2:
			a.ClassifiedBy, a.Classified = "", 0
		}
		c.plant("R046", "asset:"+a.Code)
	}
	for range c.few() { // not classified yet, in time
		a := c.addPlain("新規受付データ", "internal", "1-1-1")
		a.Registered, a.Confirmed, a.ConfirmedBy = c.lastInTime(c.limit("N.classify")), 0, ""
		a.Confidentiality, a.Integrity, a.Availability, a.Handling, a.Reason, a.ClassifiedBy, a.Classified = "", "", "", "", "", "", 0
	}
	for n := range c.few() + 1 {
		u := oneOf(c, c.sections)
		editor, approver := c.clerk(u), ""
		if n%2 == 1 {
			approver = editor
		}
		a := c.addPlain("集計表", "internal", "2-1-1")
		c.change(classChange{Asset: a.Code, Property: "c", Old: "3C", New: "2", Down: true, Editor: editor, Approver: approver, At: c.ago(200, 2), Reason: "内容を見直したため"})
		c.plant("R046", "classchange:"+c.classChanges[len(c.classChanges)-1].Code)
	}
	light := func(a *asset) bool { return a.Confidentiality == "2" || a.Confidentiality == "1" }
	low := func(a *asset, n int) {
		a.Content, a.Persons, a.FileList, a.FileListPublic = []string{"sensitive"}, count(60), "", 0
		if n%2 == 1 {
			a.Content = []string{"my_number", "personal"}
		}
	}
	for n, a := range c.drawPlain(c.some()+1, light) {
		if low(a, n); n == 0 { // an exception runs until today
			c.except("R047", "asset:"+a.Code, c.day, nil)
			continue
		}
		c.plant("R047", "asset:"+a.Code)
	}
	for _, a := range c.drawPlain(c.few(), nil) { // nobody said what it holds
		a.Content = nil
		c.plant("R047", "asset:"+a.Code)
	}
	for n, a := range c.drawPlain(c.few()+2, nil) {
		switch {
		case n == 0: // an exception its applicant approved is none
			a.Override, a.Handling = true, "関係者限り"
			c.except("R048", "asset:"+a.Code, c.day+100, func(x *exception) { x.Approver = x.Applicant })
		case n%2 == 0:
			a.Override, a.Handling = true, "取扱注意"
		default:
			a.Handling = c.old + ":2-2-2"
		}
		c.plant("R048", "asset:"+a.Code)
	}
	c.spoilCopies()
	for n, a := range c.drawPlain(c.some(), light) {
		if a.Scheme = c.old; n%3 == 2 {
			a.Scheme = "" // by which scheme it was classified nobody knows
		}
		a.handle()
		c.plant("R058", "asset:"+a.Code)
	}
}

// spoilCopies plants copies below what they were taken from, next to anonymised ones.
func (c *city) spoilCopies() {
	for n, source := range c.drawPlain(c.few()+2, func(a *asset) bool { return a.Confidentiality == "3C" }) {
		key := source.Code // adding may move the row
		a := c.addPlain("抽出データ", "personal", "2-2-1")
		a.Source = key
		if n == 0 { // anonymised with approval
			a.Content, a.Persons, a.FileList, a.FileListPublic = []string{"none"}, nil, "", 0
			a.Anonymised, a.AnonymisedBy = true, c.at(c.unitAt(a.Unit), 0)
			continue
		}
		if n%2 == 0 { // anonymised, as somebody says: nobody approved it
			a.Anonymised = true
		}
		c.plant("R050", "asset:"+a.Code)
	}
}

// spoilLife plants assets nobody confirmed, kept too long or not listed (bp.7).
func (c *city) spoilLife() {
	if c.day > c.stocktake { // until its date no stock-taking is owed
		for _, s := range c.drawSections(c.few()) {
			for _, k := range c.stocktakes {
				if k.Unit == c.units[s].Code && k.FY == int64(c.fy) {
					c.gone["stocktake:"+k.Code] = true
				}
			}
			c.plant("R052", "unit:"+c.units[s].Code)
		}
		for n, a := range c.drawPlain(c.some()+2, func(a *asset) bool { return a.Registered < c.year }) {
			switch n {
			case 0: // confirmed on the first day of the 年度
				a.Confirmed = c.year
				continue
			case 1: // registered on that day: not asked this year
				a.Registered, a.Confirmed, a.Classified = c.year, 0, c.year
				continue
			}
			if a.Confirmed = c.year - when.Date(c.roll(1, 200)); n%4 == 3 {
				a.Confirmed, a.ConfirmedBy = 0, ""
			}
			c.plant("R052", "asset:"+a.Code)
		}
	}
	for n, a := range c.drawPlain(c.some()+4, nil) {
		a.Retention, a.Extended, a.ExtendReason = c.day-when.Date(c.roll(1, 300)), 0, ""
		switch n {
		case 0:
			a.Retention = c.day
			continue
		case 1:
			a.Extended, a.ExtendReason = c.day, "争訟の記録として引き続き用いるため"
			continue
		case 2:
			c.disposals = append(c.disposals, disposal{Code: c.code("DP", 5), Asset: a.Code, Date: c.day - 1, Method: "delete", By: c.clerk(oneOf(c, c.sections)), Witness: c.clerk(oneOf(c, c.sections))})
			a.Retention = c.day - 1
			continue
		case 3: // the exception ended yesterday
			c.except("R054", "asset:"+a.Code, c.day-1, nil)
		}
		if n%3 == 2 {
			a.Extended = c.day + 200 // longer, without a reason
		}
		c.plant("R054", "asset:"+a.Code)
	}
	least := c.limit("N.filelist")
	for n, a := range c.drawPlain(c.some()+2, func(a *asset) bool { return slices.Contains(a.Content, "personal") }) {
		a.FileList, a.FileListPublic = "", 0
		switch {
		case n == 0:
			a.Persons = count(least - 1)
			continue
		case n%4 == 1:
			a.Persons = nil
		case n%2 == 0:
			a.Persons = count(least)
		default:
			a.Persons, a.FileList = count(least+c.roll(0, 20000)), "個人情報ファイル簿"+a.Code[2:]
		}
		c.plant("R055", "asset:"+a.Code)
	}
}
