// Package contractor keeps the companies that work for the city and their contracts.
//
// Clauses: bp.5 (contractors are made to keep the policy), bp.9.3, bp.9.5.
package contractor

import (
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// Contractor is a company that handles information assets for the city (委託事業者).
type Contractor struct {
	Code string `reg:"code,key" ja:"事業者番号" en:"Contractor no."`
	Name string `reg:"name,required,list,search" ja:"名称" en:"Name"`
}

// Contract binds a contractor for a time (委託契約).
type Contract struct {
	Code       string    `reg:"code,key" ja:"契約番号" en:"Contract no."`
	Name       string    `reg:"name,required,list,search" ja:"件名" en:"Subject"`
	Contractor string    `reg:"contractor,required,list,filter" refers:"contractor" ja:"委託事業者" en:"Contractor"`
	Unit       string    `reg:"unit,required,list,filter" refers:"unit" ja:"所管課" en:"Section in charge"`
	From       when.Date `reg:"from,required,list" ja:"開始日" en:"From"`
	Until      when.Date `reg:"until,required,list" ja:"終了日" en:"Until"`
}

// Registers are the registers of this package, in the order of the menu.
func Registers() []*register.Def {
	c := func(ids ...clause.ID) []clause.ID { return ids }
	return []*register.Def{
		register.Declare[Contractor](register.Spec{Name: "contractor", Title: msg.T("委託事業者", "Contractors"), Lead: msg.T("情報資産を取り扱う委託事業者です。", "Companies that handle information assets."), Clauses: c("bp.5"), Group: "partner", Label: "name"}),
		register.Declare[Contract](register.Spec{Name: "contract", Title: msg.T("委託契約", "Contracts"), Lead: msg.T("委託契約とその期間です。", "Contracts and their terms."), Clauses: c("bp.5", "bp.9.3"), Group: "partner", Label: "name", Unit: "unit", Start: "from", End: "until"}),
	}
}
