package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/asset"
	"okite/internal/audit"
	"okite/internal/card"
	"okite/internal/contractor"
	"okite/internal/db"
	"okite/internal/notice"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/selfcheck"
	"okite/internal/training"
	"okite/internal/transfer"
	"okite/internal/when"
	"okite/internal/yearplan"
)

// everyRegister is the registers of all modules.
func everyRegister() []*register.Def {
	return slices.Concat(org.Registers(), policy.Registers(), asset.Registers(), contractor.Registers(), audit.Registers(), notice.Registers(), training.Registers(),
		selfcheck.Registers(), card.Registers(), transfer.Registers(), yearplan.Registers())
}

// wanted is who is to read the records of a register, said again and not taken from its declaration: the people of own,
// the roles where the records of of belong, everywhere for the whole city.
type wanted struct {
	own, of, roles []string
	state, from    string // own records count in this state only; everybody reads from this day on
}

var (
	two      = []string{"ciso", "chief", "audit_chief", "auditor"}
	answer   = append([]string{"section_manager", "bureau_head"}, two...)
	person   = []string{"person"}
	ofPerson = wanted{own: person, of: person, roles: answer}
)

func (w wanted) and(roles ...string) wanted { w.roles = slices.Concat(w.roles, roles); return w }

var restricted = map[string]wanted{
	"completion": ofPerson, "transfer": ofPerson,
	"receipt":      ofPerson,
	"ack":          ofPerson.and("contract_officer"),
	"pledge":       ofPerson.and("hr_officer"),
	"leavecheck":   ofPerson.and("hr_officer"),
	"handover":     {own: []string{"giver", "taker"}, of: []string{"giver", "taker"}, roles: answer},
	"approval":     {own: []string{"applicant", "approver"}, of: []string{"applicant"}, roles: answer},
	"exception":    {own: []string{"applicant", "approver"}, of: []string{"applicant"}, roles: answer},
	"card":         {own: person, of: []string{"unit", "person"}, roles: answer},
	"userid":       {own: person, of: []string{"person", "system"}, roles: append([]string{"system_manager"}, answer...)},
	"cardcheck":    {own: []string{"counted_by"}, of: []string{"unit"}, roles: answer},
	"authevent":    {own: person, roles: append([]string{"csirt_chief", "csirt_deputy", "csirt_manager"}, two...)},
	"response":     {own: []string{"person", "by"}, of: []string{"section"}, roles: answer},
	"confirmation": {own: []string{"by"}, of: []string{"unit"}, roles: answer},
	"drillresult":  {own: person},
	"maildrill":    {roles: two, from: "date"},
	"hrperson":     {roles: append([]string{"hr_officer"}, two...)},
	"hrmapping":    {roles: append([]string{"hr_officer"}, two...)},
	"moveset":      {roles: []string{"hr_officer", "chief"}},
	"move":         {own: person, state: "applied", roles: []string{"hr_officer", "chief"}},
}

// open are the registers with people in them that whoever is signed in reads, with the reason.
var open = map[string]string{
	"person":       "who works where is known inside the city; what is not is hidden field by field",
	"assignment":   "whoever needs a decision must find who takes it (bp.6)",
	"delegation":   "a decision is taken for another in the open (bp.6)",
	"committee":    "who chairs a committee is known",
	"meeting":      "what a committee decided binds everybody (bp.6)",
	"agendaitem":   "as the meeting it belongs to",
	"csirt":        "it must be reached at any hour (bp.6)",
	"task":         "who of the CSIRT does what must be known when it is called",
	"contact":      "desks outside, to be reached by whoever is on duty",
	"calltest":     "that a desk was reached, not by whom it matters",
	"advisory":     "a warning is for all who run something; it names who deals with it",
	"trainingplan": "a plan of the city; the people in it have decided it",
	"question":     "who answers may read the question; what is right is hidden",
	"asset":        "who classified and confirmed an asset answers for it (bp.7)",
	"system":       "who judged a system answers for it (bp.2)",
	"stocktake":    "who confirmed a section's ledger answers for it (bp.7)",
	"classchange":  "a change of class has an author and a second pair of eyes (bp.7)",
	"downgrade":    "an application on an asset, decided in the open (bp.7)",
	"disposal":     "who destroyed what, before whom (bp.9.2)",
	"audit":        "auditors are named so that their independence can be seen (bp.11)",
	"campaign":     "an inspection of the whole city and who began it",
	"notice":       "what the staff is told, and who says it",
}

