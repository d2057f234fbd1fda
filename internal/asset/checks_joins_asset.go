package asset

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/rule"
	"okite/internal/when"
)

// assetsByCode is the register of assets by asset no.
func assetsByCode(w *check.World) map[string]*Asset {
	assets := check.Records[Asset](w, "asset")
	out := make(map[string]*Asset, len(assets))
	for i := range assets {
		out[assets[i].Code] = &assets[i]
	}
	return out
}

// systemsByCode is the register of systems by system no.
func systemsByCode(w *check.World) map[string]*System {
	systems := check.Records[System](w, "system")
	out := make(map[string]*System, len(systems))
	for i := range systems {
		out[systems[i].Code] = &systems[i]
	}
	return out
}

// assetControls tells which properties of an asset a measure in place keeps, its own or its system's (bp.1).
func assetControls() check.Join {
	return check.Join{
		Subject: "asset", Reads: []string{"asset", "control"},
		Attrs: []rule.Attr{{Name: "kept", Title: msg.T("実施済みの対策が守る性質", "properties kept by measures in place"), Kind: rule.Set, Values: propertyValues()}},
		Compute: func(w *check.World, out *check.Out) error {
			ofAsset, ofSystem := map[string][]string{}, map[string][]string{}
			for _, c := range check.Records[Control](w, "control") {
				if c.Status != "implemented" {
					continue
				}
				if c.Asset != "" {
					ofAsset[c.Asset] = append(ofAsset[c.Asset], c.Properties...)
				}
				if c.System != "" {
					ofSystem[c.System] = append(ofSystem[c.System], c.Properties...)
				}
			}
			var kept []string
			for row, a := range check.Records[Asset](w, "asset") {
				kept = append(kept[:0], ofAsset[a.Code]...)
				kept = append(kept, ofSystem[a.System]...)
				out.SetSet(row, 0, kept)
			}
			return nil
		},
	}
}

// assetPaper tells whether the city has taken paper in (bp.2.4).
func assetPaper() check.Join {
	return check.Join{
		Subject: "asset", Reads: []string{"asset", "param"},
		Attrs: []rule.Attr{{Name: "paper_taken_in", Title: msg.T("市が紙の文書を対象に加えている", "the city has taken paper in"), Kind: rule.Bool}},
		Compute: func(w *check.World, out *check.Out) error {
			paper, ok := w.ParamText("S.paper")
			if !ok {
				return errors.New("read parameter S.paper: no value")
			}
			for row := range check.Records[Asset](w, "asset") {
				out.SetBool(row, 0, paper == "yes")
			}
			return nil
		},
	}
}

// assetSchool tells whether an asset belongs to a school system, on which its being out of scope hangs (bp.3).
func assetSchool() check.Join {
	return check.Join{
		Subject: "asset", Reads: []string{"asset", "system"},
		Attrs: []rule.Attr{{Name: "system_school", Title: msg.T("学校の情報システムに属する", "belongs to a school system"), Kind: rule.Bool}},
		Compute: func(w *check.World, out *check.Out) error {
			school := map[string]bool{}
			for _, s := range check.Records[System](w, "system") {
				school[s.Code] = s.OutOfScope == "school"
			}
			for row, a := range check.Records[Asset](w, "asset") {
				out.SetBool(row, 0, school[a.System])
			}
			return nil
		},
	}
}

