// Package card keeps the cards (ICカード) and the accounts (利用者ID) that say who somebody is: what was lent to whom, what
// came back, what was lost and revoked, what was counted, and what the logs of readers and terminals say of their use.
//
// Clauses: bp.9.1 (nobody uses another's card or account), bp.5 (whoever leaves keeps neither), bp.9.4 (who gets in is
// known).
package card

import (
	"context"

	"okite/internal/act"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// The states of a card.
const (
	Stock     = "stock"     // 在庫: nobody has it
	Lent      = "lent"      // 貸出中
	Collected = "collected" // 回収済: it came back and may be lent again
	Lost      = "lost"      // 紛失: said to be lost, and still good
	Revoked   = "revoked"   // 失効: no reader takes it any more
)

// StaffCard is the kind of card that stays with its holder through all sections. Every other kind belongs to a section.
const StaffCard = "staff"

// The kinds of account.
const (
	Personal = "personal" // 個人
	Shared   = "shared"   // 共用
	Machine  = "system"   // システム
)

// Card is a card that lets somebody in (ICカード). Its holder stays named after it came back, until it is lent again.
type Card struct {
	Code      string     `reg:"code,key" ja:"カード番号" en:"Card no."`
	Kind      string     `reg:"kind,required,list,filter" vocab:"card_kind" ja:"カードの種類" en:"Kind of card"`
	Unit      string     `reg:"unit,required,list,filter" refers:"unit" ja:"管理する組織" en:"Unit in charge"`
	Person    string     `reg:"person,list,filter" refers:"person" ja:"持つ職員" en:"Holder"`
	State     string     `reg:"state,required,list,filter" vocab:"card_state" ja:"状態" en:"State"`
	Lent      when.Date  `reg:"lent,list" ja:"貸出日" en:"Lent on"`
	Collected when.Date  `reg:"collected,list" ja:"回収日" en:"Collected on"`
	LostAt    when.Stamp `reg:"lost_at,list" ja:"紛失の届出の日時" en:"Loss reported at"`
	RevokedAt when.Stamp `reg:"revoked_at,list" ja:"失効の日時" en:"Revoked at"`
}

// Account is a name under which somebody or something signs in to a system (利用者ID). It is called userid in data: an
// account in the record of the product is one of the product itself.
type Account struct {
	Code      string    `reg:"code,key" ja:"利用者ID管理番号" en:"Account no."`
	Login     string    `reg:"login,required,list,search" ja:"利用者ID" en:"Login name"`
	System    string    `reg:"system,required,list,filter" refers:"system" ja:"情報システム" en:"System"`
	Person    string    `reg:"person,list,filter" refers:"person" ja:"使う職員" en:"Person" help_ja:"共用とシステムのIDは、責任を負う職員です。" help_en:"Of a shared or machine account, who answers for it."`
	Kind      string    `reg:"kind,required,list,filter" vocab:"userid_kind" ja:"IDの種類" en:"Kind of account"`
	Opened    when.Date `reg:"opened,required,list" ja:"利用開始日" en:"Opened"`
	Closed    when.Date `reg:"closed,list" ja:"停止日" en:"Closed"`
	Exception string    `reg:"exception" refers:"exception" ja:"共用を認めた例外措置" en:"Exception that allows sharing"`
}

// Place is where readers and terminals stand (拠点).
type Place struct {
	Code    string `reg:"code,key" ja:"拠点番号" en:"Place no."`
	Name    string `reg:"name,required,list,search" ja:"名称" en:"Name"`
	Minutes *int64 `reg:"minutes,required,list" ja:"ほかの拠点までの最短の移動時間（分）" en:"Least minutes to any other place" help_ja:"最も近い拠点まで、車で移動するときの時間です。" help_en:"By car to the nearest other place."`
}

// Count is a counting of the cards of a unit (カードの点検).
type Count struct {
	Code     string    `reg:"code,key" ja:"点検番号" en:"Inspection no."`
	Unit     string    `reg:"unit,required,list,filter" refers:"unit" ja:"点検した組織" en:"Unit"`
	Date     when.Date `reg:"date,required,list" ja:"点検日" en:"Date"`
	Expected int64     `reg:"expected,list" ja:"台帳の枚数" en:"On record"`
	Counted  int64     `reg:"counted,list" ja:"確かめた枚数" en:"Counted"`
	Missing  []string  `reg:"missing" refers:"card" ja:"見当たらないカード" en:"Missing"`
	By       string    `reg:"counted_by,list" refers:"person" ja:"点検した職員" en:"Counted by"`
}

// Event is one use of a card or an account as a reader or terminal logged it (認証の記録): evidence, imported every month,
// never edited.
type Event struct {
	Code    string     `reg:"code,key,unsearched" ja:"認証記録番号" en:"Event no."`
	At      when.Stamp `reg:"at,required,list" ja:"日時" en:"Time"`
	Card    string     `reg:"card,list,filter" refers:"card" ja:"カード" en:"Card"`
	Account string     `reg:"userid,list,filter" refers:"userid" ja:"利用者ID" en:"Account"`
	Person  string     `reg:"person,list" refers:"person" ja:"本人とされた職員" en:"Person, by the log"`
	Reader  string     `reg:"reader,list" ja:"端末・読取装置" en:"Terminal or reader"`
	Place   string     `reg:"place,required,list,filter" refers:"place" ja:"拠点" en:"Place"`
	Way     string     `reg:"way,list" vocab:"auth_way" ja:"認証の方法" en:"Way"`
}

// Registers are the registers of this package, in the order of the menu.
func Registers() []*register.Def {
	c := func(ids ...clause.ID) []clause.ID { return ids }
	return []*register.Def{
		register.Declare[Card](register.Spec{Name: "card", Title: msg.T("カード管理簿", "Cards"), Lead: msg.T("職員証、操作者識別カードなどの貸出し、回収、紛失、失効の記録です。", "Cards: lent, collected, lost and revoked."), Clauses: c("bp.9.1", "bp.9.4"), Group: "people", Unit: "unit", Bind: soundCard, Reach: &register.Reach{Own: []string{"person"}, Of: []string{"unit", "person"}, Roles: register.Answering(), Acts: []string{actRevoke}}}),
		register.Declare[Account](register.Spec{Name: "userid", Title: msg.T("利用者ID管理簿", "Accounts"), Lead: msg.T("情報システムごとの利用者IDと、使う職員です。", "Accounts of the systems and who uses them."), Clauses: c("bp.9.1", "bp.9.4"), Group: "people", Label: "login", Start: "opened", End: "closed", Bind: soundAccount, Reach: &register.Reach{Own: []string{"person"}, Of: []string{"person", "system"}, Roles: register.Answering("system_manager")}}),
		register.Declare[Count](register.Spec{Name: "cardcheck", Title: msg.T("カードの点検", "Card inspections"), Lead: msg.T("カードの枚数を台帳と突き合わせた記録です。", "Cards counted against the register."), Clauses: c("bp.9.1"), Group: "people", Unit: "unit", Reach: &register.Reach{Own: []string{"counted_by"}, Of: []string{"unit"}, Roles: register.Answering()}}),
		register.Declare[Place](register.Spec{Name: "place", Title: msg.T("拠点", "Places"), Lead: msg.T("読取装置や端末のある庁舎などと、移動に掛かる時間です。", "Where readers and terminals stand, and how long it takes to get away."), Clauses: c("bp.9.1"), Group: "people", Label: "name"}),
		register.Declare[Event](register.Spec{Name: "authevent", Title: msg.T("認証の記録", "Log of authentication"), Lead: msg.T("読取装置と端末から毎月取り込む、カードと利用者IDの使用の記録です。", "Uses of cards and accounts, imported from readers and terminals every month."), Clauses: c("bp.9.1", "bp.9.4"), Group: "people", Reach: &register.Reach{Own: []string{"person"}, Roles: append([]string{"csirt_chief", "csirt_deputy", "csirt_manager"}, register.Overseers...)}}),
	}
}

// Config says what the module needs.
type Config struct {
	Store   *db.Store
	Catalog *register.Catalog
	Gate    *act.Gate
	// Says gives what the checks say about a record; nil where no checks run.
	Says func(ctx context.Context, r ref.Ref) ([]Verdict, error)
}

// Verdict is what a check says about a record.
type Verdict struct {
	Check, Result string // the result as the API names it
	Title, Reason msg.Text
	Href          string
}

// Service is the module at work.
type Service struct{ c Config }

// New makes it.
func New(c Config) *Service { return &Service{c: c} }
