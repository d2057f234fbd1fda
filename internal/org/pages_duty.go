package org

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
)

var (
	titleCommittees = msg.T("委員会", "Committees")
	titleMeeting    = msg.T("委員会の会議", "Committee meeting")
	titleCall       = msg.T("召集通知", "Notice of the meeting")
	titleCSIRT      = msg.T("CSIRT", "CSIRT")
	titleCard       = msg.T("連絡カード", "Contact card")
	titleContacts   = msg.T("外部の連絡先", "Outside contacts")
	titleAdvisories = msg.T("注意喚起", "Advisories")
	titleAdvisory   = msg.T("注意喚起への対応", "Advisory")
)

// Routes are the pages of committees, the CSIRT, contacts and advisories (bp.6).
func (s *Service) Routes() []web.Route {
	route := func(method, pattern string, title msg.Text, page, again func(*web.Request) (web.Response, error)) web.Route {
		return web.Route{Method: method, Pattern: pattern, Title: title, Clauses: []clause.ID{"bp.6"}, Rule: web.SignedIn, Page: page, Again: again}
	}
	return []web.Route{
		route("GET", "/committee", titleCommittees, s.committeesPage, nil),
		route("GET", "/committee/{meeting}", titleMeeting, s.meetingPage, nil),
		route("POST", "/committee/{meeting}", titleMeeting, s.meetingStep, s.meetingPage),
		route("GET", "/committee/{meeting}/notice", titleCall, s.callPage, nil),
		route("GET", "/csirt", titleCSIRT, s.csirtsPage, nil),
		route("GET", "/csirt/contacts", titleContacts, s.contactsPage, nil),
		route("POST", "/csirt/contacts/{contact}", titleContacts, s.verifyContact, s.contactsPage),
		route("GET", "/csirt/{csirt}", titleCSIRT, s.csirtPage, nil),
		route("GET", "/csirt/{csirt}/card", titleCard, s.cardPage, nil),
		route("GET", "/advisories", titleAdvisories, s.advisoriesPage, nil),
		route("GET", "/advisories/{advisory}", titleAdvisory, s.advisoryPage, nil),
		route("POST", "/advisories/{advisory}", titleAdvisory, s.advisoryStep, s.advisoryPage),
	}
}

func (s *Service) read(r *web.Request, fn db.Func) error { return s.c.Store.Read(r.Context(), fn) }

// run runs an act as the person who sends the form.
func (s *Service) run(r *web.Request, id string, in act.Input, reason string) error {
	_, err := s.c.Gate.Run(r.Context(), id, in, act.Options{Reason: reason, IdempotencyKey: r.IdempotencyKey})
	return err
}

func peopleCrumbs(more ...web.Link) []web.Link {
	return append([]web.Link{{Title: titlePeople, Href: "/people"}}, more...)
}

// labels reads the names of records; keys that are empty are left out.
func (s *Service) labels(ctx context.Context, tx *db.Tx, refs ...ref.Ref) (register.Labels, error) {
	return s.c.Catalog.Names(ctx, tx, slices.DeleteFunc(refs, func(x ref.Ref) bool { return x.Key == "" })...)
}

// named is the name of a record, its key where it has none.
func named(l register.Labels, register, key string) string {
	if n := l[ref.New(register, key)]; n != "" {
		return n
	}
	return key
}

// word is a code of a vocabulary in words.
func (s *Service) word(vocab, code string) msg.Text {
	if v := s.c.Catalog.Pack().Vocab(vocab); v != nil {
		if t, ok := v.Term(code); ok {
			return t.Title
		}
	}
	return msg.Same(code)
}

// linesOf are the lines a person typed, each a paragraph.
func linesOf(text string) (out []templ.Component) {
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, web.Para(msg.Same(line)))
		}
	}
	return out
}

func esc(key string) string { return url.PathEscape(key) }

// parameter is a number the city has set, for a page; false where there is none, which the checks say.
func (s *Service) parameter(ctx context.Context, tx *db.Tx, code string) (int, bool, error) {
	d, ok := s.c.Catalog.Get("parameter")
	if !ok {
		return 0, false, nil
	}
	r, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil || !ok {
		return 0, false, err
	}
	n, stated := d.Get(r.Row, "value").(int64)
	return int(n), stated, nil
}
