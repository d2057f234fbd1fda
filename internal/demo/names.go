package demo

import "strings"

// Family and given names, as kanji and reading. They are put together at random; nobody is meant.
var (
	families = split(`相川あいかわ 青山あおやま 秋月あきづき 浅見あさみ 天野あまの 有村ありむら 安西あんざい 飯島いいじま 石橋いしばし 磯部いそべ
市川いちかわ 岩瀬いわせ 植村うえむら 内海うつみ 江口えぐち 榎本えのもと 大槻おおつき 岡部おかべ 奥田おくだ 小沢おざわ 織田おだ 貝塚かいづか
加賀かが 笠原かさはら 柏木かしわぎ 片桐かたぎり 金子かねこ 川辺かわべ 菊池きくち 岸本きしもと 北原きたはら 木下きのした 久米くめ 黒沢くろさわ
桑原くわばら 小池こいけ 河野こうの 小松こまつ 近藤こんどう 斎木さいき 酒井さかい 榊原さかきばら 桜井さくらい 笹川ささがわ 佐野さの 沢田さわだ
塩谷しおや 島津しまづ 清水しみず 白石しらいし 菅野すがの 杉山すぎやま 鈴村すずむら 瀬戸せと 高瀬たかせ 滝沢たきざわ 竹内たけうち 橘たちばな
田辺たなべ 谷口たにぐち 千葉ちば 津田つだ 土屋つちや 寺島てらしま 遠山とおやま 富岡とみおか 内藤ないとう 中沢なかざわ 長尾ながお 成瀬なるせ
新美にいみ 西村にしむら 野口のぐち 野沢のざわ 萩原はぎわら 橋爪はしづめ 畑中はたなか 早瀬はやせ 原口はらぐち 樋口ひぐち 平野ひらの 深沢ふかざわ
福島ふくしま 藤井ふじい 古川ふるかわ 星野ほしの 堀内ほりうち 本多ほんだ 前川まえかわ 牧野まきの 松永まつなが 三浦みうら 水野みずの 峰岸みねぎし
宮坂みやさか 向井むかい 村瀬むらせ 望月もちづき 森下もりした 八木やぎ 矢島やじま 柳沢やなぎさわ 山根やまね 湯浅ゆあさ 横井よこい 吉沢よしざわ 若林わかばやし 渡部わたべ`)
	givens = split(`明子あきこ 旭あさひ 綾あや 郁夫いくお 泉いずみ 一郎いちろう 栄子えいこ 修おさむ 海斗かいと 和也かずや 克己かつみ 要かなめ
清きよし 圭吾けいご 恵子けいこ 健太けんた 浩二こうじ 咲さき 早苗さなえ 茂しげる 静香しずか 隼人はやと 翔太しょうた 真一しんいち 進すすむ 澄子すみこ
誠司せいじ 大輔だいすけ 隆たかし 拓海たくみ 匠たくみ 千秋ちあき 千尋ちひろ 司つかさ 哲也てつや 徹とおる 智子ともこ 直樹なおき 夏美なつみ 典子のりこ
悠人はると 春香はるか 久美くみ 英樹ひでき 瞳ひとみ 博ひろし 洋子ようこ 文雄ふみお 真琴まこと 雅人まさと 瑞穂みずほ 美咲みさき 実みのる 恵めぐみ
桃子ももこ 康平こうへい 裕子ゆうこ 勇気ゆうき 結衣ゆい 由紀ゆき 陽菜ひな 義明よしあき 理恵りえ 涼りょう 玲奈れいな 亘わたる`)
)

// word is a name with its reading.
type word struct{ kanji, kana string }

// split reads words of kanji followed by their reading.
func split(s string) []word {
	var out []word
	for _, f := range strings.Fields(s) {
		at := strings.IndexFunc(f, func(r rune) bool { return r >= 'ぁ' && r <= 'ん' })
		out = append(out, word{f[:at], f[at:]})
	}
	return out
}

// office is a bureau with what its departments and sections are called after.
type office struct {
	name, kana, organ string
	themes            string
}