// TestReachIsDeclared: a register that holds people either says who reads it, or stands here with the reason why it does
// not (bp.9.3).
func TestReachIsDeclared(t *testing.T) {
	names := map[string]bool{}
	for _, d := range everyRegister() {
		names[d.Name] = true
		people := slices.ContainsFunc(d.Fields, func(f register.Field) bool { return f.Refers == "person" || f.Personal })
		_, told := restricted[d.Name]
		reason, free := open[d.Name]
		switch {
		case (d.Reach != nil) != told:
			t.Errorf("%s has a rule: %v; the test expects one: %v", d.Name, d.Reach != nil, told)
		case told && free:
			t.Errorf("%s is restricted and open at once", d.Name)
		case people && !told && reason == "":
			t.Errorf("%s holds people and neither says who reads it nor has a reason to be open", d.Name)
		}
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(restricted)), slices.Collect(maps.Keys(open))) {
		if !names[name] {
			t.Errorf("there is no register %s", name)
		}
	}
}

// The people who look. Their roles are those of one section or bureau, of a system, or of the whole city.
var (
	grant   = func(role, scope string) []actor.Grant { return []actor.Grant{{Role: role, Scope: scope}} }
	lookers = map[string]actor.Actor{
		"staff": staff, "another manager": manager, "chief": chief,
		"own manager":    {Person: "P-00005", Unit: "U-0021", Roles: grant("section_manager", "unit:U-0021")},
		"own deputy":     {Person: "P-00006", Unit: "U-0021", Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-0021", Deputy: true}}},
		"own bureau":     {Person: "P-00007", Unit: "U-0002", Roles: grant("bureau_head", "unit:U-0002")},
		"auditor":        {Person: "P-00008", Unit: "U-0001", Roles: grant("auditor", "")},
		"personnel":      {Person: "P-00009", Unit: "U-0001", Roles: grant("hr_officer", "")},
		"system manager": {Person: "P-00010", Unit: "U-0011", Roles: grant("system_manager", "system:S-0001")},
		// acts for the manager of the section in matters of assets only
		"delegate": {Person: "P-00011", Unit: "U-0011", Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-0021", Via: "D-1", Acts: []string{"asset.change"}}}},
	}
	unitAbove = map[string]string{"U-0021": "U-0002", "U-0011": "U-0001"}
	unitOf    = map[string]string{"P-00004": "U-0021", "P-00001": "U-0011"}
)

// reads says whether somebody is to read a record.
func (w wanted) reads(who actor.Actor, d *register.Def, row register.Row) bool {
	for _, name := range w.own {
		if d.Str(row, name) == who.Person && (w.state == "" || d.Str(row, "state") == w.state) {
			return true
		}
	}
	if w.from != "" && d.Get(row, w.from).(when.Date) <= when.Of(now) {
		return true
	}
	for _, g := range who.Roles {
		if !slices.Contains(w.roles, g.Role) || len(g.Acts) > 0 {
			continue
		}
		if g.Scope == "" {
			return true
		}
		for _, name := range w.of {
			f, _ := d.Field(name)
			key := d.Str(row, name)
			if f.Refers == "system" && g.Scope == "system:"+key {
				return true
			}
			if f.Refers == "person" {
				key = unitOf[key]
			}
			for u := key; u != ""; u = unitAbove[u] {
				if f.Refers != "system" && g.Scope == "unit:"+u {
					return true
				}
			}
		}
	}
	return false
}

// rows are records of every kind of belonging: to each of two people, to two units, to a system, to nobody.
func (w wanted) rows(d *register.Def) []register.Row {
	rows := []register.Row{d.New()}
	spread := func(name string, values ...any) {
		var out []register.Row
		for _, r := range rows {
			for _, v := range values {
				x := slices.Clone(r)
				d.Put(x, name, v)
				out = append(out, x)
			}
		}
		rows = out
	}
	fields := slices.Concat(w.own, w.of)
	slices.Sort(fields)
	for _, name := range slices.Compact(fields) {
		switch f, _ := d.Field(name); f.Refers {
		case "person":
			spread(name, staff.Person, manager.Person, "")
		case "unit":
			spread(name, "U-0021", "U-0011")
		case "system":
			spread(name, "S-0001", "")
		}
	}
	if w.state != "" {
		spread("state", w.state, "planned")
	}
	if w.from != "" {
		spread(w.from, when.Of(now), when.Of(now)+1)
	}
	for i, r := range rows {
		d.Put(r, d.KeyField().Name, fmt.Sprintf("KEY-%s-%02d", d.Name, i))
		if d.Label != d.KeyField().Name {
			d.Put(r, d.Label, fmt.Sprintf("秘匿%s%02d", d.Name, i))
		}
	}
	return rows
}

// TestReach walks all registers that say who reads them as each of the lookers, by every way on which a record could come
// out, and compares with what is worked out from the rows (bp.9.3).
func TestReach(t *testing.T) {
	more := slices.Concat(notice.Registers(), training.Registers(), selfcheck.Registers(), card.Registers(), transfer.Registers(), yearplan.Registers())
	inTownOf(t, more, func(w *town) {
		load(w, "power", org.Power{Code: "PW-X1", Action: "moveset.submit", Role: "hr_officer"}, org.Power{Code: "PW-X2", Action: "moveset.confirm", Role: "chief"},
			org.Power{Code: "PW-X3", Action: "hr.apply", Role: "hr_officer"})
		held := map[string][]register.Row{}
		for name, rule := range restricted {
			d := w.c.Must(name)
			held[name] = rule.rows(d)
			w.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := w.c.BulkLoad(ctx, tx, d, slices.Values(held[name]), tx.Now())
				return err
			})
		}
		for _, who := range slices.Sorted(maps.Keys(lookers)) {
			w.who = lookers[who]
			index, pointing := w.page("/registers"), w.page("/registers/person/"+manager.Person)
			for _, name := range slices.Sorted(maps.Keys(restricted)) {
				v := visit{town: w, who: who, d: w.c.Must(name), pointing: pointing}
				for _, row := range held[name] {
					if restricted[name].reads(w.who, v.d, row) {
						v.shown = append(v.shown, v.d.Key(row))
					} else {
						v.hidden = append(v.hidden, v.d.Key(row))
					}
				}
				v.all(index)
			}
		}
	})
}

