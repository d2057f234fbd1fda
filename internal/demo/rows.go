package demo

import (
	"reflect"
	"slices"

	"okite/internal/when"
)

// The rows of the registers, field for field. They are stated here once more and not imported: a register that
// loses a field must fail to load, and not quietly take the demonstration with it.

type cityRow struct {
	Code string `reg:"code"`
	Name string `reg:"name"`
	Pack string `reg:"pack"`
}

type organ struct {
	Code  string    `reg:"code"`
	Name  string    `reg:"name"`
	Kind  string    `reg:"kind"`
	Open  when.Date `reg:"open"`
	Close when.Date `reg:"close"`
}

type unit struct {
	Code   string    `reg:"code"`
	Name   string    `reg:"name"`
	Kana   string    `reg:"kana"`
	Kind   string    `reg:"kind"`
	Organ  string    `reg:"organ"`
	Parent string    `reg:"parent"`
	HRCode string    `reg:"hr_code"`
	Open   when.Date `reg:"open"`
	Close  when.Date `reg:"close"`
}

type hrUnit struct {
	Code      string    `reg:"code"`
	Name      string    `reg:"name"`
	Collected when.Date `reg:"collected"`
}

type person struct {
	Code       string    `reg:"code"`
	Name       string    `reg:"name"`
	Kana       string    `reg:"kana"`
	Unit       string    `reg:"unit"`
	Employment string    `reg:"employment"`
	Title      string    `reg:"title"`
	Contract   string    `reg:"contract"`
	Joined     when.Date `reg:"joined"`
	Left       when.Date `reg:"left"`
	Mail       string    `reg:"mail"`
}

type post struct {
	Code   string    `reg:"code"`
	Role   string    `reg:"role"`
	Scope  string    `reg:"scope"`
	Unit   string    `reg:"unit"`
	System string    `reg:"system"`
	Name   string    `reg:"name"`
	From   when.Date `reg:"from"`
	Until  when.Date `reg:"until"`
}

type assignment struct {
	Code     string    `reg:"code"`
	Post     string    `reg:"post"`
	Person   string    `reg:"person"`
	Kind     string    `reg:"kind"`
	From     when.Date `reg:"from"`
	Until    when.Date `reg:"until"`
	Handover when.Date `reg:"handover"`
	First    bool      `reg:"first"`
}

type delegation struct {
	Code  string    `reg:"code"`
	From  string    `reg:"giver"`
	To    string    `reg:"taker"`
	Acts  []string  `reg:"acts"`
	Begin when.Date `reg:"begin"`
	End   when.Date `reg:"end"`
}

type power struct {
	Code   string `reg:"code"`
	Action string `reg:"action"`
	Role   string `reg:"role"`
	Unit   string `reg:"unit"`
	Organ  string `reg:"organ"`
}

type approval struct {
	Code       string    `reg:"code"`
	Action     string    `reg:"action"`
	Subject    string    `reg:"subject"`
	Applicant  string    `reg:"applicant"`
	Approver   string    `reg:"approver"`
	Delegation string    `reg:"delegation"`
	At         when.Date `reg:"at"`
}

type committee struct {
	Code  string    `reg:"code"`
	Name  string    `reg:"name"`
	Chair string    `reg:"chair"`
	Unit  string    `reg:"unit"`
	Since when.Date `reg:"since"`
	Until when.Date `reg:"until"`
}

type meeting struct {
	Code      string    `reg:"code"`
	Committee string    `reg:"committee"`
	Date      when.Date `reg:"date"`
	Time      string    `reg:"time"`
	Place     string    `reg:"place"`
	Called    when.Date `reg:"called"`
	Agenda    []string  `reg:"agenda"`
	Minutes   string    `reg:"minutes"`
	Record    string    `reg:"record"`
	State     string    `reg:"state"`
	Applicant string    `reg:"applicant"`
	Since     when.Date `reg:"since"`
	Approver  string    `reg:"approver"`
}