var offices = []office{
	{"危機管理局", "ききかんりきょく", "mayor", "危機対策 防災企画 防災情報 国民保護"},
	{"総務局", "そうむきょく", "mayor", "総務 人事 給与厚生 法務文書 情報公開 統計 庁舎管理"},
	{"デジタル戦略局", "でじたるせんりゃくきょく", "mayor", "情報政策 システム基盤 行政デジタル 業務改革"},
	{"まちづくり政策局", "まちづくりせいさくきょく", "mayor", "政策企画 地域振興 交通政策 公共施設"},
	{"財政局", "ざいせいきょく", "mayor", "財政 市民税 固定資産税 納税 契約管財"},
	{"市民文化局", "しみんぶんかきょく", "mayor", "戸籍住民 市民自治 文化振興 消費生活 男女共同参画"},
	{"保健福祉局", "ほけんふくしきょく", "mayor", "国民健康保険 介護保険 障がい福祉 高齢福祉 生活保護 健康づくり 感染症対策"},
	{"子ども未来局", "こどもみらいきょく", "mayor", "子育て支援 保育推進 児童相談 青少年育成"},
	{"経済観光局", "けいざいかんこうきょく", "mayor", "産業振興 雇用推進 観光 農業支援"},
	{"環境局", "かんきょうきょく", "mayor", "環境政策 循環推進 清掃事業 環境保全"},
	{"建設局", "けんせつきょく", "mayor", "道路管理 河川 用地 公園緑化 土木維持"},
	{"都市局", "としきょく", "mayor", "都市計画 建築指導 住宅管理 市街地整備"},
	{"中央区役所", "ちゅうおうくやくしょ", "mayor", "区総務 区戸籍住民 区保健福祉 区土木"},
	{"港区役所", "みなとくやくしょ", "mayor", "区総務 区戸籍住民 区保健福祉 区土木"},
	{"山手区役所", "やまてくやくしょ", "mayor", "区総務 区戸籍住民 区保健福祉 区土木"},
	{"会計室", "かいけいしつ", "mayor", "会計管理 出納 審査"},
	{"水道局", "すいどうきょく", "enterprise", "水道総務 料金 給水 浄水 配水"},
	{"消防局", "しょうぼうきょく", "fire", "消防総務 予防 警防 救急 指令"},
	{"教育委員会事務局", "きょういくいいんかいじむきょく", "education", "教育総務 学校教育 学務 生涯学習 図書館"},
	{"議会事務局", "ぎかいじむきょく", "assembly_office", "議会総務 議事 調査広報"},
}

// secretariats are the small offices of organs that have no bureau.
var secretariats = []office{
	{"選挙管理委員会事務局", "せんきょかんりいいんかいじむきょく", "election", ""},
	{"人事委員会事務局", "じんじいいんかいじむきょく", "personnel", ""},
	{"監査事務局", "かんさじむきょく", "audit", ""},
	{"農業委員会事務局", "のうぎょういいんかいじむきょく", "agriculture", ""},
	{"固定資産評価審査委員会事務局", "こていしさんひょうかしんさいいんかいじむきょく", "assessment", ""},
}

// organNames are the ten organs of clause 3 and the assembly itself (bp.3).
var organNames = []struct{ kind, name string }{
	{"mayor", "市長"}, {"education", "教育委員会"}, {"election", "選挙管理委員会"}, {"personnel", "人事委員会"}, {"audit", "監査委員"},
	{"agriculture", "農業委員会"}, {"assessment", "固定資産評価審査委員会"}, {"enterprise", "水道事業管理者"}, {"fire", "消防長"},
	{"assembly_office", "議会事務局"}, {"assembly", "市議会"},
}

// suffixes make several sections of one theme.
var suffixes = []string{"課", "管理課", "調整課", "推進課", "支援課", "指導課", "計画課", "相談課", "施設課", "事業課"}

// sort of system: what it is called, which section runs it, what it handles and holds.
type systemSort struct {
	name, bureau, theme string
	handles             string
	zone                string
	content             string // of its main asset; "" when it holds no data
	class               string // confidentiality, integrity, availability
	persons             int
}

