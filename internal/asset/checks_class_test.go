package asset_test

import (
	"testing"

	"okite/internal/asset"
	"okite/internal/check/checktest"
	"okite/internal/when"
)

func TestR045(t *testing.T) {
	store := func(code string) does {
		return func(t *testing.T, c *city) { checktest.Find(t, c.Stores, "ST1").Asset = code }
	}
	checktest.Run(t, "R045", []checktest.Case{
		{Name: "a system has no asset", Spoil: sys("S3", func(s *asset.System) { s.NoData = false }), Want: want{"system:S3": broken}},
		{Name: "a system that is said to hold no data has an asset", Spoil: an("A3", func(a *asset.Asset) { a.System = "S3" }), Want: want{"system:S3": broken}},
		{Name: "its asset is retired", Spoil: both(an("A3", func(a *asset.Asset) { a.System = "S3" }), an("A3", func(a *asset.Asset) { a.Status = "retired" })), Want: want{}},
		{Name: "a planned system has no asset yet", Spoil: sys("S4", func(s *asset.System) { s.NoData = false }), Want: want{}},
		{Name: "a store stands for no asset", Spoil: store(""), Want: want{"store:ST1": broken}, Since: when.On(2026, 11, 1)},
		{Name: "a store stands for an asset that is not registered", Spoil: store("A99"), Want: want{"store:ST1": broken}},
		{Name: "a store stands for a retired asset", Spoil: store("A7"), Want: want{"store:ST1": broken}},
		{Name: "a store stands for an asset planned", Spoil: an("A1", func(a *asset.Asset) { a.Status = "planned" }), Want: want{}},
	})
}

func TestR046(t *testing.T) {
	// blank takes the class off an asset registered on a day.
	blank := func(registered when.Date, change func(*asset.Asset)) does {
		return an("A3", func(a *asset.Asset) { a.Registered = registered; change(a) })
	}
	none := func(a *asset.Asset) { a.Confidentiality, a.Integrity, a.Availability = "", "", "" }
	change := func(f func(*asset.ClassChange)) does {
		return func(t *testing.T, c *city) { f(checktest.Find(t, c.ClassChanges, "CC1")) }
	}
	bad := want{"asset:A3": broken}
	// The fifth open day after Monday 16 November 2026 is Tuesday 24 November: the 23rd is a holiday.
	monday := when.On(2026, 11, 16)
	checktest.Run(t, "R046", []checktest.Case{
		{Name: "nothing was classified for years", Spoil: blank(when.On(2024, 4, 1), none), Want: bad, Since: when.On(2024, 4, 9)},
		{Name: "today is the last open day to classify", Spoil: blank(monday, none), Want: want{"asset:A3": waiting}},
		{Name: "only integrity is missing, and today is the last open day", Spoil: blank(monday, func(a *asset.Asset) { a.Integrity = "" }), Want: want{"asset:A3": waiting}},
		{Name: "only confidentiality is missing, and today is the last open day", Spoil: blank(monday, func(a *asset.Asset) { a.Confidentiality = "" }), Want: want{"asset:A3": waiting}},
		{Name: "only availability is missing, and today is the last open day", Spoil: blank(monday, func(a *asset.Asset) { a.Availability = "" }), Want: want{"asset:A3": waiting}},
		{Name: "the last open day to classify has passed", Spoil: blank(monday-3, none), Want: bad, Since: when.On(2026, 11, 21)},
		{Name: "only confidentiality is missing", Spoil: blank(monday-30, func(a *asset.Asset) { a.Confidentiality = "" }), Want: bad},
		{Name: "only integrity is missing", Spoil: blank(monday-30, func(a *asset.Asset) { a.Integrity = "" }), Want: bad},
		{Name: "only availability is missing", Spoil: blank(monday-30, func(a *asset.Asset) { a.Availability = "" }), Want: bad},
		{Name: "the city allows six open days", Spoil: both(func(t *testing.T, c *city) { c.Params["N.classify"] = 6 }, blank(monday-3, none)), Want: want{"asset:A3": waiting}},
		{Name: "no reason is on record", Spoil: an("A3", func(a *asset.Asset) { a.Reason = "" }), Want: bad},
		{Name: "who classified is not on record", Spoil: an("A3", func(a *asset.Asset) { a.ClassifiedBy = "" }), Want: bad},
		{Name: "when it was classified is not on record", Spoil: an("A3", func(a *asset.Asset) { a.Classified = 0 }), Want: bad},
		{Name: "a new asset classified without a reason is wrong at once", Spoil: blank(monday, func(a *asset.Asset) { a.Reason = "" }), Want: bad},
		{Name: "paper out of scope needs no class", Spoil: an("A4", none), Want: want{}},
		{Name: "a downgrade was approved by nobody", Spoil: change(func(c *asset.ClassChange) { c.Approver = "" }), Want: want{"classchange:CC1": broken}, Since: when.On(2026, 6, 1)},
		{Name: "a downgrade was approved by its editor", Spoil: change(func(c *asset.ClassChange) { c.Approver = c.Editor }), Want: want{"classchange:CC1": broken}},
		{Name: "an upgrade was approved by its editor", Spoil: change(func(c *asset.ClassChange) { c.Down, c.Approver = false, c.Editor }), Want: want{}},
	})
}

