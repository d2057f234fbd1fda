package checktest

import (
	"okite/internal/asset"
	"okite/internal/when"
)

func (c *City) systems() {
	d := when.On
	c.Systems = []asset.System{
		{Code: "S1", Name: "住民記録システム", Unit: "U3", Handles: []string{"my_number_tax", "resident_register"}, Zone: "mynumber",
			Juki: "yes", JukiBy: "P5", JukiOn: d(2024, 4, 1), JukiParts: []string{"cs", "terminal", "firewall", "line"},
			Confidentiality: "3B", Integrity: "2", Availability: "2", RTO: Count(24), Backup: "毎日", BCP: "第3章",
			PIA: "第1号", PIAPublished: d(2020, 4, 1), PIADue: Day, Inventory: Day - 365, Status: "active", GoLive: d(2020, 4, 1)},
		{Code: "S2", Name: "校務支援システム", Unit: "U2", Handles: []string{"school"}, Zone: "school", OutOfScope: "school", ScopeBy: "P5", ScopeOn: d(2024, 4, 1), Status: "active"},
		{Code: "S3", Name: "公開サイト", Unit: "U2", Handles: []string{"portal"}, Zone: "internet", Juki: "no", JukiBy: "P5", JukiOn: d(2024, 4, 1),
			NoData: true, Inventory: d(2026, 10, 1), Status: "active"},
		{Code: "S4", Name: "新税システム", Unit: "U3", Handles: []string{"my_number_tax"}, Zone: "mynumber", Juki: "no", JukiBy: "P5", JukiOn: d(2026, 4, 1), Status: "planned"},
	}
	c.Networks = []asset.Network{{Code: "N1", Name: "庁内幹線", Zone: "lgwan", Unit: "U2"}}
	c.Devices = []asset.Device{
		{Code: "DV1", Name: "窓口端末", System: "S1", Seen: d(2026, 11, 1)},
		{Code: "DV2", Name: "幹線交換機", Network: "N1", Seen: d(2026, 11, 1)},
	}
	c.Flows = []asset.Flow{
		{Code: "F1", System: "S2", Zone: "lgwan", Registered: d(2026, 4, 1), Observed: d(2026, 11, 1)},
		{Code: "F2", System: "S2", Zone: "school", Observed: d(2026, 11, 1)},
		{Code: "F3", System: "S3", Zone: "lgwan", Observed: d(2026, 11, 1)},
	}
	c.Stores = []asset.Store{{Code: "ST1", Name: "住民記録データベース", System: "S1", Asset: "A1", Seen: d(2026, 11, 1)}}
	c.Controls = []asset.Control{
		{Code: "CN1", Name: "領域の分離", System: "S1", Properties: []string{"c", "i"}, Status: "implemented", Since: d(2024, 4, 1)},
		{Code: "CN2", Name: "二重化", System: "S1", Properties: []string{"a"}, Status: "implemented", Since: d(2024, 4, 1)},
		{Code: "CN3", Name: "閲覧の制限", Asset: "A3", Properties: []string{"c"}, Status: "implemented", Since: d(2024, 4, 1)},
		{Code: "CN4", Name: "複写の禁止", Asset: "A6", Properties: []string{"c"}, Status: "implemented", Since: d(2024, 4, 1)},
	}
	c.Schemes = []asset.Scheme{{Code: "three", Name: "3段階の基準", Since: d(2021, 4, 1)}, {Code: "five", Name: "5段階の基準", Since: d(2025, 4, 1)}}
}

func (c *City) assets() {
	d := when.On
	make := func(code, name, unit, form, class string) asset.Asset {
		a := asset.Asset{Code: code, Name: name, Unit: unit, Form: form, Status: "active", Registered: d(2024, 4, 1), Confirmed: d(2026, 4, 1), ConfirmedBy: "P3",
			Confidentiality: class, Integrity: "1", Availability: "1", Reason: "漏えいの影響による", Classified: d(2025, 4, 1), ClassifiedBy: "P3", Scheme: "five"}
		Handle(&a)
		return a
	}
	heavy := func(a asset.Asset) asset.Asset {
		a.System, a.Integrity, a.Availability = "S1", "2", "2"
		Handle(&a)
		return a
	}
	a1 := heavy(make("A1", "住民記録", "U3", "database", "3B"))
	a1.Content, a1.Persons, a1.FileList, a1.FileListPublic = []string{"my_number", "resident"}, Count(50000), "簿1", d(2024, 6, 1)
	a2 := heavy(make("A2", "住民記録の抽出", "U3", "file", "3B"))
	a2.Content, a2.Persons, a2.Source = []string{"personal"}, Count(999), "A1"
	a3 := make("A3", "会議資料", "U2", "file", "2")
	a3.Content, a3.Retention = []string{"internal"}, d(2027, 3, 31)
	a4 := asset.Asset{Code: "A4", Name: "紙の台帳", Unit: "U2", Form: "paper", OutOfScope: "paper", Status: "active", Registered: d(2024, 4, 1)}
	a5 := asset.Asset{Code: "A5", Name: "成績", Unit: "U2", System: "S2", Form: "database", Content: []string{"school_admin"}, OutOfScope: "school", Status: "active", Registered: d(2024, 4, 1)}
	a6 := make("A6", "古い届出", "U2", "file", "2")
	a6.Content, a6.Persons, a6.Retention = []string{"personal"}, Count(10), d(2026, 3, 31)
	a7 := make("A7", "廃止した台帳", "U4", "file", "2")
	a7.Status = "retired"
	c.Assets = []asset.Asset{a1, a2, a3, a4, a5, a6, a7}
	c.Disposals = []asset.Disposal{{Code: "DP1", Asset: "A6", Date: d(2026, 4, 10), Method: "delete", By: "P1"}}
	c.Stocktakes = []asset.Stocktake{
		{Code: "SK1", Unit: "U2", FY: 2026, Date: d(2026, 7, 1), By: "P1"},
		{Code: "SK2", Unit: "U3", FY: 2026, Date: d(2026, 7, 1), By: "P3"},
	}
	c.ClassChanges = []asset.ClassChange{
		{Code: "CC1", Asset: "A3", Property: "c", Old: "3C", New: "2", Down: true, Editor: "P2", Approver: "P1", At: d(2026, 6, 1)},
		{Code: "CC2", Asset: "A1", Property: "a", Old: "1", New: "2", Editor: "P3", At: d(2026, 6, 1)},
	}
}

// Handle sets the handling that follows from the class: what the product does when an asset is saved.
func Handle(a *asset.Asset) {
	a.Handling = a.Scheme + ":" + a.Confidentiality + "-" + a.Integrity + "-" + a.Availability
}