type agendaItem struct {
	Code     string `reg:"code"`
	Meeting  string `reg:"meeting"`
	Order    int64  `reg:"order"`
	Kind     string `reg:"kind"`
	Name     string `reg:"name"`
	Paper    string `reg:"paper"`
	Decided  string `reg:"decided"`
	Decision string `reg:"decision"`
}

type callTest struct {
	Code    string    `reg:"code"`
	CSIRT   string    `reg:"csirt"`
	Contact string    `reg:"contact"`
	Date    when.Date `reg:"date"`
	Way     string    `reg:"way"`
	By      string    `reg:"by"`
	Minutes *int64    `reg:"minutes"`
	Result  string    `reg:"result"`
	Note    string    `reg:"note"`
}

type csirt struct {
	Code       string `reg:"code"`
	Name       string `reg:"name"`
	Main       bool   `reg:"main"`
	Unit       string `reg:"unit"`
	Chief      string `reg:"chief"`
	Deputy     string `reg:"deputy"`
	Manager    string `reg:"manager"`
	PoC        string `reg:"poc"`
	Phone      string `reg:"phone"`
	Mail       string `reg:"mail"`
	AfterHours string `reg:"after_hours"`
}

type task struct {
	Code     string `reg:"code"`
	CSIRT    string `reg:"csirt"`
	Name     string `reg:"name"`
	Assignee string `reg:"assignee"`
}

type contact struct {
	Code     string    `reg:"code"`
	Body     string    `reg:"body"`
	Name     string    `reg:"name"`
	Phone    string    `reg:"phone"`
	Mail     string    `reg:"mail"`
	Verified when.Date `reg:"verified"`
}

type advisory struct {
	Code     string    `reg:"code"`
	Name     string    `reg:"name"`
	Source   string    `reg:"source"`
	Received when.Date `reg:"received"`
	Triaged  when.Date `reg:"triaged"`
	By       string    `reg:"triaged_by"`
	Verdict  string    `reg:"verdict"`
	Systems  []string  `reg:"systems"`
	Assignee string    `reg:"assignee"`
	Due      when.Date `reg:"due"`
	Result   string    `reg:"result"`
	Done     when.Date `reg:"done"`
	State    string    `reg:"state"`
}

type version struct {
	Code      string    `reg:"code"`
	Layer     string    `reg:"layer"`
	Number    int64     `reg:"number"`
	Name      string    `reg:"name"`
	SHA256    string    `reg:"sha256"`
	State     string    `reg:"state"`
	Route     string    `reg:"route"`
	Committee when.Date `reg:"committee"`
	CISO      when.Date `reg:"ciso"`
	Published when.Date `reg:"published"`
	From      when.Date `reg:"from"`
	Until     when.Date `reg:"until"`
}

type clauseRow struct {
	Code    string   `reg:"code"`
	Version string   `reg:"version"`
	ID      string   `reg:"id"`
	Order   int64    `reg:"order"`
	Number  string   `reg:"number"`
	Name    string   `reg:"name"`
	Text    string   `reg:"text"`
	Parents []string `reg:"parents"`
	Modal   []string `reg:"modal"`
	Hash    string   `reg:"hash"`
}

type adoption struct {
	Code    string    `reg:"code"`
	Organ   string    `reg:"organ"`
	Version string    `reg:"version"`
	By      string    `reg:"by"`
	Date    when.Date `reg:"date"`
	Paper   string    `reg:"paper"`
}

type ack struct {
	Code       string    `reg:"code"`
	Version    string    `reg:"version"`
	Person     string    `reg:"person"`
	Contractor string    `reg:"contractor"`
	Date       when.Date `reg:"date"`
}

type procedure struct {
	Code     string    `reg:"code"`
	Name     string    `reg:"name"`
	Kind     string    `reg:"kind"`
	Unit     string    `reg:"unit"`
	Parents  []string  `reg:"parents"`
	Approved when.Date `reg:"approved"`
	From     when.Date `reg:"from"`
	Until    when.Date `reg:"until"`
}

