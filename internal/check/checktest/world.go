package checktest

import (
	"reflect"
	"testing"

	"github.com/cedar-policy/cedar-go"

	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/register"
	"okite/internal/transfer"
	"okite/internal/when"
)

// Rows are the rows of one register, for those who put the city into a store.
func (c *City) Rows(register string) any { return c.tables()[register] }

// tables are the registers by name, as a join reads them.
func (c *City) tables() map[string]any {
	return map[string]any{
		"city": c.City, "organ": c.Organs, "unit": c.Units, "hrunit": c.HRUnits, "person": c.People, "post": c.Posts, "assignment": c.Assignments,
		"delegation": c.Delegations, "action": c.Actions, "power": c.Powers, "approval": c.Approvals, "committee": c.Committees, "meeting": c.Meetings,
		"csirt": c.CSIRTs, "task": c.Tasks, "contact": c.Contacts, "calltest": c.CallTests, "agendaitem": c.AgendaItems, "advisory": c.Advisories,
		"version": c.Versions, "clause": c.Clauses, "adoption": c.Adoptions, "ack": c.Acks, "procedure": c.Procedures, "requirement": c.Requirements,
		"parameter": c.Parameters, "exception": c.Exceptions,
		"asset": c.Assets, "system": c.Systems, "network": c.Networks, "device": c.Devices, "flow": c.Flows, "store": c.Stores, "control": c.Controls,
		"disposal": c.Disposals, "stocktake": c.Stocktakes, "classchange": c.ClassChanges, "scheme": c.Schemes,
		"notice": c.Notices, "receipt": c.Receipts, "pledge": c.Pledges, "guide": c.Guides,
		"card": c.Cards, "userid": c.Accounts, "place": c.Places, "cardcheck": c.CardCounts, "authevent": c.Events,
		"contractor": c.Contractors, "contract": c.Contracts, "audit": c.Audits, "transfer": c.Transfers,
		"hrperson": c.hrPeople(), "hrmapping": c.HRMappings, "leavecheck": c.leaveChecks(), "handover": []transfer.Handover(nil), "moveset": []org.MoveSet(nil), "move": []org.Move(nil),
		"trainingplan": c.TrainingPlans, "course": c.Courses, "session": c.Sessions, "lesson": c.Lessons, "question": c.Questions,
		"checksheet": c.CheckSheets, "checkitem": c.CheckItems, "campaign": c.Campaigns, "response": c.Responses, "confirmation": c.Confirmations,
		"completion": c.Completions, "maildrill": c.MailDrills, "drillresult": c.DrillResults,
	}
}

// calendar lends the calendar of the country to the joins, which count days as numbers.
type calendar struct{ *when.Calendar }

func (k calendar) AddOpen(day int32, n int) int32 {
	return int32(k.Calendar.AddOpen(when.Date(day), n))
}
func (k calendar) IsOpen(day int32) bool { return k.Calendar.IsOpen(when.Date(day)) }
func (k calendar) OpenBetween(a, b int32) int {
	return k.Calendar.OpenBetween(when.Date(a), when.Date(b))
}

// subject is a record with its columns and joined facts.
type subject struct {
	city *City
	def  *register.Def
	key  string
	// result is set before a reason is asked for.
	result check.Result
	vals   map[string]any // string, int64, bool or []string; dates are int64 days
}

// subjects are the records of a register with everything the joins say about them.
func (c *City) subjects(t testing.TB, name string) []*subject {
	t.Helper()
	def := def(name)
	rows := reflect.ValueOf(c.tables()[name])
	out := make([]*subject, rows.Len())
	for i := range out {
		out[i] = &subject{city: c, def: def, vals: map[string]any{}}
		for _, f := range def.Fields {
			out[i].vals[f.Name] = plain(column(rows.Index(i), f.Name))
		}
		out[i].key = out[i].vals[def.KeyField().Name].(string)
	}
	for _, j := range Joins() {
		if j.Subject != name {
			continue
		}
		o := c.compute(t, j)
		for k, a := range j.Attrs {
			for i, s := range out {
				if _, taken := s.vals[a.Name]; taken {
					t.Fatalf("%s: attribute %s given twice", name, a.Name)
				}
				s.vals[a.Name] = joined(o.Value(i, k))
			}
		}
	}
	return out
}

