package org

import (
	"context"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// CallTest is a test of whether the window of a CSIRT or a contact outside can really be reached (連絡試験).
type CallTest struct {
	Code    string    `reg:"code,key" ja:"試験番号" en:"Test no."`
	CSIRT   string    `reg:"csirt,list,filter" refers:"csirt" ja:"試験したCSIRTの窓口" en:"Window tested" help_ja:"外部の連絡先を試験したときは空欄にします。" help_en:"Leave empty when a contact outside was tested."`
	Contact string    `reg:"contact,list,filter" refers:"contact" ja:"試験した外部の連絡先" en:"Contact tested"`
	Date    when.Date `reg:"date,required,list" ja:"試験日" en:"Tested on"`
	Way     string    `reg:"way,required,list" vocab:"call_way" ja:"方法" en:"Way"`
	By      string    `reg:"by,list" refers:"person" ja:"試験した職員" en:"Tested by"`
	Minutes *int64    `reg:"minutes" ja:"応答までの時間（分）" en:"Answered within (minutes)"`
	Result  string    `reg:"result,required,list,filter" vocab:"test_result" ja:"結果" en:"Result"`
	Note    string    `reg:"note" max:"1000" ja:"備考" en:"Note"`
}

// The results of a test (vocabulary test_result).
const (
	testPassed = "passed"
	testFailed = "failed"
)

// bindCallTests: a test is of one window or one contact, and it has taken place.
func bindCallTests(_ *register.Catalog, d *register.Def) {
	d.Check = func(_ context.Context, tx *db.Tx, _, next register.Row) error {
		x := register.Decode[CallTest](d, next)
		switch {
		case x.CSIRT == "" && x.Contact == "":
			return fault.At("csirt", msg.T("試験したCSIRTの窓口か外部の連絡先を選んでください。", "Choose the window or the contact that was tested."))
		case x.CSIRT != "" && x.Contact != "":
			return fault.At("contact", msg.T("CSIRTの窓口と外部の連絡先は、別々の試験として登録してください。", "Register the window and the contact as two tests."))
		case x.Date > when.Of(tx.Now()):
			return fault.At("date", msg.T("試験日には、今日までの日を入力してください。", "Give a day that is not after today."))
		case x.Minutes != nil && *x.Minutes < 0:
			return fault.At("minutes", msg.T("0以上の数を入力してください。", "Give a number that is not below nought."))
		}
		return nil
	}
}

// lastCall is the latest test of a window or contact; of two on one day the one registered later counts.
type lastCall struct {
	date   when.Date
	code   string
	result string
}

func (l *lastCall) see(x CallTest) {
	if x.Date > l.date || x.Date == l.date && x.Code > l.code {
		l.date, l.code, l.result = x.Date, x.Code, x.Result
	}
}

// lastCalls are the latest tests by what was tested.
func lastCalls(tests []CallTest, of func(CallTest) string) map[string]*lastCall {
	out := map[string]*lastCall{}
	for _, x := range tests {
		key := of(x)
		if key == "" {
			continue
		}
		if out[key] == nil {
			out[key] = &lastCall{}
		}
		out[key].see(x)
	}
	return out
}

func windowOf(x CallTest) string  { return x.CSIRT }
func contactOf(x CallTest) string { return x.Contact }
