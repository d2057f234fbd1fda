package web

import (
	"context"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"okite/internal/fault"
	"okite/internal/msg"
)

// showOnce says whether the heading of the page shows notice and error summary; the layout does it otherwise.
func showOnce(ctx context.Context) bool {
	v := viewOf(ctx)
	if v.headShown {
		return false
	}
	v.headShown = true
	return true
}

func summaryTitle(f *fault.Fault) msg.Text {
	switch f.Kind {
	case fault.Conflict:
		return msg.T("先に変更されています", "Changed in the meantime")
	case fault.Busy:
		return msg.T("混み合っています", "Busy")
	}
	return msg.T("入力に誤りがあります", "There is a mistake in the input")
}

func orInfo(t Tone) Tone {
	if t == Plain {
		return Info
	}
	return t
}

func orPlain(t Tone) Tone {
	if t == Plain {
		return "plain"
	}
	return t
}

func bannerRole(t Tone) string {
	if t == Bad {
		return "alert"
	}
	return "status"
}

func bannerShape(t Tone) string {
	switch t {
	case Good:
		return "check"
	case Warn, Bad:
		return "alert"
	}
	return "info"
}

func bannerWord(t Tone) msg.Text {
	switch t {
	case Good:
		return msg.T("完了：", "Done: ")
	case Warn:
		return msg.T("注意：", "Note: ")
	case Bad:
		return msg.T("重要：", "Important: ")
	}
	return msg.T("お知らせ：", "Notice: ")
}

func orNothing(t msg.Text) msg.Text {
	if t.IsZero() {
		return msg.T("該当するものはありません。", "There is nothing here.")
	}
	return t
}

func orCancel(t msg.Text) msg.Text {
	if t.IsZero() {
		return msg.T("やめる", "Cancel")
	}
	return t
}

func countText(n int) msg.Text { return msg.F("（%s 件）", " (%s)", Number(n)) }

func tabCurrent(t Tab) string {
	if t.Current {
		return "page"
	}
	return ""
}

func stepCurrent(s Step) string {
	if s.State == StepNow {
		return "step"
	}
	return ""
}

func keys(v url.Values) []string {
	var out []string
	for k := range v {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func helpText(f Field) msg.Text {
	example := msg.T("例：令和8年4月1日、R8.4.1、2026-04-01", "Example: 2026-04-01")
	switch {
	case f.Kind != DateField:
		return f.Help
	case f.Help.IsZero():
		return example
	}
	return msg.F("%s%s", "%s %s", f.Help, example)
}

func formAttrs(ctx context.Context, f Form) templ.Attributes {
	a := templ.Attributes{"novalidate": true}
	if f.Upload {
		a["enctype"] = "multipart/form-data"
	}
	if f.Guard {
		a["data-guard"] = Say(ctx, msg.T("入力した内容は保存されていません。", "What you entered has not been saved."))
	}
	if !f.Label.IsZero() {
		a["aria-label"] = Say(ctx, f.Label)
	}
	return a
}

func groupAttrs(ctx context.Context, f Field) templ.Attributes {
	a := templ.Attributes{}
	if d := describedBy(ctx, f); d != "" {
		a["aria-describedby"] = d
	}
	return a
}

func choiceType(f Field) string {
	if f.Kind == ChecksField {
		return "checkbox"
	}
	return "radio"
}

func inputType(f Field) string {
	switch f.Kind {
	case EmailField:
		return "email"
	case SearchField:
		return "search"
	}
	return "text"
}

func inputMode(f Field) templ.Attributes {
	if f.Kind == NumberField {
		return templ.Attributes{"inputmode": "numeric"}
	}
	return templ.Attributes{}
}

var datePart = []struct {
	suffix, width, max string
	label              msg.Text
}{
	{"y", "w-8", "12", msg.T("年", "Year")},
	{"m", "w-4", "4", msg.T("月", "Month")},
	{"d", "w-4", "4", msg.T("日", "Day")},
}

func resultFill(name string) string {
	switch name {
	case "noncompliant":
		return "#ce0000"
	case "undetermined":
		return "url(#hatch)"
	case "excepted":
		return "#8fa3dc"
	case "not_due":
		return "#d9d9d9"
	}
	return "#197a4b"
}

func toneFill(t Tone) string {
	switch t {
	case Bad:
		return "#ce0000"
	case Warn:
		return "url(#hatch)"
	case Good:
		return "#197a4b"
	case Info:
		return "#8fa3dc"
	}
	return "#b3b3b3"
}

func toneStroke(t Tone) string {
	if t == Warn {
		return "#a86a00"
	}
	return "none"
}
