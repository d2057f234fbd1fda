package asset_test

import (
	"testing"

	"okite/internal/asset"
	"okite/internal/check/checktest"
	"okite/internal/when"
)

func TestR052(t *testing.T) {
	on := func(d when.Date) does { return func(t *testing.T, c *city) { c.Day = d } }
	late := an("A3", func(a *asset.Asset) { a.Confirmed = when.On(2026, 3, 31) })
	untaken := func(t *testing.T, c *city) { c.Stocktakes = checktest.Drop(t, c.Stocktakes, "SK1") }
	start, due := when.On(2026, 4, 1), when.On(2026, 7, 31)
	checktest.Run(t, "R052", []checktest.Case{
		{Name: "an asset was last confirmed the year before", Spoil: late, Want: want{"asset:A3": broken}, Since: due + 1},
		{Name: "an asset was never confirmed", Spoil: an("A3", func(a *asset.Asset) { a.Confirmed = 0 }), Want: want{"asset:A3": broken}},
		{Name: "an asset was confirmed on the first day of the year", Spoil: an("A3", func(a *asset.Asset) { a.Confirmed = start }), Want: want{}},
		{Name: "an asset was registered this year", Spoil: both(late, an("A3", func(a *asset.Asset) { a.Registered = start })), Want: want{"asset:A3": outside}},
		{Name: "an asset was registered on the last day of the year before", Spoil: both(late, an("A3", func(a *asset.Asset) { a.Registered = start - 1 })), Want: want{"asset:A3": broken}},
		{Name: "the last day of the stock-taking", Spoil: both(on(due), both(late, untaken)), Want: want{"asset:A3": waiting, "unit:U2": waiting}},
		{Name: "the day after the stock-taking", Spoil: both(on(due+1), both(late, untaken)), Want: want{"asset:A3": broken, "unit:U2": broken}},
		{Name: "a unit has not taken stock", Spoil: untaken, Want: want{"unit:U2": broken}, Since: due + 1},
		{Name: "a unit took stock the year before", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Stocktakes, "SK1").FY = 2025 }, Want: want{"unit:U2": broken}},
		{Name: "a unit whose assets are all of this year need not", Spoil: both(untaken, func(t *testing.T, c *city) {
			for i := range c.Assets {
				c.Assets[i].Registered = max(c.Assets[i].Registered, start)
			}
		}), Want: want{"unit:U2": outside, "unit:U3": outside, "asset:A1": outside, "asset:A2": outside, "asset:A3": outside, "asset:A6": outside}},
		{Name: "a unit with assets out of scope only need not", Spoil: both(untaken, func(t *testing.T, c *city) {
			checktest.Find(t, c.Assets, "A3").Status = "retired"
			checktest.Find(t, c.Assets, "A6").Status = "retired"
		}), Want: want{"unit:U2": outside, "asset:A3": outside, "asset:A6": outside}},
		{Name: "the city takes stock in February", Spoil: both(untaken, func(t *testing.T, c *city) { c.Texts["N.stocktake"] = "02-28" }), Want: want{"unit:U2": waiting}},
		{Name: "a unit of today with assets of earlier years", Spoil: both(untaken, func(t *testing.T, c *city) { checktest.Find(t, c.Units, "U2").Open = day }), Want: want{"unit:U2": broken}},
		{Name: "a unit that closes today", Spoil: both(untaken, func(t *testing.T, c *city) { checktest.Find(t, c.Units, "U2").Close = day }), Want: want{"unit:U2": broken}},
		{Name: "a closed unit does not take stock", Spoil: both(untaken, func(t *testing.T, c *city) { checktest.Find(t, c.Units, "U2").Close = day - 1 }), Want: want{"unit:U2": outside}},
	})
}

func TestR054(t *testing.T) {
	bad := want{"asset:A6": broken}
	undisposed := func(t *testing.T, c *city) { c.Disposals = nil }
	keep := func(retention, extended when.Date, reason string) does {
		return both(undisposed, an("A6", func(a *asset.Asset) { a.Retention, a.Extended, a.ExtendReason = retention, extended, reason }))
	}
	checktest.Run(t, "R054", []checktest.Case{
		{Name: "nothing was disposed of", Spoil: undisposed, Want: bad, Since: when.On(2026, 4, 1)},
		{Name: "the retention ended yesterday", Spoil: keep(day-1, 0, ""), Want: bad, Since: day},
		{Name: "the retention ends today", Spoil: keep(day, 0, ""), Want: want{"asset:A6": waiting}},
		{Name: "it was extended with a reason", Spoil: keep(day-30, day+30, "訴訟が続いているため"), Want: want{"asset:A6": waiting}},
		{Name: "it was extended until today with a reason", Spoil: keep(day-30, day, "訴訟が続いているため"), Want: want{"asset:A6": waiting}},
		{Name: "its extension ended yesterday", Spoil: keep(day-30, day-1, "訴訟が続いているため"), Want: bad},
		{Name: "it was extended without a reason", Spoil: keep(day-30, day+30, ""), Want: bad},
		{Name: "it was extended without a reason before its end", Spoil: keep(day+10, day+30, ""), Want: bad},
		{Name: "it was extended without a reason and then disposed of", Spoil: an("A6", func(a *asset.Asset) { a.Extended = day - 30 }), Want: bad},
		{Name: "something is kept for ever", Spoil: keep(0, 0, ""), Want: want{"asset:A6": outside}},
		{Name: "another asset was disposed of", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Disposals, "DP1").Asset = "A3" }, Want: bad},
	})
}

