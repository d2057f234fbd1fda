package demo

import (
	"strings"

	"okite/internal/when"
)

// material is a course with what is taught and asked in it.
type material struct {
	name, kind, summary string
	roles               []string
	years               int // begun so many years before this one
	lessons             [][2]string
	questions           []asked
}

type asked struct {
	text    string
	choices []string
	right   string
	because string
}

// courseRows are the courses, written for this city.
func (c *city) courseRows() {
	s := &c.school
	for _, m := range materials {
		k := course{Code: c.code("TC", 3), Name: m.name, Kind: m.kind, Roles: m.roles, From: when.FYStart(c.fy - m.years), Edition: "第3版", Summary: m.summary}
		if len(m.questions) > 0 {
			k.Pass = count(80)
		}
		switch m.kind {
		case "basic":
			s.basic = len(s.courses)
		case "followup":
			s.followup = len(s.courses)
		}
		for _, r := range m.roles {
			s.byRole[r] = append(s.byRole[r], len(s.courses))
		}
		s.courses = append(s.courses, k)
		for i, l := range m.lessons {
			s.lessons = append(s.lessons, lesson{Code: c.code("TL", 4), Course: k.Code, Order: int64(i + 1), Name: l[0], Text: l[1]})
		}
		for i, q := range m.questions {
			s.questions = append(s.questions, question{Code: c.code("TQ", 4), Course: k.Code, Order: int64(i + 1), Text: q.text, Choices: strings.Join(q.choices, "\n"), Right: q.right, Explanation: q.because})
		}
	}
}

