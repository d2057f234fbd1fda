package checktest

import (
	"okite/internal/notice"
	"okite/internal/when"
)

// told is what reached the people of the small city.
func (c *City) told() {
	d := when.On
	for i := range 6 {
		c.Pledges = append(c.Pledges, notice.Pledge{Code: key("PL", i+1), Person: key("P", i+1), Kind: notice.Joining, Version: "B1", Date: d(2015, 4, 1), Way: notice.OnScreen})
		c.Receipts = append(c.Receipts, notice.Receipt{Code: notice.ReceiptKey("N1", key("P", i+1)), Notice: "N1", Person: key("P", i+1), At: when.StampOf(d(2026, 11, 5).Time())})
	}
	c.Notices = []notice.Notice{
		// 3 November is a holiday: the fifth open day after the 2nd is the 10th.
		{Code: "N1", Name: "偽メールへの注意", Kind: "warning", Text: "添付を開かない。", Mandatory: true, State: "issued", By: "P2", Approver: "P1", Issued: d(2026, 11, 2), Due: d(2026, 11, 10)},
		{Code: "N2", Name: "窓口の案内", Kind: "news", Text: "窓口が変わる。", State: "issued", By: "P2", Issued: d(2026, 11, 2)},
		{Code: "N3", Name: "書きかけの注意", Kind: "warning", Text: "まだ送らない。", Mandatory: true, State: "draft", By: "P2"},
	}
	c.Guides = []notice.Guide{
		{Code: "G1", Clause: "bp.9.4", Name: "持ち出しの判断", Brief: "持ち出さない。", Text: "持ち出さない。", Version: "B2", Shown: []string{"asset.create"}, Number: 2, From: d(2026, 4, 1)},
		{Code: "G2", Clause: "bp.9.4", Name: "持ち出しの判断", Brief: "持ち出さない。", Text: "持ち出さない。", Version: "B1", Number: 1, From: d(2024, 4, 1), Until: d(2026, 3, 31)},
	}
}