type requirement struct {
	Code      string `reg:"code"`
	Procedure string `reg:"procedure"`
	Parameter string `reg:"parameter"`
	Value     *int64 `reg:"value"`
}

type parameter struct {
	Code      string `reg:"code"`
	Name      string `reg:"name"`
	Value     *int64 `reg:"value"`
	Text      string `reg:"text"`
	Measure   string `reg:"measure"`
	Direction string `reg:"direction"`
}

type exception struct {
	Code        string    `reg:"code"`
	Check       string    `reg:"check"`
	Subject     string    `reg:"subject"`
	Reason      string    `reg:"reason"`
	Alternative string    `reg:"alternative"`
	Applicant   string    `reg:"applicant"`
	Approver    string    `reg:"approver"`
	Approved    when.Date `reg:"approved"`
	Until       when.Date `reg:"until"`
}

type asset struct {
	Code            string    `reg:"code"`
	Name            string    `reg:"name"`
	Unit            string    `reg:"unit"`
	System          string    `reg:"system"`
	Business        string    `reg:"business"`
	Form            string    `reg:"form"`
	Place           string    `reg:"place"`
	Content         []string  `reg:"content"`
	Confidentiality string    `reg:"confidentiality"`
	Integrity       string    `reg:"integrity"`
	Availability    string    `reg:"availability"`
	Reason          string    `reg:"reason"`
	Classified      when.Date `reg:"classified"`
	ClassifiedBy    string    `reg:"classified_by"`
	Scheme          string    `reg:"scheme"`
	Handling        string    `reg:"handling"`
	Override        bool      `reg:"override"`
	Persons         *int64    `reg:"persons"`
	FileList        string    `reg:"file_list"`
	FileListPublic  when.Date `reg:"file_list_public"`
	Users           string    `reg:"users"`
	Source          string    `reg:"source"`
	Anonymised      bool      `reg:"anonymised"`
	AnonymisedBy    string    `reg:"anonymised_by"`
	Retention       when.Date `reg:"retention"`
	Extended        when.Date `reg:"extended"`
	ExtendReason    string    `reg:"extend_reason"`
	OutOfScope      string    `reg:"out_of_scope"`
	Status          string    `reg:"status"`
	Registered      when.Date `reg:"registered"`
	Confirmed       when.Date `reg:"confirmed"`
	ConfirmedBy     string    `reg:"confirmed_by"`
}

type system struct {
	Code            string    `reg:"code"`
	Name            string    `reg:"name"`
	Unit            string    `reg:"unit"`
	Handles         []string  `reg:"handles"`
	Zone            string    `reg:"zone"`
	Juki            string    `reg:"juki"`
	JukiBy          string    `reg:"juki_by"`
	JukiOn          when.Date `reg:"juki_on"`
	JukiParts       []string  `reg:"juki_parts"`
	Confidentiality string    `reg:"confidentiality"`
	Integrity       string    `reg:"integrity"`
	Availability    string    `reg:"availability"`
	RTO             *int64    `reg:"rto"`
	Backup          string    `reg:"backup"`
	BCP             string    `reg:"bcp"`
	PIA             string    `reg:"pia"`
	PIAPublished    when.Date `reg:"pia_published"`
	PIADue          when.Date `reg:"pia_due"`
	NoData          bool      `reg:"no_data"`
	Inventory       when.Date `reg:"inventory"`
	OutOfScope      string    `reg:"out_of_scope"`
	ScopeBy         string    `reg:"scope_by"`
	ScopeOn         when.Date `reg:"scope_on"`
	Status          string    `reg:"status"`
	GoLive          when.Date `reg:"go_live"`
}

type network struct {
	Code string `reg:"code"`
	Name string `reg:"name"`
	Zone string `reg:"zone"`
	Unit string `reg:"unit"`
}

type device struct {
	Code    string    `reg:"code"`
	Name    string    `reg:"name"`
	System  string    `reg:"system"`
	Network string    `reg:"network"`
	Seen    when.Date `reg:"seen"`
	Source  string    `reg:"source"`
}

