package app

import (
	"strings"
	"testing"
)

// TestGuideWithForms: the points of the conduct guide stand above the forms they were published for, and above no other
// (bp.9.1, R085); and the page of a person leads to the sheet of what they were told only for whoever may read it.
func TestGuideWithForms(t *testing.T) {
	a, s := served(t, "chief")
	if b := s.Get(t, "/registers/exception/new"); b.Status != 200 || !strings.Contains(b.Body, "申請の前に") || !strings.Contains(b.Body, "代わりの対策と期限") || !strings.Contains(b.Body, `href="/guide/bp.9.3"`) {
		t.Errorf("the form of an exception: status %d, or no guide", b.Status)
	}
	if b := s.Get(t, "/registers/organ/new"); b.Status != 200 || strings.Contains(b.Body, "申請の前に") {
		t.Errorf("the form of an organ: status %d, or a guide nobody published for it", b.Status)
	}
	var section, other string
	who, err := a.demoLogins(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range who {
		if l.Role == "section_manager" {
			section = l.Person
		}
		if l.Role == "chief" {
			other = l.Person
		}
	}
	enter(t, a, s, "section_manager")
	for path, want := range map[string]bool{"/people/" + section: true, "/people/" + other: false} {
		if b := s.Get(t, path); b.Status != 200 || strings.Contains(b.Body, path+"/told") != want {
			t.Errorf("%s: status %d, or a link to the sheet: %v", path, b.Status, !want)
		}
	}
	if b := s.Get(t, "/people/"+section+"/told"); b.Status != 200 || !strings.Contains(b.Body, "誓約") || !strings.Contains(b.Body, "取引先を装うメールへの注意") {
		t.Errorf("the sheet: status %d", b.Status)
	}
}
