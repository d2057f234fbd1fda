package card

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
)

// Checks are the checks on cards and accounts, and the part of R023 over what leavers still hold. It follows the module
// that gives R023 its words.
func Checks() []check.Check { return []check.Check{personal(), ledger(), left()} }

func ofSection() check.Owner { return check.Owner{Role: "section_manager", Scope: "unit"} }
func ofSystem() check.Owner  { return check.Owner{Role: "system_manager", Scope: "system"} }

// personal is R089: a card and an account are one person's (bp.9.1).
func personal() check.Check {
	return check.Check{
		ID: "R089", Clauses: []clause.ID{"bp.9.1"}, Basis: "G", Severity: 3, Params: []string{"N.authlog"},
		Title: msg.T("カードと利用者IDを他人と共用しない", "Cards and accounts are one person's"),
		Duty: msg.T("カードと利用者IDは本人だけが使い、共用の利用者IDは例外措置として認めたものに限る。",
			"Nobody uses another's card or account, and accounts are shared only where an exception allows it."),
		Who: msg.T("職員等、情報システム管理者", "All staff, system managers"),
		Parts: []check.Part{
			{
				Name: "city", Subject: "city", Unknown: `!resource.authlog_fresh`,
				Owner: check.Owner{Role: "chief"}, Rank: check.Log, Evidence: []string{"authevent"},
				Reason: func(s check.Subject) msg.Text {
					days, _ := s.Param("N.authlog")
					if d := s.Date("authlog_last"); d != 0 {
						return msg.F("認証の記録は%sまでしか取り込まれていません。%d日以内の記録がないため、カードと利用者IDの共用がないかを判定できません。",
							"The log of authentication ends on %s. Without one of the last %d days nobody can tell whether cards and accounts are shared.", d.Both(), days)
					}
					return msg.T("認証の記録が取り込まれていないため、カードと利用者IDの共用がないかを判定できません。", "No log of authentication was imported, so nobody can tell whether cards and accounts are shared.")
				},
				Mend: check.Mend{URL: "/registers/authevent/import", Label: msg.T("認証の記録を取り込む", "Import the log")},
			},
			{
				Name: "card", Subject: "card", Scope: `resource.state == "lent"`,
				Breach: `resource.use_apart || resource.use_other != "" || resource.card_twin`, Unknown: `resource.person == ""`,
				Owner: ofSection(), Rank: check.Log, Evidence: []string{"authevent", "place"},
				Reason: reasonCardUse,
				Mend:   check.Mend{URL: "/cards/desk?q={key}", Label: msg.T("カードを回収する", "Collect the card")},
			},
			{
				Name: "userid", Subject: "userid", Scope: `resource.closed == 0 || resource.closed >= context.today`,
				Breach:  `resource.kind == "shared" && !resource.sharing_allowed || resource.use_apart || resource.use_other != ""`,
				Unknown: `resource.kind == "personal" && resource.person == ""`,
				Owner:   ofSystem(), Rank: check.Log, Evidence: []string{"authevent", "place", "exception"},
				Reason: reasonAccount,
				Mend:   check.Mend{URL: "/cards/accounts/{key}", Label: msg.T("利用者IDを確かめる", "Look at the account")},
			},
		},
	}
}

func reasonCardUse(s check.Subject) msg.Text {
	what := msg.F("カード「%s」", "The card “%s”", s.Key())
	switch {
	case s.Result() == check.Undetermined:
		return msg.F("%sは貸出中ですが、持つ職員が記録されていないため、本人が使っているかを判定できません。", "%s is lent to nobody named, so nobody can tell who uses it.", what)
	case s.Bool("use_apart") || s.Text("use_other") != "":
		return reasonUse(s, what)
	}
	return msg.F("カード「%s」を持つ%sは、同じ種類のカードをほかにも持っています。", "%[2]s holds another card of the same kind beside “%[1]s”.", s.Key(), s.Name("person", s.Text("person")))
}