// visit is one looker at one register.
type visit struct {
	*town
	who           string
	d             *register.Def
	shown, hidden []string
	pointing      string // the page of a person others are about
}

var keyIn = regexp.MustCompile(`KEY-[a-z]+-\d\d`)

func (v visit) same(way string, got []string) {
	v.Helper()
	slices.Sort(got)
	got = slices.Compact(got)
	if !slices.Equal(got, slices.Sorted(slices.Values(v.shown))) {
		v.Errorf("%s, %s by %s: %v, want %v", v.who, v.d.Name, way, got, v.shown)
	}
}

func (v visit) all(index string) {
	v.Helper()
	rule := restricted[v.d.Name]
	// a register of which somebody can never read anything is not there
	there := len(rule.own) > 0 || rule.from != "" || len(v.shown) > 0 || slices.ContainsFunc(v.town.who.Roles, func(g actor.Grant) bool {
		return slices.Contains(rule.roles, g.Role) && len(g.Acts) == 0
	})
	link := `href="/registers/` + v.d.Name + `"`
	if strings.Contains(index, link) != there {
		v.Errorf("%s: %s stands in the index: %v, want %v", v.who, v.d.Name, !there, there)
	}
	list := v.srv.Get(v, "/registers/"+v.d.Name+"?size=200")
	if (list.Status == 200) != there || !there && list.Status != 404 {
		v.Errorf("%s: list of %s: status %d, it is there: %v", v.who, v.d.Name, list.Status, there)
	}
	if there {
		v.same("list", keyIn.FindAllString(list.Body, -1))
		if n := fmt.Sprintf("（%d 件）", len(v.shown)); len(v.shown) > 0 && !strings.Contains(text(list.Body), n) {
			v.Errorf("%s: the list of %s does not count %s", v.who, v.d.Name, n)
		}
		a := v.srv.Get(v, "/registers/"+v.d.Name+"/export?as=json")
		v.same("export", keyIn.FindAllString(a.Body, -1))
		if v.who == "own manager" || v.who == "staff" {
			v.same("csv", keyIn.FindAllString(v.srv.Get(v, "/registers/"+v.d.Name+"/export?as=csv").Body, -1))
		}
		var p pageJSON
		if err := json.Unmarshal([]byte(v.srv.Get(v, "/api/v1/registers/"+v.d.Name+"?limit=1000").Body), &p); err != nil {
			v.Fatal(err)
		}
		var keys []string
		for _, r := range p.Records {
			keys = append(keys, r.Record.Key)
		}
		v.same("API", keys)
		if p.Total != len(v.shown) {
			v.Errorf("%s: the API counts %d of %s, want %d", v.who, p.Total, v.d.Name, len(v.shown))
		}
	}
	none := v.srv.Get(v, "/registers/"+v.d.Name+"/KEY-none").Status
	for i, key := range slices.Concat(v.hidden[:min(2, len(v.hidden))], v.shown[:min(2, len(v.shown))]) {
		want := 200
		if i < min(2, len(v.hidden)) {
			want = none
		}
		for _, path := range []string{"/registers/", "/api/v1/registers/"} {
			if a := v.srv.Get(v, path+v.d.Name+"/"+key); a.Status != want {
				v.Errorf("%s: %s%s/%s: status %d, want %d", v.who, path, v.d.Name, key, a.Status, want)
			}
		}
		if a := v.srv.Get(v, "/registers/"+v.d.Name+"/"+key+"/edit"); want == none && a.Status != none && !v.d.ReadOnly {
			v.Errorf("%s: form of %s: status %d, want %d", v.who, key, a.Status, none)
		}
	}
	v.found()
}

