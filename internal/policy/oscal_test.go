package policy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"okite/internal/db/dbtest"
	"okite/internal/pack"
	"okite/internal/policy/text"
)

// The types of values in OSCAL that a catalog of ours uses.
var (
	oscalUUID  = regexp.MustCompile(`^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$`)
	oscalToken = regexp.MustCompile(`^(\p{L}|_)(\p{L}|\p{N}|[.\-_])*$`)
	oscalWord  = regexp.MustCompile(`^\S(.*\S)?$`)
	oscalLine  = regexp.MustCompile(`^[^\n]+$`)
	oscalURI   = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]+:\S+$`)
	oscalProse = regexp.MustCompile(`\S`)
)

// member is what an object may hold: a text of a form, one object of a kind, or a list of them.
type member struct {
	form *regexp.Regexp
	kind string
	list bool
	must bool
}

// oscalModel is the part of the catalog model (OSCAL 1.1) that the export fills. Nothing else may stand in an object.
var oscalModel = map[string]map[string]member{
	"document": {"catalog": {kind: "catalog", must: true}},
	"catalog":  {"uuid": {form: oscalUUID, must: true}, "metadata": {kind: "metadata", must: true}, "groups": {kind: "group", list: true}, "controls": {kind: "control", list: true}},
	"metadata": {"title": {form: oscalLine, must: true}, "last-modified": {form: oscalWord, must: true}, "version": {form: oscalWord, must: true}, "oscal-version": {form: regexp.MustCompile(`^1\.1\.[0-9]+$`), must: true}, "props": {kind: "prop", list: true}},
	"group":    {"id": {form: oscalToken}, "title": {form: oscalLine, must: true}, "props": {kind: "prop", list: true}, "links": {kind: "link", list: true}, "parts": {kind: "part", list: true}, "controls": {kind: "control", list: true}},
	"control":  {"id": {form: oscalToken, must: true}, "title": {form: oscalLine, must: true}, "props": {kind: "prop", list: true}, "links": {kind: "link", list: true}, "parts": {kind: "part", list: true}, "controls": {kind: "control", list: true}},
	"prop":     {"name": {form: oscalToken, must: true}, "ns": {form: oscalURI}, "value": {form: oscalWord, must: true}},
	"link":     {"href": {form: oscalURI, must: true}, "rel": {form: oscalToken}},
	"part":     {"id": {form: oscalToken}, "name": {form: oscalToken, must: true}, "prose": {form: oscalProse}},
}

// oscalFaults says where a value departs from the model.
func oscalFaults(v any, kind, at string, seen map[string]string) (out []string) {
	o, ok := v.(map[string]any)
	if !ok {
		return []string{at + " is no object"}
	}
	model := oscalModel[kind]
	for name := range o {
		if _, known := model[name]; !known {
			out = append(out, fmt.Sprintf("%s holds %s", at, name))
		}
	}
	for name, m := range model {
		x, given := o[name]
		place := at + "/" + name
		switch {
		case !given && m.must:
			out = append(out, place+" is missing")
		case !given:
		case m.form != nil:
			s, ok := x.(string)
			if !ok || !m.form.MatchString(s) {
				out = append(out, fmt.Sprintf("%s is %q", place, x))
			}
			if name == "id" {
				if was := seen[s]; was != "" {
					out = append(out, fmt.Sprintf("%s is that of %s", place, was))
				}
				seen[s] = at
			}
		case m.list:
			list, ok := x.([]any)
			if !ok || len(list) == 0 {
				out = append(out, place+" is no list, or an empty one")
			}
			for i, e := range list {
				out = append(out, oscalFaults(e, m.kind, fmt.Sprintf("%s[%d]", place, i), seen)...)
			}
		default:
			out = append(out, oscalFaults(x, m.kind, place, seen)...)
		}
	}
	names := func(list, key, value string) (all []string) {
		entries, _ := o[list].([]any)
		for _, e := range entries {
			if x, ok := e.(map[string]any); ok && (value == "" || x["value"] == value) && x["ns"] == nil {
				all = append(all, fmt.Sprint(x[key]))
			}
		}
		return all
	}
	switch kind {
	case "metadata":
		if _, err := time.Parse(time.RFC3339, fmt.Sprint(o["last-modified"])); err != nil {
			out = append(out, at+"/last-modified is no time with a zone")
		}
	case "control":
		if !slices.Contains(names("parts", "name", ""), "statement") && !slices.Contains(names("props", "name", "withdrawn"), "status") {
			out = append(out, at+" has no statement and is not withdrawn")
		}
	case "group":
		for _, n := range names("parts", "name", "") {
			if n != "overview" && n != "instruction" {
				out = append(out, at+" has a part that no group has: "+n)
			}
		}
	}
	return out
}

// TestOSCAL: what is exported keeps to the catalog model, for texts of every layout, and holds every word of the text.
func TestOSCAL(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	texts := map[string][]byte{}
	for _, layer := range []string{text.Basic, text.Standard} {
		b, err := pack.Text("model", layer)
		if err != nil {
			t.Fatal(err)
		}
		texts[layer] = b
	}
	for _, name := range []string{"branches.txt", "sections.txt", "dotted.md", "vertical.txt", "outline.txt"} {
		b, err := os.ReadFile("text/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = b
	}
	uuids := map[string]string{}
	for name, b := range texts {
		got := o.bring(chief, name, string(b), "")
		var first, again bytes.Buffer
		if err := o.s.Export(context.Background(), &first, got.Document.ID, "oscal"); err != nil {
			t.Fatal(err)
		}
		if err := o.s.Export(context.Background(), &again, got.Document.ID, "oscal"); err != nil || !bytes.Equal(first.Bytes(), again.Bytes()) {
			t.Errorf("%s: exported twice it differs, %v", name, err)
		}
		var doc map[string]any
		if err := json.Unmarshal(first.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		for _, f := range oscalFaults(doc, "document", "", map[string]string{}) {
			t.Errorf("%s: %s", name, f)
		}
		uuid := doc["catalog"].(map[string]any)["uuid"].(string)
		if was := uuids[uuid]; was != "" {
			t.Errorf("%s has the uuid of %s", name, was)
		}
		uuids[uuid] = name
		for _, c := range got.Clauses {
			prose, err := json.Marshal(c.Text)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(first.String(), fmt.Sprintf(`"id": %q`, c.ID)) || c.Text != "" && !strings.Contains(first.String(), string(prose)) {
				t.Errorf("%s: %s is not in the export", name, c.ID)
			}
		}
	}
}

// TestOSCALChecker: the checker of the test sees what is wrong.
func TestOSCALChecker(t *testing.T) {
	const right = `{"catalog":{"uuid":"11111111-2222-4333-8444-555555555555","metadata":{"title":"a","last-modified":"2026-11-24T12:00:00+09:00","version":"v1","oscal-version":"1.1.3"},
		"controls":[{"id":"bp.1","title":"a","parts":[{"id":"bp.1_smt","name":"statement","prose":"a"}]}],"groups":[{"id":"bp.2","title":"b","parts":[{"name":"overview","prose":"a"}]}]}}`
	for name, c := range map[string][2]string{
		"as it should be":             {"", ""},
		"a uuid of another form":      {"4333", "1333"},
		"a member too many":           {`"title":"a","last`, `"name":"x","title":"a","last`},
		"a member missing":            {`"version":"v1",`, ""},
		"an id that is no token":      {`"id":"bp.1",`, `"id":"1.bp",`},
		"the same id twice":           {`"id":"bp.2"`, `"id":"bp.1"`},
		"a time without a zone":       {"+09:00", ""},
		"an empty list":               {`[{"id":"bp.1_smt","name":"statement","prose":"a"}]`, "[]"},
		"a control without statement": {`"name":"statement"`, `"name":"guidance"`},
		"a group with a statement":    {`"name":"overview"`, `"name":"statement"`},
		"prose without words":         {`"statement","prose":"a"`, `"statement","prose":" "`},
		"a title on two lines":        {`"title":"b"`, `"title":"b\nb"`},
	} {
		var doc any
		if err := json.Unmarshal([]byte(strings.Replace(right, c[0], c[1], 1)), &doc); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if faults := oscalFaults(doc, "document", "", map[string]string{}); (len(faults) == 0) != (c[0] == "") {
			t.Errorf("%s: found %q", name, faults)
		}
	}
}