// reasonUse says what the log tells.
func reasonUse(s check.Subject, what msg.Text) msg.Text {
	if s.Bool("use_apart") {
		return msg.F("%sは、%sに「%s」と「%s」で%d分以内に続けて使われています。移動には少なくとも%d分掛かります。", "%s was used on %s at “%s” and at “%s” within %d minutes. The way takes %d at least.",
			what, s.Date("use_day").Both(), s.Name("place", s.Text("use_first")), s.Name("place", s.Text("use_then")), s.Int("use_minutes"), s.Int("use_need"))
	}
	return msg.F("%sは、%sに%sが使っています。", "%s was used on %s by %s.", what, s.Date("use_other_day").Both(), s.Name("person", s.Text("use_other")))
}

func reasonAccount(s check.Subject) msg.Text {
	what := msg.F("「%s」の利用者ID「%s」", "The account “%[2]s” of “%[1]s”", s.Name("system", s.Text("system")), s.Text("login"))
	switch {
	case s.Result() == check.Undetermined:
		return msg.F("%sは、使う職員が記録されていないため、本人が使っているかを判定できません。", "%s names nobody, so nobody can tell who uses it.", what)
	case s.Text("kind") == Shared && !s.Bool("sharing_allowed"):
		return msg.F("%sは共用ですが、共用を認める有効な例外措置がありません。", "%s is shared, and no exception in force allows it.", what)
	}
	return reasonUse(s, what)
}

// ledger is R090: cards come back, lost ones are revoked, and all are counted (bp.9.1).
func ledger() check.Check {
	return check.Check{
		ID: "R090", Clauses: []clause.ID{"bp.9.1"}, Basis: "P", Severity: 3, Params: []string{"N.revoke", "N.cardcheck"},
		Title: msg.T("カードを台帳で管理する", "Cards are kept by a ledger"),
		Duty: msg.T("異動又は離職の日にカードを回収し、紛失したカードは直ちに失効させ、定期に点検する。",
			"A card comes back on the day its holder moves or leaves, a lost one is revoked at once, and cards are counted regularly."),
		Who: msg.T("情報セキュリティ管理者", "Information security manager"),
		Parts: []check.Part{
			{
				Name: "card", Subject: "card", Scope: `resource.state != "stock"`,
				Breach:  `resource.back_open || resource.back_late || resource.revoke_open || resource.revoke_late`,
				Unknown: `resource.back_unknown || resource.revoke_unknown`,
				Owner:   ofSection(), Rank: check.Signed, Evidence: []string{"lent", "collected", "lost_at", "revoked_at"},
				Reason: reasonLedger,
				Mend:   check.Mend{URL: "/cards/desk?q={key}", Label: msg.T("カードの回収・失効を記録する", "Collect or revoke the card")},
			},
			{
				Name: "unit", Subject: "unit", Scope: `resource.cards_kept > 0`,
				Breach:  `resource.cards_due != 0 && resource.cards_due < context.today || resource.cards_missing > 0`,
				Unknown: `resource.cards_due == 0`,
				Owner:   ofSection(), Rank: check.Witnessed, Evidence: []string{"cardcheck", "card"},
				Reason: reasonCounted,
				Mend:   check.Mend{URL: "/cards/inspect?unit={key}", Label: msg.T("カードを点検する", "Count the cards")},
			},
		},
	}
}