func column(row reflect.Value, name string) reflect.Value {
	for i := range row.NumField() {
		tag := row.Type().Field(i).Tag.Get("reg")
		if tag == name || len(tag) > len(name) && tag[:len(name)+1] == name+"," {
			return row.Field(i)
		}
	}
	return reflect.Value{}
}

func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Slice:
		return v.Interface().([]string)
	case reflect.Pointer:
		if v.IsNil() {
			return int64(0)
		}
		return v.Elem().Int()
	default:
		return v.Int()
	}
}

// joined is a joined value in the form of plain.
func joined(v any) any {
	if day, ok := v.(int32); ok {
		return int64(day)
	}
	return v
}

func (s *subject) holds(t testing.TB, text string) bool {
	t.Helper()
	rec := cedar.RecordMap{}
	for name, v := range s.vals {
		switch v := v.(type) {
		case string:
			rec[cedar.String(name)] = cedar.String(v)
		case bool:
			rec[cedar.String(name)] = cedar.Boolean(v)
		case int64:
			rec[cedar.String(name)] = cedar.Long(v)
		case []string:
			var codes []cedar.Value
			for _, c := range v {
				codes = append(codes, cedar.String(c))
			}
			rec[cedar.String(name)] = cedar.NewSet(codes...)
		}
	}
	ctx := cedar.RecordMap{"today": cedar.Long(s.city.Day)}
	for name, n := range s.city.Params {
		ctx[cedar.String(name)] = cedar.Long(n)
	}
	uid := cedar.NewEntityUID("Subject", cedar.String(s.key))
	ok, d := cedar.Authorize(cond(t, text), cedar.EntityMap{uid: {UID: uid, Attributes: cedar.NewRecord(rec)}},
		cedar.Request{Principal: uid, Action: uid, Resource: uid, Context: cedar.NewRecord(ctx)})
	for _, e := range d.Errors {
		t.Fatalf("%s:%s: %s: %s", s.def.Name, s.key, text, e.Message)
	}
	return bool(ok)
}

func (s *subject) num(attr string) int64 { n, _ := s.vals[attr].(int64); return n }

// What a reason may ask.

func (s *subject) Key() string                { return s.key }
func (s *subject) Text(attr string) string    { v, _ := s.vals[attr].(string); return v }
func (s *subject) Int(attr string) int64      { return s.num(attr) }
func (s *subject) Bool(attr string) bool      { v, _ := s.vals[attr].(bool); return v }
func (s *subject) Date(attr string) when.Date { return when.Date(s.num(attr)) }
func (s *subject) Title(attr string) msg.Text { return msg.Same(s.Text(attr)) }
func (s *subject) Today() when.Date           { return s.city.Day }
func (s *subject) Result() check.Result       { return s.result }
func (s *subject) Param(name string) (int64, bool) {
	n, ok := s.city.Params[name]
	return n, ok
}

func (s *subject) Has(attr, code string) bool {
	set, _ := s.vals[attr].([]string)
	for _, c := range set {
		if c == code {
			return true
		}
	}
	return false
}

// Name is the label of a record, or its key when there is none.
func (s *subject) Name(reg, key string) string {
	for _, d := range Defs() {
		if d.Name != reg {
			continue
		}
		rows := reflect.ValueOf(s.city.tables()[reg])
		for i := range rows.Len() {
			if column(rows.Index(i), d.KeyField().Name).String() == key {
				return column(rows.Index(i), d.Label).String()
			}
		}
	}
	return key
}