// assetDeadlines counts the open days (開庁日) within which an asset is to be classified (bp.7).
func assetDeadlines() check.Join {
	return check.Join{
		Subject: "asset", Reads: []string{"asset", "param"},
		Attrs: []rule.Attr{
			{Name: "classify_due", Title: msg.T("分類の期限", "last day to classify"), Kind: rule.Date},
			{Name: "classify_late", Title: msg.T("分類がないまま期限を過ぎた日", "first day too late to classify"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			days, err := org.Parameter(w, "N.classify")
			if err != nil {
				return err
			}
			due := map[when.Date]when.Date{} // many assets are registered on the same day
			for row, a := range check.Records[Asset](w, "asset") {
				d, ok := due[a.Registered]
				if !ok {
					d = org.AddOpen(w, a.Registered, days)
					due[a.Registered] = d
				}
				out.SetDate(row, 0, int32(d))
				if a.classified() {
					out.SetDate(row, 1, int32(0))
				} else {
					out.SetDate(row, 1, int32(d+1))
				}
			}
			return nil
		},
	}
}

// assetClass sets the class of an asset beside what follows from it and from its contents (bp.7).
func assetClass() check.Join {
	return check.Join{
		Subject: "asset", Reads: []string{"asset"},
		Attrs: []rule.Attr{
			{Name: "class_step", Title: msg.T("機密性の段階", "step of confidentiality"), Kind: rule.Int},
			{Name: "floor_step", Title: msg.T("含まれる情報から決まる機密性の下限の段階", "lowest step the contents allow"), Kind: rule.Int},
			{Name: "handling_derived", Title: msg.T("取扱制限が分類から導いたものと一致する", "the handling is the one the class gives"), Kind: rule.Bool},
			{Name: "persons_stated", Title: msg.T("本人の数が入力されている", "the number of persons is stated"), Kind: rule.Bool},
		},
		Compute: func(w *check.World, out *check.Out) error {
			for row, a := range check.Records[Asset](w, "asset") {
				out.SetInt(row, 0, classStep(a.Confidentiality))
				out.SetInt(row, 1, contentFloor(a.Content))
				out.SetBool(row, 2, a.Handling == a.derivedHandling())
				out.SetBool(row, 3, a.Persons != nil)
			}
			return nil
		},
	}
}

// assetSource tells in which properties a copy is classed below its source (bp.7).
func assetSource() check.Join {
	return check.Join{
		Subject: "asset", Reads: []string{"asset"},
		Attrs: []rule.Attr{
			{Name: "source_exists", Title: msg.T("複製元が台帳にある", "the source is registered"), Kind: rule.Bool},
			{Name: "below_source", Title: msg.T("複製元より低い性質", "properties classed below the source"), Kind: rule.Set, Values: propertyValues()},
		},
		Compute: func(w *check.World, out *check.Out) error {
			assets := assetsByCode(w)
			var below []string
			for row, a := range check.Records[Asset](w, "asset") {
				below = below[:0]
				var source *Asset
				if a.Source != "" {
					source = assets[a.Source]
				}
				if source != nil {
					own, its := a.steps(), source.steps()
					for i, p := range properties() {
						if own[i] != 0 && its[i] != 0 && own[i] < its[i] {
							below = append(below, p)
						}
					}
				}
				out.SetBool(row, 0, source != nil)
				out.SetSet(row, 1, below)
			}
			return nil
		},
	}
}

// stocktakeDay is the day of the 年度 of today by which stock is taken. The parameter is a month and a day, as
// 07-31; a day the month does not have is its last.
func stocktakeDay(w *check.World) (when.Date, error) {
	text, _ := w.ParamText("N.stocktake")
	m, d, _ := strings.Cut(text, "-")
	month, err1 := strconv.Atoi(m)
	day, err2 := strconv.Atoi(d)
	if err1 != nil || err2 != nil || month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, fmt.Errorf("read parameter N.stocktake: %q is not a month and a day", text)
	}
	year := org.Today(w).FY()
	if month < 4 {
		year++
	}
	first := when.On(year, month, 1)
	return min(first+when.Date(day-1), first.AddMonths(1)-1), nil
}

// assetStocktake tells the 年度 and the date by which its stock is taken (bp.7).
func assetStocktake() check.Join {
	return check.Join{
		Subject: "asset", Reads: []string{"asset", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "year_start", Title: msg.T("今年度の初日", "first day of this fiscal year"), Kind: rule.Date},
			{Name: "stocktake_due", Title: msg.T("今年度の棚卸しの期限", "date of this fiscal year’s stock-taking"), Kind: rule.Date},
			{Name: "stocktake_late", Title: msg.T("棚卸しの期限を過ぎた日", "first day too late for the stock-taking"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			start := when.FYStart(org.Today(w).FY())
			due, err := stocktakeDay(w)
			if err != nil {
				return err
			}
			for row := range check.Records[Asset](w, "asset") {
				out.SetDate(row, 0, int32(start))
				out.SetDate(row, 1, int32(due))
				out.SetDate(row, 2, int32(due+1))
			}
			return nil
		},
	}
}

// unitStocktake tells whether a unit with assets of earlier years has taken stock this 年度 (bp.7).
func unitStocktake() check.Join {
	return check.Join{
		Subject: "unit", Reads: []string{"unit", "asset", "stocktake", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "standing_assets", Title: msg.T("前年度から所管する情報資産の数", "assets in charge since before this fiscal year"), Kind: rule.Int},
			{Name: "stocktaken", Title: msg.T("今年度の棚卸しが済んでいる", "stock was taken this fiscal year"), Kind: rule.Bool},
			{Name: "stocktake_due", Title: msg.T("今年度の棚卸しの期限", "date of this fiscal year’s stock-taking"), Kind: rule.Date},
			{Name: "stocktake_late", Title: msg.T("棚卸しの期限を過ぎた日", "first day too late for the stock-taking"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			fy := org.Today(w).FY()
			start := when.FYStart(fy)
			due, err := stocktakeDay(w)
			if err != nil {
				return err
			}
			n, done := map[string]int64{}, map[string]bool{}
			for _, a := range check.Records[Asset](w, "asset") {
				if a.counts() && a.Registered < start {
					n[a.Unit]++
				}
			}
			for _, s := range check.Records[Stocktake](w, "stocktake") {
				if s.FY == int64(fy) {
					done[s.Unit] = true
				}
			}
			for row, u := range check.Records[org.Unit](w, "unit") {
				out.SetInt(row, 0, n[u.Code])
				out.SetBool(row, 1, done[u.Code])
				out.SetDate(row, 2, int32(due))
				out.SetDate(row, 3, int32(due+1))
			}
			return nil
		},
	}
}

// assetEnd tells until when an asset is kept and whether it was disposed of (bp.7).
func assetEnd() check.Join {
	return check.Join{
		Subject: "asset", Reads: []string{"asset", "disposal"},
		Attrs: []rule.Attr{
			{Name: "keep_until", Title: msg.T("延長を含む保存期限", "end of retention with any extension"), Kind: rule.Date},
			{Name: "keep_over", Title: msg.T("保存期限を過ぎた日", "first day after the end of retention"), Kind: rule.Date},
			{Name: "disposed", Title: msg.T("廃棄の記録がある", "a disposal is on record"), Kind: rule.Bool},
		},
		Compute: func(w *check.World, out *check.Out) error {
			disposed := map[string]bool{}
			for _, d := range check.Records[Disposal](w, "disposal") {
				disposed[d.Asset] = true
			}
			for row, a := range check.Records[Asset](w, "asset") {
				until := max(a.Retention, a.Extended)
				over := until
				if until != 0 {
					over++
				}
				out.SetDate(row, 0, int32(until))
				out.SetDate(row, 1, int32(over))
				out.SetBool(row, 2, disposed[a.Code])
			}
			return nil
		},
	}
}

// assetScheme sets the scheme of an asset's class beside the one in force (bp.7).
func assetScheme() check.Join {
	return check.Join{
		Subject: "asset", Reads: []string{"asset", "scheme", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "scheme_current", Title: msg.T("適用中の基準で分類されている", "classified by the scheme in force"), Kind: rule.Bool},
			{Name: "scheme_since", Title: msg.T("適用中の基準の適用開始日", "day since which the scheme in force binds"), Kind: rule.Date},
			{Name: "remap_late", Title: msg.T("移し替えの期限を過ぎた日", "first day too late to re-map"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			days, err := org.Parameter(w, "N.remap")
			if err != nil {
				return err
			}
			current, ok := currentScheme(check.Records[Scheme](w, "scheme"), org.Today(w))
			var late when.Date
			if ok {
				late = current.Since + when.Date(days) + 1
			}
			for row, a := range check.Records[Asset](w, "asset") {
				out.SetBool(row, 0, ok && a.Scheme == current.Code)
				out.SetDate(row, 1, int32(current.Since))
				out.SetDate(row, 2, int32(late))
			}
			return nil
		},
	}
}

// currentScheme is the scheme that binds on a day: the one that began last, of two of the same day the one whose
// code comes later.
func currentScheme(schemes []Scheme, day when.Date) (current Scheme, ok bool) {
	for _, s := range schemes {
		if s.Since == 0 || s.Since > day {
			continue
		}
		if !ok || cmp.Or(cmp.Compare(s.Since, current.Since), cmp.Compare(s.Code, current.Code)) > 0 {
			current, ok = s, true
		}
	}
	return current, ok
}

// changeApproval tells whether the editor of a class approved the change themselves (bp.7).
func changeApproval() check.Join {
	return check.Join{
		Subject: "classchange", Reads: []string{"classchange", "asset"},
		Attrs: []rule.Attr{
			{Name: "self_approved", Title: msg.T("変更した職員が自ら承認した", "the editor approved the change"), Kind: rule.Bool},
			{Name: "unit", Title: msg.T("所管課", "section in charge"), Kind: rule.Enum},
		},
		Compute: func(w *check.World, out *check.Out) error {
			assets := assetsByCode(w)
			for row, c := range check.Records[ClassChange](w, "classchange") {
				out.SetBool(row, 0, c.Approver != "" && c.Approver == c.Editor)
				unit := ""
				if a := assets[c.Asset]; a != nil {
					unit = a.Unit
				}
				out.SetEnum(row, 1, unit)
			}
			return nil
		},
	}
}