func reasonLedger(s check.Subject) msg.Text {
	key, holder, due := s.Key(), s.Name("person", s.Text("person")), s.Date("due_back").Both()
	hours, _ := s.Param("N.revoke")
	switch {
	case s.Result() == check.Undetermined && s.Bool("revoke_unknown"):
		return msg.F("紛失したカード「%s」の届出又は失効の日時が記録されていないため、期限内に失効させたかを判定できません。", "Nobody wrote down when the card “%s” was reported lost or revoked, so nobody can tell whether it was in time.", key)
	case s.Result() == check.Undetermined:
		return msg.F("カード「%s」を回収した日が記録されていないため、%sに回収したかを判定できません。", "Nobody wrote down when the card “%s” came back, so nobody can tell whether it did on %s.", key, due)
	case s.Bool("revoke_open"):
		return msg.F("%sに紛失の届出があったカード「%s」が、%d時間を過ぎても失効していません。", "The card “%[2]s”, reported lost on %[1]s, is not revoked after %[3]d hours.", s.Date("lost_day").Both(), key, hours)
	case s.Bool("back_open"):
		return msg.F("%sが%sに異動又は離職しましたが、カード「%s」が回収されていません。", "%s moved or left on %s and still has the card “%s”.", holder, due, key)
	case s.Bool("revoke_late"):
		return msg.F("%sに紛失の届出があったカード「%s」の失効に%d分掛かりました。期限は%d時間です。", "The card “%[2]s”, reported lost on %[1]s, was revoked after %[3]d minutes; %[4]d hours are allowed.", s.Date("lost_day").Both(), key, s.Int("revoke_minutes"), hours)
	}
	return msg.F("カード「%s」は、%sが異動又は離職した%sに回収すべきところ、%sに回収されました。", "The card “%[1]s” of %[2]s was to come back on %[3]s and did on %[4]s.", key, holder, due, s.Date("collected").Both())
}

func reasonCounted(s check.Subject) msg.Text {
	name := s.Text("name")
	switch {
	case s.Result() == check.Undetermined:
		return msg.F("%sのカードは、貸出日も点検の記録もないため、期限内に点検したかを判定できません。", "Cards of %s have neither a day on which they were lent nor an inspection, so nobody can tell whether they were counted in time.", name)
	case s.Int("cards_missing") > 0:
		return msg.F("%sの%sの点検で見当たらなかったカードのうち、%d枚が紛失として届け出られていません。", "Of the cards that %s did not find on %s, %d are not reported lost.", name, s.Date("cards_counted").Both(), s.Int("cards_missing"))
	case s.Date("cards_counted") == 0:
		return msg.F("%sは、カード%d枚を一度も点検していません。期限は%sでした。", "%s has never counted its %d cards. It was due by %s.", name, s.Int("cards_kept"), s.Date("cards_due").Both())
	}
	return msg.F("%sのカードの点検は、%sが最後です。期限は%sでした。", "%s last counted its cards on %s. It was due by %s.", name, s.Date("cards_counted").Both(), s.Date("cards_due").Both())
}

// left is the part of R023 over cards and accounts of people who have left (bp.5).
func left() check.Check {
	scope := `resource.holder_left != 0 && resource.holder_left < context.today`
	return check.Check{ID: "R023", Parts: []check.Part{
		{
			Name: "card", Subject: "card", Scope: scope, Breach: `resource.state == "lent" || resource.state == "lost"`, Since: "holder_gone",
			Owner: ofSection(), Rank: check.Signed, Evidence: []string{"state", "person"},
			Reason: func(s check.Subject) msg.Text {
				return msg.F("%sに離職した%sのカード「%s」が、回収も失効もされていません。", "The card “%[3]s” of %[2]s, who left on %[1]s, is neither collected nor revoked.", s.Date("holder_left").Both(), s.Name("person", s.Text("person")), s.Key())
			},
			Mend: check.Mend{URL: "/cards/desk?q={key}", Label: msg.T("カードを回収する", "Collect the card")},
		},
		{
			Name: "userid", Subject: "userid", Scope: scope, Breach: `resource.closed == 0 || resource.closed >= context.today`, Since: "holder_gone",
			Owner: ofSystem(), Rank: check.Signed, Evidence: []string{"closed", "person"},
			Reason: func(s check.Subject) msg.Text {
				return msg.F("%sに離職した%sの利用者ID「%s」（%s）が停止されていません。", "The account “%[3]s” (%[4]s) of %[2]s, who left on %[1]s, is still open.", s.Date("holder_left").Both(), s.Name("person", s.Text("person")), s.Text("login"), s.Name("system", s.Text("system")))
			},
			Mend: check.Mend{URL: "/cards/accounts/{key}", Label: msg.T("利用者IDを停止する", "Close the account")},
		},
	}}
}