type flow struct {
	Code       string    `reg:"code"`
	System     string    `reg:"system"`
	Zone       string    `reg:"zone"`
	Purpose    string    `reg:"purpose"`
	Registered when.Date `reg:"registered"`
	Until      when.Date `reg:"until"`
	Observed   when.Date `reg:"observed"`
}

type store struct {
	Code   string    `reg:"code"`
	Name   string    `reg:"name"`
	System string    `reg:"system"`
	Asset  string    `reg:"asset"`
	Seen   when.Date `reg:"seen"`
}

type control struct {
	Code       string    `reg:"code"`
	Name       string    `reg:"name"`
	Asset      string    `reg:"asset"`
	System     string    `reg:"system"`
	Properties []string  `reg:"properties"`
	Status     string    `reg:"status"`
	Since      when.Date `reg:"since"`
}

type disposal struct {
	Code    string    `reg:"code"`
	Asset   string    `reg:"asset"`
	Date    when.Date `reg:"date"`
	Method  string    `reg:"method"`
	By      string    `reg:"by"`
	Witness string    `reg:"witness"`
}

type stocktake struct {
	Code string    `reg:"code"`
	Unit string    `reg:"unit"`
	FY   int64     `reg:"fy"`
	Date when.Date `reg:"date"`
	By   string    `reg:"by"`
}

type classChange struct {
	Code     string    `reg:"code"`
	Asset    string    `reg:"asset"`
	Property string    `reg:"property"`
	Old      string    `reg:"old"`
	New      string    `reg:"new"`
	Down     bool      `reg:"down"`
	Editor   string    `reg:"editor"`
	Approver string    `reg:"approver"`
	At       when.Date `reg:"at"`
	Reason   string    `reg:"reason"`
}

type downgrade struct {
	Code      string    `reg:"code"`
	Asset     string    `reg:"asset"`
	Property  string    `reg:"property"`
	Old       string    `reg:"old"`
	New       string    `reg:"new"`
	Reason    string    `reg:"reason"`
	Applicant string    `reg:"applicant"`
	Applied   when.Date `reg:"applied"`
	Approver  string    `reg:"approver"`
	Decided   when.Date `reg:"decided"`
	Approved  bool      `reg:"approved"`
}

type scheme struct {
	Code  string    `reg:"code"`
	Name  string    `reg:"name"`
	Since when.Date `reg:"since"`
}

type mapping struct {
	Code string `reg:"code"`
	From string `reg:"from_scheme"`
	Old  string `reg:"old"`
	To   string `reg:"to_scheme"`
	New  string `reg:"new"`
}

type contractor struct {
	Code string `reg:"code"`
	Name string `reg:"name"`
}

type contract struct {
	Code       string    `reg:"code"`
	Name       string    `reg:"name"`
	Contractor string    `reg:"contractor"`
	Unit       string    `reg:"unit"`
	From       when.Date `reg:"from"`
	Until      when.Date `reg:"until"`
}

type audit struct {
	Code     string    `reg:"code"`
	Name     string    `reg:"name"`
	Unit     string    `reg:"unit"`
	Auditors []string  `reg:"auditors"`
	Date     when.Date `reg:"date"`
}

type transfer struct {
	Code   string    `reg:"code"`
	Person string    `reg:"person"`
	Unit   string    `reg:"unit"`
	Until  when.Date `reg:"until"`
}