var systemSorts = []systemSort{
	{"住民記録システム", "市民文化局", "戸籍住民", "my_number_tax resident_register", "mynumber", "my_number resident", "3B-2-2", 900000},
	{"戸籍情報システム", "市民文化局", "戸籍住民", "family_register", "mynumber", "family_register", "3B-2-2", 700000},
	{"印鑑登録システム", "市民文化局", "戸籍住民", "resident_register", "mynumber", "resident", "3B-2-2", 400000},
	{"住民基本台帳ネットワーク連携システム", "市民文化局", "戸籍住民", "resident_register", "juki", "resident", "3B-2-2", 900000},
	{"証明書コンビニ交付システム", "市民文化局", "戸籍住民", "resident_register", "lgwan", "resident", "3B-2-2", 300000},
	{"個人住民税システム", "財政局", "市民税", "my_number_tax", "mynumber", "my_number tax", "3B-2-2", 600000},
	{"法人市民税システム", "財政局", "市民税", "my_number_tax", "mynumber", "tax", "3B-2-1", 30000},
	{"軽自動車税システム", "財政局", "市民税", "my_number_tax", "mynumber", "my_number tax", "3B-2-1", 180000},
	{"固定資産税システム", "財政局", "固定資産税", "my_number_tax", "mynumber", "my_number tax", "3B-2-2", 350000},
	{"収納管理システム", "財政局", "納税", "my_number_tax", "mynumber", "my_number tax", "3B-2-2", 600000},
	{"滞納整理システム", "財政局", "納税", "my_number_tax", "mynumber", "tax", "3B-2-1", 40000},
	{"国民健康保険システム", "保健福祉局", "国民健康保険", "my_number_social", "mynumber", "my_number personal sensitive", "3B-2-2", 200000},
	{"後期高齢者医療システム", "保健福祉局", "国民健康保険", "my_number_social", "mynumber", "my_number personal sensitive", "3B-2-2", 120000},
	{"介護保険システム", "保健福祉局", "介護保険", "my_number_social", "mynumber", "my_number personal sensitive", "3B-2-2", 250000},
	{"障がい福祉システム", "保健福祉局", "障がい福祉", "my_number_social", "mynumber", "my_number personal sensitive", "3B-2-2", 40000},
	{"生活保護システム", "保健福祉局", "生活保護", "my_number_social", "mynumber", "my_number personal sensitive", "3B-2-2", 30000},
	{"健康管理システム", "保健福祉局", "健康づくり", "my_number_social", "mynumber", "my_number personal sensitive", "3B-2-2", 500000},
	{"予防接種システム", "保健福祉局", "感染症対策", "my_number_social", "mynumber", "my_number personal sensitive", "3B-2-1", 400000},
	{"児童手当システム", "子ども未来局", "子育て支援", "my_number_social", "mynumber", "my_number personal", "3B-2-2", 90000},
	{"保育入所システム", "子ども未来局", "保育推進", "my_number_social", "mynumber", "my_number personal", "3B-2-2", 30000},
	{"児童相談システム", "子ども未来局", "児童相談", "my_number_social", "mynumber", "personal sensitive", "3B-2-2", 9000},
	{"被災者支援システム", "危機管理局", "危機対策", "my_number_disaster", "mynumber", "my_number resident", "3B-2-2", 800000},
	{"人事給与システム", "総務局", "人事", "general", "lgwan", "personal sensitive", "3C-2-2", 15000},
	{"庶務事務システム", "総務局", "給与厚生", "general", "lgwan", "personal", "2-2-2", 15000},
	{"文書管理システム", "総務局", "法務文書", "general", "lgwan", "internal", "2-2-2", 0},
	{"例規情報システム", "総務局", "法務文書", "general", "lgwan", "internal", "2-2-1", 0},
	{"庁舎入退室管理システム", "総務局", "庁舎管理", "general", "lgwan", "personal", "2-2-1", 4000},
	{"財務会計システム", "財政局", "財政", "general", "lgwan", "internal personal", "2-2-2", 20000},
	{"電子入札システム", "財政局", "契約管財", "general", "internet", "internal", "2-2-2", 0},
	{"公有財産管理システム", "財政局", "契約管財", "general", "lgwan", "internal", "2-2-1", 0},
	{"庁内情報共有システム", "デジタル戦略局", "システム基盤", "general", "lgwan", "internal", "2-2-2", 0},
	{"庁内ファイル共有システム", "デジタル戦略局", "システム基盤", "general", "lgwan", "internal", "2-2-2", 0},
	{"職員認証基盤", "デジタル戦略局", "システム基盤", "general", "lgwan", "personal", "2-2-2", 15000},
	{"電子申請システム", "デジタル戦略局", "行政デジタル", "general", "internet", "personal", "2-2-2", 60000},
	{"公式サイト管理システム", "デジタル戦略局", "行政デジタル", "portal", "internet", "", "1-1-1", 0},
	{"オープンデータ公開システム", "デジタル戦略局", "行政デジタル", "portal", "internet", "", "1-1-1", 0},
	{"防災情報システム", "危機管理局", "防災情報", "general", "lgwan", "internal", "2-2-2", 0},
	{"職員参集システム", "危機管理局", "防災企画", "general", "internet", "personal", "2-2-2", 8000},
	{"地図情報システム", "まちづくり政策局", "政策企画", "general", "lgwan", "internal", "2-2-1", 0},
	{"公共施設予約システム", "まちづくり政策局", "公共施設", "general", "internet", "personal", "2-2-1", 50000},
	{"消費生活相談システム", "市民文化局", "消費生活", "general", "lgwan", "personal sensitive", "3C-2-1", 12000},
	{"企業立地管理システム", "経済観光局", "産業振興", "general", "lgwan", "internal", "2-2-1", 0},
	{"観光案内システム", "経済観光局", "観光", "portal", "internet", "", "1-1-1", 0},
	{"ごみ収集管理システム", "環境局", "清掃事業", "general", "lgwan", "personal", "2-2-1", 20000},
	{"大気環境監視システム", "環境局", "環境保全", "general", "lgwan", "none", "1-2-1", 0},
	{"道路台帳システム", "建設局", "道路管理", "general", "lgwan", "internal", "2-2-1", 0},
	{"公園施設管理システム", "建設局", "公園緑化", "general", "lgwan", "internal", "2-1-1", 0},
	{"建築確認システム", "都市局", "建築指導", "general", "lgwan", "personal", "2-2-1", 30000},
	{"市営住宅管理システム", "都市局", "住宅管理", "my_number_social", "mynumber", "my_number personal", "3B-2-1", 25000},
	{"公金収納照合システム", "会計室", "出納", "general", "lgwan", "internal", "2-2-2", 0},
	{"上下水道料金システム", "水道局", "料金", "general", "lgwan", "personal", "2-2-2", 450000},
	{"浄水監視システム", "水道局", "浄水", "general", "lgwan", "internal", "2-2-2", 0},
	{"給水台帳システム", "水道局", "給水", "general", "lgwan", "personal", "2-2-1", 400000},
	{"消防指令システム", "消防局", "指令", "general", "lgwan", "personal sensitive", "3C-2-2", 200000},
	{"救急活動記録システム", "消防局", "救急", "general", "lgwan", "personal sensitive", "3C-2-1", 90000},
	{"図書館システム", "教育委員会事務局", "図書館", "general", "internet", "personal", "2-2-1", 250000},
	{"就学援助システム", "教育委員会事務局", "学務", "my_number_social", "mynumber", "my_number personal", "3B-2-1", 9000},
	{"議会中継システム", "議会事務局", "調査広報", "portal", "internet", "", "1-1-1", 0},
	{"選挙人名簿システム", "選挙管理委員会事務局", "", "resident_register", "mynumber", "resident", "3B-2-2", 800000},
	{"農地台帳システム", "農業委員会事務局", "", "general", "lgwan", "personal", "2-2-1", 9000},
}