// found asks the search, the choices of forms and lists, and the other ends of references.
func (v visit) found() {
	v.Helper()
	searched := slices.ContainsFunc(v.d.Fields, func(f register.Field) bool { return f.Search })
	if len(v.hidden) > 0 && searched {
		if body := text(v.page("/search?q=" + url.QueryEscape(v.hidden[0]))); !strings.Contains(body, "見つかりませんでした") {
			v.Errorf("%s: the search finds %s", v.who, v.hidden[0])
		}
	}
	if err := v.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		r := v.c.As(tx, v.town.who)
		if searched {
			hits, err := r.SearchEach(ctx, "KEY-"+v.d.Name, 1000)
			if err != nil {
				return err
			}
			var keys []string
			for _, h := range hits {
				if h.Ref.Register == v.d.Name { // another name may begin alike
					keys = append(keys, h.Ref.Key)
				}
			}
			v.same("search", keys)
		}
		options, err := r.Options(ctx, v.d, 1000)
		if err != nil {
			return err
		}
		var keys []string
		for _, o := range options {
			keys = append(keys, o.Key)
		}
		v.same("choices", keys)
		counts, err := r.Counts(ctx)
		if err != nil {
			return err
		}
		if counts[v.d.Name] != len(v.shown) {
			v.Errorf("%s: %d of %s counted, want %d", v.who, counts[v.d.Name], v.d.Name, len(v.shown))
		}
		if len(v.hidden) == 0 {
			return nil
		}
		name, err := r.Label(ctx, ref.New(v.d.Name, v.hidden[0]))
		if name != v.hidden[0] {
			v.Errorf("%s: the reference to %s is called %q", v.who, v.hidden[0], name)
		}
		return err
	}); err != nil {
		v.Fatal(err)
	}
	for _, key := range v.hidden {
		if strings.Contains(v.pointing, key) {
			v.Errorf("%s: the page of a person leads to %s", v.who, key)
		}
	}
}

// TestReachOfImport: the preview of an import says nothing of records that its reader does not read, and applying it does
// not touch them.
func TestReachOfImport(t *testing.T) {
	inTownOf(t, training.Registers(), func(w *town) {
		d := w.c.Must("drillresult")
		load(w, "maildrill", training.Drill{Code: "DR-1", Name: "春の訓練", Date: when.Of(now) - 10})
		load(w, "drillresult", training.Result{Code: "R-1", Drill: "DR-1", Person: staff.Person, Opened: true})
		file := `[{"code":"R-1","drill":"DR-1","person":"` + staff.Person + `","opened":false}]`
		var plan *register.Plan
		if err := w.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
			plan, err = w.c.As(tx, chief).Import(ctx, d, register.File{Name: "r.json", R: strings.NewReader(file), Size: int64(len(file))})
			return err
		}); err != nil {
			w.Fatal(err)
		}
		if plan.New != 1 || plan.Changed+plan.Unchanged != 0 || len(plan.Changes) != 0 {
			w.Errorf("the preview tells of a record it may not show: %+v", plan)
		}
		ctx := actor.With(register.WithPlan(context.Background(), plan), chief)
		if _, err := w.gate.Run(ctx, "drillresult.import", act.Input{"file": "r.json", "sha256": plan.SHA256, "new": "1", "changed": "0"}, act.Options{Reason: "訓練の結果"}); err == nil {
			w.Error("the import overwrote a record that was not shown")
		}
		if rec, _ := w.get("drillresult", "R-1"); !register.Decode[training.Result](d, rec.Row).Opened {
			w.Error("the record was changed")
		}
	})
}
