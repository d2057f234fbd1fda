package asset

import (
	"slices"

	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/rule"
	"okite/internal/when"
)

// systemAssets tells what the assets of each system are and weigh (bp.3, bp.7).
func systemAssets() check.Join {
	return check.Join{
		Subject: "system", Reads: []string{"system", "asset"},
		Attrs: []rule.Attr{
			{Name: "assets", Title: msg.T("使用中の情報資産の数", "assets in use"), Kind: rule.Int},
			{Name: "foreign_assets", Title: msg.T("学校の情報でない情報資産の数", "assets that are not school data"), Kind: rule.Int},
			{Name: "my_number_assets", Title: msg.T("個人番号を含む情報資産の数", "assets with individual numbers"), Kind: rule.Int},
			{Name: "classified_assets", Title: msg.T("分類済みの情報資産の数", "classified assets"), Kind: rule.Int},
			{Name: "class_differs", Title: msg.T("情報資産の最も高い分類と異なる性質", "properties not classed as the heaviest asset"), Kind: rule.Set, Values: propertyValues()},
		},
		Compute: func(w *check.World, out *check.Out) error {
			loads := map[string]*load{}
			for _, a := range check.Records[Asset](w, "asset") {
				if a.System == "" || a.Status != "active" {
					continue
				}
				l := loads[a.System]
				if l == nil {
					l = &load{}
					loads[a.System] = l
				}
				l.add(a)
			}
			for row, s := range check.Records[System](w, "system") {
				l := loads[s.Code]
				if l == nil {
					l = &load{}
				}
				out.SetInt(row, 0, l.assets)
				out.SetInt(row, 1, l.foreign)
				out.SetInt(row, 2, l.myNumber)
				out.SetInt(row, 3, l.classified)
				out.SetSet(row, 4, l.differs(s))
			}
			return nil
		},
	}
}

// load is what a system carries.
type load struct {
	assets, foreign, myNumber, classified int64
	heaviest                              [3]int64
}

func (l *load) add(a Asset) {
	l.assets++
	if a.holdsForeign() {
		l.foreign++
	}
	if slices.Contains(a.Content, "my_number") {
		l.myNumber++
	}
	if !a.counts() || !a.classified() {
		return
	}
	l.classified++
	for i, step := range a.steps() {
		l.heaviest[i] = max(l.heaviest[i], step)
	}
}

// differs are the properties in which the system is not classed as its heaviest classified asset.
func (l *load) differs(s System) []string {
	if l.classified == 0 {
		return nil
	}
	var out []string
	for i, code := range []string{s.Confidentiality, s.Integrity, s.Availability} {
		if classStep(code) != l.heaviest[i] {
			out = append(out, properties()[i])
		}
	}
	return out
}

// systemFlows counts the observed connections of a system out of the school zone that nobody registered (bp.3).
func systemFlows() check.Join {
	return check.Join{
		Subject: "system", Reads: []string{"system", "flow"},
		Attrs: []rule.Attr{{Name: "unregistered_flows", Title: msg.T("学校以外の領域への登録のない通信の数", "unregistered connections into other zones"), Kind: rule.Int}},
		Compute: func(w *check.World, out *check.Out) error {
			n := map[string]int64{}
			for _, f := range check.Records[Flow](w, "flow") {
				if f.Observed != 0 && f.Registered == 0 && f.Zone != "school" {
					n[f.System]++
				}
			}
			for row, s := range check.Records[System](w, "system") {
				out.SetInt(row, 0, n[s.Code])
			}
			return nil
		},
	}
}