func TestR047(t *testing.T) {
	holds := func(class string, content ...string) does {
		return an("A3", func(a *asset.Asset) { a.Confidentiality, a.Content = class, content })
	}
	bad := want{"asset:A3": broken}
	checktest.Run(t, "R047", []checktest.Case{
		{Name: "individual numbers at 3C", Spoil: holds("3C", "my_number"), Want: bad},
		{Name: "resident data at 2", Spoil: holds("2", "resident"), Want: bad},
		{Name: "tax data at 3C", Spoil: holds("3C", "tax"), Want: bad},
		{Name: "the family register at 1", Spoil: holds("1", "family_register"), Want: bad},
		{Name: "individual numbers at 3B, the floor itself", Spoil: holds("3B", "my_number"), Want: want{}},
		{Name: "individual numbers at 3A, above the floor", Spoil: holds("3A", "my_number"), Want: want{}},
		{Name: "sensitive data at 2", Spoil: holds("2", "sensitive"), Want: bad},
		{Name: "sensitive data at 3C, the floor itself", Spoil: holds("3C", "sensitive"), Want: want{}},
		{Name: "personal data at 1", Spoil: holds("1", "personal"), Want: bad},
		{Name: "personal data at 2, the floor itself", Spoil: holds("2", "personal"), Want: want{}},
		{Name: "the heaviest of several contents counts", Spoil: holds("3C", "personal", "sensitive", "tax"), Want: bad},
		{Name: "public data at 1", Spoil: holds("1", "public"), Want: want{}},
		{Name: "the contents are not stated", Spoil: holds("2"), Want: want{"asset:A3": unknown}},
		{Name: "nothing applies, and that is stated", Spoil: holds("2", "none"), Want: want{}},
		{Name: "an asset not yet classified is asked elsewhere", Spoil: holds("", "my_number"), Want: want{"asset:A3": outside}},
	})
}

func TestR048(t *testing.T) {
	bad := want{"asset:A3": broken}
	checktest.Run(t, "R048", []checktest.Case{
		{Name: "the handling was typed over by hand", Spoil: an("A3", func(a *asset.Asset) { a.Override = true }), Want: bad},
		{Name: "the class changed and the handling did not", Spoil: an("A3", func(a *asset.Asset) { a.Confidentiality = "3C" }), Want: bad},
		{Name: "the handling is that of the scheme before", Spoil: an("A3", func(a *asset.Asset) { a.Handling = "three:2-1-1" }), Want: bad},
		{Name: "there is no handling", Spoil: an("A3", func(a *asset.Asset) { a.Handling = "" }), Want: bad},
		{Name: "class and handling changed together", Spoil: an("A3", func(a *asset.Asset) { a.Confidentiality, a.Handling = "3C", "five:3C-1-1" }), Want: want{}},
		{Name: "an asset not yet classified is asked elsewhere", Spoil: an("A3", func(a *asset.Asset) { a.Availability, a.Override = "", true }), Want: want{"asset:A3": outside}},
	})
}

func TestR050(t *testing.T) {
	bad := want{"asset:A2": broken}
	lower := an("A2", func(a *asset.Asset) { a.Confidentiality = "2" })
	checktest.Run(t, "R050", []checktest.Case{
		{Name: "a copy has a lower confidentiality", Spoil: lower, Want: bad},
		{Name: "a copy has a lower integrity", Spoil: an("A2", func(a *asset.Asset) { a.Integrity = "1" }), Want: bad},
		{Name: "a copy has a lower availability", Spoil: an("A2", func(a *asset.Asset) { a.Availability = "1" }), Want: bad},
		{Name: "3C is below 3B", Spoil: an("A2", func(a *asset.Asset) { a.Confidentiality = "3C" }), Want: bad},
		{Name: "a copy has a higher confidentiality", Spoil: an("A2", func(a *asset.Asset) { a.Confidentiality = "3A" }), Want: want{}},
		{Name: "the source became heavier", Spoil: an("A1", func(a *asset.Asset) { a.Confidentiality = "3A" }), Want: bad},
		{Name: "the copy was anonymised with approval", Spoil: both(lower, an("A2", func(a *asset.Asset) { a.Anonymised, a.AnonymisedBy = true, "P1" })), Want: want{}},
		{Name: "the copy was anonymised without approval", Spoil: both(lower, an("A2", func(a *asset.Asset) { a.Anonymised = true })), Want: bad},
		{Name: "an approval without anonymisation", Spoil: both(lower, an("A2", func(a *asset.Asset) { a.AnonymisedBy = "P1" })), Want: bad},
		{Name: "the copy is not yet classified", Spoil: an("A2", func(a *asset.Asset) { a.Confidentiality = "" }), Want: want{}},
		{Name: "the source is not registered", Spoil: an("A2", func(a *asset.Asset) { a.Source = "A99" }), Want: want{"asset:A2": unknown}},
		{Name: "the asset is no copy", Spoil: an("A2", func(a *asset.Asset) { a.Source, a.Confidentiality = "", "1" }), Want: want{"asset:A2": outside}},
	})
}