func TestR055(t *testing.T) {
	bad := want{"asset:A1": broken}
	checktest.Run(t, "R055", []checktest.Case{
		{Name: "it has no file number", Spoil: an("A1", func(a *asset.Asset) { a.FileList = "" }), Want: bad},
		{Name: "it is not published", Spoil: an("A1", func(a *asset.Asset) { a.FileListPublic = 0 }), Want: bad},
		{Name: "999 persons need no file", Spoil: an("A1", func(a *asset.Asset) { a.FileList, a.Persons = "", checktest.Count(999) }), Want: want{}},
		{Name: "1,000 persons need a file", Spoil: an("A1", func(a *asset.Asset) { a.FileList, a.Persons = "", checktest.Count(1000) }), Want: bad},
		{Name: "the city asks from 999 persons", Spoil: func(t *testing.T, c *city) { c.Params["N.filelist"] = 999 }, Want: want{"asset:A2": broken}},
		{Name: "the number of persons is not stated", Spoil: an("A1", func(a *asset.Asset) { a.Persons = nil }), Want: want{"asset:A1": unknown}},
		{Name: "nobody's data, and that is stated", Spoil: an("A1", func(a *asset.Asset) { a.FileList, a.Persons = "", checktest.Count(0) }), Want: want{}},
		{Name: "without personal data there is no file", Spoil: an("A1", func(a *asset.Asset) { a.FileList, a.Content = "", []string{"internal"} }), Want: want{"asset:A1": outside}},
	})
	for _, code := range []string{"personal", "sensitive", "resident", "my_number", "tax", "family_register"} {
		checktest.Run(t, "R055", []checktest.Case{{Name: code + " alone is personal data",
			Spoil: an("A1", func(a *asset.Asset) { a.FileList, a.Content = "", []string{code} }), Want: bad}})
	}
}

func TestR056(t *testing.T) {
	live := when.On(2020, 4, 1)
	bad := want{"system:S1": broken}
	checktest.Run(t, "R056", []checktest.Case{
		{Name: "there is no assessment", Spoil: sys("S1", func(s *asset.System) { s.PIA = "" }), Want: bad, Since: live},
		{Name: "the assessment is not published", Spoil: sys("S1", func(s *asset.System) { s.PIAPublished = 0 }), Want: bad},
		{Name: "it was published a day after the system went live", Spoil: sys("S1", func(s *asset.System) { s.PIAPublished = live + 1 }), Want: bad},
		{Name: "the system is not live yet", Spoil: sys("S1", func(s *asset.System) { s.GoLive, s.PIAPublished = 0, day }), Want: want{}},
		{Name: "the re-assessment was due yesterday", Spoil: sys("S1", func(s *asset.System) { s.PIADue = day - 1 }), Want: bad, Since: day},
		{Name: "the re-assessment is due today", Spoil: sys("S1", func(s *asset.System) { s.PIADue = day }), Want: want{}},
		{Name: "no re-assessment is set", Spoil: sys("S1", func(s *asset.System) { s.PIADue = 0 }), Want: want{}},
		{Name: "the system holds no individual numbers", Spoil: both(sys("S1", func(s *asset.System) { s.PIA = "" }), an("A1", func(a *asset.Asset) { a.Content = []string{"resident"} })), Want: want{"system:S1": outside}},
		{Name: "its asset with individual numbers is retired", Spoil: both(sys("S1", func(s *asset.System) { s.PIA = "" }), an("A1", func(a *asset.Asset) { a.Status = "retired" })), Want: want{"system:S1": outside}},
		{Name: "individual numbers come into a system without an assessment", Spoil: both(an("A3", func(a *asset.Asset) { a.System = "S3" }), an("A3", func(a *asset.Asset) { a.Content = []string{"my_number"} })),
			Want: want{"system:S3": broken}},
	})
}