// schoolSorts are systems of schools, left out of scope (bp.2.7–bp.2.9).
var schoolSorts = []struct{ name, theme, content string }{
	{"校務支援システム", "学校教育", "school_admin"}, {"学習支援システム", "学校教育", "school_learning"},
	{"学校図書館システム", "学校教育", "school_learning"}, {"学校保健管理システム", "学務", "school_admin"},
	{"学校給食管理システム", "学務", "school_admin"}, {"教職員連絡システム", "教育総務", "school_admin"},
	{"学力調査分析システム", "学校教育", "school_learning"}, {"教材配信システム", "学校教育", "school_learning"},
}

// assetSort is a sort of asset that sections keep beside their systems.
type assetSort struct {
	name, form, content, class string
	persons                    [2]int // from, to; 0 when it is about nobody
	reason                     string
}

var assetSorts = []assetSort{
	{"相談記録", "file", "personal sensitive", "3C-2-1", [2]int{20, 4000}, "相談者の心身や生活の状況を含み、漏えいすると本人の権利利益を大きく損なうため"},
	{"申請書受付簿", "file", "personal", "2-2-1", [2]int{50, 900}, "申請者の氏名と住所を含むため"},
	{"給付決定台帳", "database", "personal", "2-2-2", [2]int{300, 30000}, "給付の決定に用い、誤りや停止が住民の権利利益に影響するため"},
	{"担当者連絡名簿", "file", "personal", "2-1-1", [2]int{10, 300}, "職員以外の連絡先を含むため"},
	{"会議資料", "file", "internal", "2-1-1", [2]int{}, "検討の途中の内容を含み、直ちに公表することを予定しないため"},
	{"予算要求資料", "file", "internal", "2-2-1", [2]int{}, "査定の前の額を含むため"},
	{"契約関係書類", "file", "internal", "2-2-1", [2]int{}, "予定価格の積算を含むため"},
	{"業務手順書", "file", "internal", "2-1-1", [2]int{}, "内部の手順を含み、公表を前提としないため"},
	{"施設図面", "file", "internal", "2-2-1", [2]int{}, "警備に関わる部分を含むため"},
	{"事業統計", "file", "none", "1-2-1", [2]int{}, "公表する統計の元となり、正確さを保つ必要があるため"},
	{"広報用写真", "file", "none", "1-1-1", [2]int{}, "公表を前提とするため"},
	{"公開用案内資料", "file", "none", "1-1-1", [2]int{}, "公表を前提とするため"},
}