// systemFacts tells what is stated about a system (bp.1, bp.7).
func systemFacts() check.Join {
	return check.Join{
		Subject: "system", Reads: []string{"system", "day"},
		Attrs: []rule.Attr{
			{Name: "rto_stated", Title: msg.T("目標復旧時間が定められている", "the recovery time is stated"), Kind: rule.Bool},
			{Name: "system", Title: msg.T("この情報システム", "the system itself"), Kind: rule.Enum},
			{Name: "assessment_lacking", Title: msg.T("特定個人情報保護評価を欠いた日", "day since which the assessment is lacking"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			for row, s := range check.Records[System](w, "system") {
				out.SetBool(row, 0, s.RTO != nil)
				out.SetEnum(row, 1, s.Code)
				out.SetDate(row, 2, int32(s.assessmentLacking(org.Today(w))))
			}
			return nil
		},
	}
}

// systemInventory tells since when the inventory of a system is too old to tell anything (bp.2.3).
func systemInventory() check.Join {
	return check.Join{
		Subject: "system", Reads: []string{"system", "param"},
		Attrs: []rule.Attr{{Name: "inventory_stale", Title: msg.T("構成情報が古くなった日", "day since which the inventory is stale"), Kind: rule.Date}},
		Compute: func(w *check.World, out *check.Out) error {
			days, err := org.Parameter(w, "N.inventory")
			if err != nil {
				return err
			}
			for row, s := range check.Records[System](w, "system") {
				var stale when.Date
				if s.Inventory != 0 {
					stale = s.Inventory + when.Date(days) + 1
				}
				out.SetDate(row, 0, int32(stale))
			}
			return nil
		},
	}
}

// assessmentLacking is the first day without the assessment that was owed: from the start of operation when it is
// missing or came late, from the day after its date when the re-assessment is overdue; 0 when that is not known.
func (s System) assessmentLacking(today when.Date) when.Date {
	switch {
	case s.PIA == "" || s.PIAPublished == 0 || (s.GoLive != 0 && s.PIAPublished > s.GoLive):
		return s.GoLive
	case s.PIADue != 0 && s.PIADue < today:
		return s.PIADue + 1
	}
	return 0
}

// systemPosts tells whether a system has a post of system manager (bp.6).
func systemPosts() check.Join {
	return check.Join{
		Subject: "system", Reads: []string{"system", "post", "day"},
		Attrs: []rule.Attr{{Name: "posts", Title: msg.T("置かれている役職", "posts set up"), Kind: rule.Set, Values: []rule.Value{
			{Code: "system_manager", Title: msg.T("情報システム管理者", "system manager")},
		}}},
		Compute: func(w *check.World, out *check.Out) error {
			managed := map[string][]string{}
			for _, p := range check.Records[org.Post](w, "post") {
				if p.Role == "system_manager" && org.LiveOn(p.From, p.Until, org.Today(w)) {
					managed[p.System] = []string{p.Role}
				}
			}
			for row, s := range check.Records[System](w, "system") {
				out.SetSet(row, 0, managed[s.Code])
			}
			return nil
		},
	}
}

// deviceHome tells whether the system and the network a device names exist, and which section answers (bp.2.2).
func deviceHome() check.Join {
	return check.Join{
		Subject: "device", Reads: []string{"device", "system", "network"},
		Attrs: []rule.Attr{
			{Name: "system_exists", Title: msg.T("情報システムが台帳にある", "the system is registered"), Kind: rule.Bool},
			{Name: "network_exists", Title: msg.T("ネットワークが台帳にある", "the network is registered"), Kind: rule.Bool},
			{Name: "unit", Title: msg.T("所管課", "section in charge"), Kind: rule.Enum},
		},
		Compute: func(w *check.World, out *check.Out) error {
			systems := systemsByCode(w)
			networks := map[string]bool{}
			for _, n := range check.Records[Network](w, "network") {
				networks[n.Code] = true
			}
			for row, d := range check.Records[Device](w, "device") {
				s := systems[d.System]
				out.SetBool(row, 0, s != nil)
				out.SetBool(row, 1, networks[d.Network])
				if s != nil {
					out.SetEnum(row, 2, s.Unit)
				} else {
					out.SetEnum(row, 2, "")
				}
			}
			return nil
		},
	}
}

// storeAsset tells whether a discovered store stands for an asset still kept, and which section answers (bp.7).
func storeAsset() check.Join {
	return check.Join{
		Subject: "store", Reads: []string{"store", "asset", "system"},
		Attrs: []rule.Attr{
			{Name: "asset_kept", Title: msg.T("対応する情報資産が台帳にあり、廃止されていない", "the asset is registered and not retired"), Kind: rule.Bool},
			{Name: "unit", Title: msg.T("所管課", "section in charge"), Kind: rule.Enum},
		},
		Compute: func(w *check.World, out *check.Out) error {
			systems, assets := systemsByCode(w), assetsByCode(w)
			for row, st := range check.Records[Store](w, "store") {
				a := assets[st.Asset]
				out.SetBool(row, 0, a != nil && a.Status != "retired")
				unit := ""
				if s := systems[st.System]; s != nil {
					unit = s.Unit
				}
				out.SetEnum(row, 1, unit)
			}
			return nil
		},
	}
}
