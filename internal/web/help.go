package web

import "okite/internal/msg"

// resultHelp says what the six results mean.
var resultHelp = []struct {
	name string
	text msg.Text
}{
	{"noncompliant", msg.T("定めに反していることが、証拠から分かっています。", "Evidence shows that the rule is not kept.")},
	{"undetermined", msg.T("証拠がない、または古いため、守られているか分かりません。守られていないものとして数えます。", "Evidence is missing or too old to tell. It counts as not kept.")},
	{"excepted", msg.T("期限と承認のある例外が認められています。", "An approved exception with an end date is in force.")},
	{"not_due", msg.T("期限がまだ来ていない作業です。", "The work is not due yet.")},
	{"out_of_scope", msg.T("この定めの対象ではありません。", "The rule does not apply.")},
	{"compliant", msg.T("守られていることが、証拠から分かっています。", "Evidence shows that the rule is kept.")},
}