func TestR051(t *testing.T) {
	bad := want{"system:S1": broken}
	// lighter takes both assets of the system down in a property.
	lighter := func(change func(*asset.Asset)) does { return both(an("A1", change), an("A2", change)) }
	checktest.Run(t, "R051", []checktest.Case{
		{Name: "the system weighs less than its assets", Spoil: sys("S1", func(s *asset.System) { s.Confidentiality = "2" }), Want: bad},
		{Name: "the system weighs more than its assets", Spoil: sys("S1", func(s *asset.System) { s.Confidentiality = "3A" }), Want: bad},
		{Name: "the system has no class for integrity", Spoil: sys("S1", func(s *asset.System) { s.Integrity = "" }), Want: bad},
		{Name: "an asset became heavier", Spoil: an("A2", func(a *asset.Asset) { a.Confidentiality = "3A" }), Want: bad},
		{Name: "one of two assets became lighter", Spoil: an("A2", func(a *asset.Asset) { a.Confidentiality = "2" }), Want: want{}},
		{Name: "both assets became lighter", Spoil: lighter(func(a *asset.Asset) { a.Availability = "1" }), Want: bad},
		{Name: "the heavier asset is retired", Spoil: both(an("A2", func(a *asset.Asset) { a.Confidentiality = "3A" }), an("A2", func(a *asset.Asset) { a.Status = "retired" })), Want: want{}},
		{Name: "the heavier asset is not fully classified", Spoil: an("A2", func(a *asset.Asset) { a.Confidentiality, a.Integrity = "3A", "" }), Want: want{}},
		{Name: "no asset is classified", Spoil: lighter(func(a *asset.Asset) { a.Integrity = "" }), Want: want{"system:S1": outside}},
		{Name: "a system without assets weighs nothing", Spoil: sys("S3", func(s *asset.System) { s.Confidentiality = "3A" }), Want: want{}},
	})
}

func TestR058(t *testing.T) {
	old := an("A3", func(a *asset.Asset) { a.Scheme = "three" })
	since := func(d when.Date) does {
		return func(t *testing.T, c *city) { checktest.Find(t, c.Schemes, "five").Since = d }
	}
	checktest.Run(t, "R058", []checktest.Case{
		{Name: "an asset is left on the scheme before", Spoil: old, Want: want{"asset:A3": broken}, Since: when.On(2025, 9, 29)},
		{Name: "the new scheme began 180 days ago", Spoil: both(old, since(day-180)), Want: want{"asset:A3": waiting}},
		{Name: "the new scheme began 181 days ago", Spoil: both(old, since(day-181)), Want: want{"asset:A3": broken}, Since: day},
		{Name: "the new scheme begins tomorrow", Spoil: both(an("A3", func(a *asset.Asset) { a.Scheme = "three" }), both(since(day+1), func(t *testing.T, c *city) {
			for i := range c.Assets {
				c.Assets[i].Scheme = "three"
			}
		})), Want: want{}},
		{Name: "by which scheme an asset was classified is not on record", Spoil: an("A3", func(a *asset.Asset) { a.Scheme = "" }), Want: want{"asset:A3": unknown}},
		{Name: "an asset not yet classified is asked elsewhere", Spoil: both(old, an("A3", func(a *asset.Asset) { a.Integrity = "" })), Want: want{"asset:A3": outside}},
		{Name: "of two schemes of one day the later code binds", Spoil: func(t *testing.T, c *city) {
			c.Schemes = append([]asset.Scheme{{Code: "six", Name: "6段階の基準", Since: when.On(2025, 4, 1)}}, c.Schemes...)
		}, Want: want{"asset:A1": broken, "asset:A2": broken, "asset:A3": broken, "asset:A6": broken}},
		{Name: "no scheme is registered", Spoil: func(t *testing.T, c *city) { c.Schemes = nil },
			Want: want{"asset:A1": unknown, "asset:A2": unknown, "asset:A3": unknown, "asset:A6": unknown}},
	})
}