// tables puts the rows into the form in which they are loaded.
func (c *city) tables() []Table {
	b := &boxes{dates: map[when.Date]any{}, texts: map[string]any{}}
	return []Table{
		table(b, "city", []cityRow{{cityCode, cityName, "model"}}),
		table(b, "parameter", c.params), table(b, "organ", c.organRows), table(b, "unit", c.units), table(b, "hrunit", c.hrUnits),
		table(b, "contractor", c.contractors), table(b, "contract", c.contracts), table(b, "person", c.people), table(b, "transfer", c.transfers),
		table(b, "system", c.systemRows), table(b, "network", c.networks), table(b, "post", c.postRows), table(b, "assignment", c.assignments),
		table(b, "delegation", c.delegations), table(b, "power", c.powers), table(b, "approval", c.approvals),
		table(b, "committee", c.committees), table(b, "meeting", c.meetings), table(b, "agendaitem", c.agendaItems), table(b, "csirt", c.csirts), table(b, "task", c.tasks),
		table(b, "contact", c.contacts), table(b, "calltest", c.callTests), table(b, "advisory", c.advisories),
		table(b, "version", c.versions), table(b, "clause", c.clauses), table(b, "adoption", c.adoptions), table(b, "ack", c.acks),
		table(b, "procedure", c.procedures), table(b, "requirement", c.requirements), table(b, "exception", c.exceptions),
		table(b, "scheme", c.schemes), table(b, "mapping", c.mappings), table(b, "asset", c.assetRows), table(b, "control", c.controls),
		table(b, "stocktake", c.stocktakes), table(b, "classchange", c.classChanges), table(b, "downgrade", c.downgrades),
		table(b, "disposal", c.disposals), table(b, "device", c.devices), table(b, "flow", c.flows), table(b, "store", c.stores),
		table(b, "audit", c.auditRows),
		table(b, "notice", c.notices), table(b, "receipt", c.receiptRows), table(b, "pledge", c.pledges), table(b, "guide", c.guides),
		table(b, "trainingplan", c.school.plans), table(b, "course", c.school.courses), table(b, "session", c.school.sessions), table(b, "lesson", c.school.lessons),
		table(b, "question", c.school.questions), table(b, "completion", c.school.completions), table(b, "maildrill", c.school.drills), table(b, "drillresult", c.school.results),
		table(b, "checksheet", c.inspection.sheets), table(b, "checkitem", c.inspection.items), table(b, "campaign", c.inspection.campaigns),
		table(b, "response", c.inspection.responses), table(b, "confirmation", c.inspection.confirmations),
		table(b, "place", c.wallet.places), table(b, "card", c.wallet.cards), table(b, "userid", c.wallet.ids), table(b, "cardcheck", c.wallet.counts), table(b, "authevent", c.wallet.events),
		table(b, "planitem", c.planItems),
		table(b, "hrmapping", c.hrMappings), table(b, "hrperson", c.hrPeople), table(b, "moveset", c.moveSets), table(b, "move", c.moves),
		table(b, "handover", c.handovers), table(b, "leavecheck", c.leaveChecks),
	}
}

// boxes hold a day or word that stands in many rows once.
type boxes struct {
	dates map[when.Date]any
	texts map[string]any
}

func table[T any](b *boxes, register string, rows []T) Table {
	t := Table{Register: register, Rows: make([][]any, len(rows))}
	typ := reflect.TypeFor[T]()
	n := typ.NumField()
	for i := range n {
		t.Columns = append(t.Columns, typ.Field(i).Tag.Get("reg"))
	}
	cells := make([]any, len(rows)*n)
	for r := range rows {
		row := cells[r*n : (r+1)*n : (r+1)*n]
		v := reflect.ValueOf(&rows[r]).Elem()
		for i := range row {
			row[i] = b.box(v.Field(i).Addr().Interface())
		}
		t.Rows[r] = row
	}
	return t
}

func (b *boxes) box(field any) any {
	switch f := field.(type) {
	case *string:
		if len(*f) > 8 { // a long text seldom comes again
			return *f
		}
		v, ok := b.texts[*f]
		if !ok {
			v = *f
			if len(b.texts) < 1<<16 {
				b.texts[*f] = v
			}
		}
		return v
	case *when.Date:
		v, ok := b.dates[*f]
		if !ok {
			v = *f
			b.dates[*f] = v
		}
		return v
	case *when.Stamp:
		return *f
	case *bool:
		return *f
	case *int64:
		return *f
	case **int64:
		if *f == nil {
			return nil
		}
		return **f
	case *[]string:
		s := slices.Clone(*f)
		slices.Sort(s)
		return slices.Compact(s)
	}
	panic("demo: a row holds a field of an unknown kind")
}