var materials = []material{
	{name: "情報セキュリティ基礎研修", kind: "basic", years: 8, summary: "すべての職員等が年に一度受ける研修です。採用された方は、採用後すぐに受けます。",
		lessons: [][2]string{
			{"ポリシーと私たちの責務", "市が扱う情報の多くは、市民の暮らしに直接かかわるものです。漏えいや改ざんがあれば、市民に迷惑をかけ、行政への信頼を損ないます。\n\n情報セキュリティポリシーは、基本方針と対策基準からなります。正規の職員だけでなく、会計年度任用職員、非常勤職員、臨時の職員、派遣や委託で働く方も守る義務を負います。"},
			{"情報の分類と取扱い", "情報資産には、機密性・完全性・可用性の分類があります。分類を確かめてから、保存する場所、渡す相手、持ち出しの可否を判断します。\n\n迷ったときは、自分だけで決めず、所属の情報セキュリティ管理者に確認してください。"},
			{"IDとパスワード、カード", "IDとカードは本人だけが使います。貸し借りや共用はできません。\n\nパスワードは、長く、他で使っていないものにします。紙に書いて机に貼ることや、同じ課の職員に教えることは認められません。"},
			{"メールとファイルの注意", "心当たりのないメールの添付ファイルやリンクは開きません。差出人の名前は簡単に偽れます。\n\n開いてしまったときは、隠さずに、すぐ通信を切って窓口に連絡してください。早い連絡が被害を小さくします。"},
			{"端末と持ち出し", "端末や記録媒体は、許可なく持ち出せません。離席するときは画面をロックします。\n\n紛失や盗難に気付いたときは、時間帯を問わず、直ちに上司とCSIRTに連絡してください。"},
		},
		questions: []asked{
			{"情報セキュリティポリシーを守る義務があるのはだれですか。", []string{"正規の職員だけ", "情報システムを担当する職員だけ", "派遣や委託で働く方を含むすべての職員等"}, "3", "任用の形にかかわらず、市の情報資産に接するすべての人が対象です。"},
			{"心当たりのない差出人から、添付ファイルのあるメールが届きました。どうしますか。（二つ選んでください）", []string{"添付ファイルを開いて内容を確かめる", "開かずに窓口へ報告する", "同僚に転送して開いてもらう", "差出人に別の手段で確かめる"}, "2 4", "開かずに報告し、必要ならば電話など別の手段で確かめます。"},
			{"同じ課の職員が、急ぎの仕事のためにIDを貸してほしいと頼んできました。", []string{"その日だけ貸す", "貸さずに、上司に相談する", "自分がログインした端末を使わせる"}, "2", "IDは本人だけのものです。必要な権限は、手続を経て付与します。"},
			{"機密性の分類が分からない資料を、庁外の会議で配ろうとしています。", []string{"会議の相手が信頼できるなら配る", "分類を確かめ、情報セキュリティ管理者の判断を受ける", "表紙に「取扱注意」と書いて配る"}, "2", "分類を確かめてからでなければ、渡してよいか判断できません。"},
			{"USBメモリを帰宅途中に紛失したことに、夜になって気付きました。", []string{"翌朝の始業後に報告する", "自分で探してから報告する", "直ちに上司とCSIRTに連絡する"}, "3", "休日や夜間でも直ちに連絡します。報告が早いほど、被害を抑えられます。"},
		}},
	{name: "情報セキュリティ管理者研修", kind: "role", years: 6, roles: []string{"section_manager", "bureau_head"}, summary: "課・室・局で情報資産を管理する方の研修です。",
		lessons: [][2]string{
			{"管理者の役割", "情報セキュリティ管理者は、所管する情報資産の分類、利用者の権限、持ち出しの許可に責任を負います。\n\n判断の記録を残すことで、後から理由を説明できるようになります。"},
			{"台帳と棚卸し", "年に一度、所管する情報資産を現物と照らし合わせます。担当者の異動があったときは、台帳も改めます。\n\n使わなくなった情報資産は、保存期限を確かめてから、決められた方法で廃棄します。"},
			{"事故の報告", "事故やその疑いの報告を受けたときは、原因を確かめる前でも、直ちにCSIRTへ伝えます。"},
		},
		questions: []asked{
			{"課の職員から、情報の漏えいの疑いがあると報告を受けました。最初にすることはどれですか。", []string{"課内で原因を確かめてから報告する", "直ちにCSIRTへ伝える", "本人に始末書を書かせる"}, "2", "疑いの段階で伝えます。原因の確認は、その後に行います。"},
			{"担当者が異動しました。管理者が確かめることはどれですか。（二つ選んでください）", []string{"以前の権限が外れている", "台帳の担当者が改められている", "新しい担当者の年齢"}, "1 2", "権限と台帳の両方を改めます。"},
		}},
	{name: "情報システム管理者研修", kind: "role", years: 6, roles: []string{"system_manager", "network_manager", "admin"}, summary: "情報システムとネットワークを管理する方の研修です。",
		lessons: [][2]string{
			{"変更と記録", "設定の変更は、申請、承認、実施、確認の順に進めます。緊急の変更も、終わった後に記録します。"},
			{"領域の分離", "マイナンバー利用事務系、LGWAN接続系、インターネット接続系は分離します。領域をまたぐ通信は、登録したものに限ります。"},
			{"バックアップと復旧", "バックアップは、復旧できることを確かめて初めて意味を持ちます。年に一度は復旧の訓練を行います。"},
		},
		questions: []asked{
			{"領域をまたぐ新しい通信が必要になりました。", []string{"試しに設定してから申請する", "申請して承認を受け、登録してから設定する", "期間を限れば申請は要らない"}, "2", "登録のない通信は認められません。"},
		}},
	{name: "統括責任者研修", kind: "role", years: 6, roles: []string{"ciso", "chief"}, summary: "全庁の情報セキュリティを統括する方の研修です。",
		lessons: [][2]string{{"統括する方の判断", "重大な事故の際に、公表、報告、業務の継続を判断します。判断の順序と連絡先を、平時に確かめておきます。"}}},
	{name: "CSIRT要員研修", kind: "role", years: 1, roles: []string{"csirt_chief", "csirt_deputy", "csirt_manager", "csirt_poc", "csirt_member"}, summary: "CSIRTの要員の研修です。",
		lessons: [][2]string{{"受付から終結まで", "通報の受付、影響の判断、封じ込め、復旧、報告の順に対応します。時刻を記録しながら進めます。"}, {"外部への連絡", "関係機関への報告には期限があります。事実と推測を分けて伝えます。"}}},
	{name: "情報セキュリティ監査人研修", kind: "role", years: 6, roles: []string{"auditor"}, summary: "監査を行う方の研修です。",
		lessons: [][2]string{{"独立した立場", "監査人は、自らの所属や関与した業務を監査しません。証拠に基づいて指摘し、改善を確かめます。"}}},
	{name: "委託管理研修", kind: "role", years: 6, roles: []string{"contract_officer"}, summary: "委託の契約を担当する方の研修です。",
		lessons: [][2]string{{"委託先の監督", "契約に必要な条項を備え、再委託の承認と、年に一度の確認を行います。"}}},
	{name: "標的型メールのフォロー研修", kind: "followup", years: 6, summary: "訓練のメールを開封した方の研修です。責めるためのものではなく、次に気付くためのものです。",
		lessons: [][2]string{
			{"なぜ開いてしまうのか", "急がせる言葉、見慣れた差出人名、仕事に関係のありそうな件名は、考える時間を奪うために使われます。\n\n一度手を止めることが、最も効果のある対策です。"},
			{"見分けるところ", "差出人のアドレス、リンク先の文字列、添付ファイルの種類を確かめます。少しでも不自然なら開かずに報告します。"},
			{"開いたときにすること", "通信を切り、電源は入れたままにして、窓口に連絡します。履歴を消す必要はありません。"},
		},
		questions: []asked{
			{"メールの件名に「至急」とあります。", []string{"急ぎなので先に添付ファイルを開く", "一度手を止めて差出人とリンク先を確かめる"}, "2", "急がせることは、よく使われる手口です。"},
			{"添付ファイルを開いた後、不審だと気付きました。", []string{"電源を切って様子を見る", "通信を切り、電源は入れたまま窓口に連絡する", "メールを消して忘れる"}, "2", "電源を切ると、調べるための手掛かりが失われます。"},
		}},
}
