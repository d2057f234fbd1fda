// Package inbox gathers what each person owes (受信箱), from every module, in the order in which it is due: findings of
// checks, applications that wait for a decision, receipts. It keeps nothing itself: a thing is gone from the inbox when
// it is done where it belongs.
//
// It serves clause 5 (bp.5: everybody knows what they must do), clause 6 (bp.6: the one who decides, or who stands in)
// and clause 10 (bp.10: what is not kept is mended).
package inbox

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/web"
	"okite/internal/when"
)

// As what the person owes an item.
const (
	AsHolder    = "holder"    // they hold the role
	AsDeputy    = "deputy"    // they stand in for who holds it, as deputy or by delegation
	AsSelf      = "self"      // everybody owes it for themselves
	AsApplicant = "applicant" // they applied, and it came back
	AsUnit      = "unit"      // somebody of their section owes it
	AsRaised    = "raised"    // it has stood too long where it is owed (上申)
)

// Item is one thing to do. Count is how many things it stands for; 0 is one.
type Item struct {
	Kind        string // "finding", "decision", "receipt", … ; its title is in Config.Kinds
	Title, Why  msg.Text
	Href        string
	Subject     ref.Ref
	SubjectName string
	Due, Since  when.Date
	As          string
	Bearer      string // AsUnit, AsRaised: who owes it, "" when nobody does
	Clauses     []clause.ID
	Mend        web.Link // what mends it, zero when only Href helps
	Count       int

	// Items of one Group, such as a check, are shown as one line when several are due in the same span. GroupTitle names
	// them together, GroupHref shows them all.
	Group      string
	GroupTitle msg.Text
	GroupHref  string
}

func (i Item) count() int { return max(i.Count, 1) }

// Source gives what a person owes on a day, at most limit items, the earliest due first, and how many there are.
type Source func(ctx context.Context, who actor.Actor, day when.Date, limit int) ([]Item, int, error)

// Config says what the inbox needs. Sources give what a person owes, Sections what is owed in the units they head, asked
// by the page alone. Kinds may name kinds of its own; Clock is that of the cache of badges.
type Config struct {
	Sources  []Source
	Sections []Source
	Store    *db.Store
	Calendar *when.Calendar
	Kinds    map[string]msg.Text
	Links    []web.Link // beside the title: what tells the same elsewhere
	Clock    func() time.Time
}

// Service is the inbox at work.
type Service struct {
	c Config

	mu     sync.Mutex
	counts map[string]counted
}

// limit bounds what one source gives for one page.
const limit = 2000

// fresh is how long a badge is believed: each page of the site shows one.
const fresh = 10 * time.Second

// New makes the inbox.
func New(c Config) *Service {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	return &Service{c: c, counts: map[string]counted{}}
}

// Tab is one of the three views of an inbox.
type Tab string

// The tabs.
const (
	Mine   Tab = "mine"
	Deputy Tab = "deputy"
	Unit   Tab = "unit"
)

// holds says whether the tab shows an item.
func (t Tab) holds(i Item) bool {
	switch i.As {
	case AsDeputy:
		return t == Deputy
	case AsUnit:
		return t == Unit
	}
	return t == Mine
}

// Items are what a person owes today, the earliest due first, and how many more there are than could be shown.
func (s *Service) Items(ctx context.Context, who actor.Actor) (items []Item, more int, err error) {
	return s.gather(ctx, who, s.c.Sources)
}

// Section is what is owed today in the units a person heads, without what they owe themselves (bp.6).
func (s *Service) Section(ctx context.Context, who actor.Actor) (items []Item, more int, err error) {
	return s.gather(ctx, who, s.c.Sections)
}

func (s *Service) gather(ctx context.Context, who actor.Actor, sources []Source) (items []Item, more int, err error) {
	day := when.Of(s.c.Store.Now())
	for _, source := range sources {
		got, n, err := source(ctx, who, day, limit)
		if err != nil {
			return nil, 0, fmt.Errorf("read inbox: %w", err)
		}
		items = append(items, got...)
		shown := 0
		for _, i := range got {
			shown += i.count()
		}
		more += max(n-shown, 0)
	}
	slices.SortStableFunc(items, Compare)
	return items, more, nil
}

// Compare puts the earliest deadline first, and last what has none.
func Compare(a, b Item) int { return int(order(a.Due)) - int(order(b.Due)) }

// order puts what has no deadline last.
func order(d when.Date) when.Date {
	if d == 0 {
		return when.On(9999, 12, 31)
	}
	return d
}

// counted is a badge with its time.
type counted struct {
	n  int
	at time.Time
}

// Badge is how many things a person owes themselves, for web.Site.Badge. It is read anew every few seconds; a failure
// shows no number, as the page itself will say what is wrong.
func (s *Service) Badge(ctx context.Context, who actor.Actor) map[string]int {
	if who.Person == "" {
		return nil
	}
	now := s.c.Clock()
	s.mu.Lock()
	c, ok := s.counts[who.Person]
	s.mu.Unlock()
	if !ok || now.Sub(c.at) >= fresh {
		items, more, err := s.Items(ctx, who)
		if err != nil {
			return nil
		}
		c = counted{n: more, at: now}
		for _, i := range items {
			if Mine.holds(i) {
				c.n += i.count()
			}
		}
		s.keep(who.Person, c)
	}
	return map[string]int{"inbox": c.n}
}

// keep remembers a badge, and forgets those that are no longer believed when there are many.
func (s *Service) keep(person string, c counted) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.counts) >= 5000 {
		for k, old := range s.counts {
			if c.at.Sub(old.at) >= fresh {
				delete(s.counts, k)
			}
		}
	}
	s.counts[person] = c
}

// span is a part of the inbox by when things are due.
type span struct {
	id    string
	title msg.Text
	tone  web.Tone
}

// The spans, the most urgent first.
var spans = []span{
	{"late", msg.T("期限を過ぎたもの", "Overdue"), web.Bad},
	{"soon", msg.T("今日・明日が期限のもの", "Due today or tomorrow"), web.Warn},
	{"week", msg.T("今週が期限のもの", "Due this week"), web.Plain},
	{"later", msg.T("それ以降が期限のもの", "Due later"), web.Plain},
	{"open", msg.T("期限のないもの", "Without a deadline"), web.Plain},
}

// spanOf says which span a deadline falls in. A week ends with Sunday.
func spanOf(due, day when.Date) int {
	sunday := day.AddDays((7 - int(day.Weekday())) % 7)
	switch {
	case due == 0:
		return 4
	case due < day:
		return 0
	case due <= day+1:
		return 1
	case due <= sunday:
		return 2
	}
	return 3
}

// line is one row of the page: an item, or several of one group.
type line struct {
	Item
	items []Item
	n     int
}

// lines puts items of one group and span together, in the order of the first of each.
func lines(items []Item) []line {
	var out []line
	at := map[string]int{}
	for _, i := range items {
		k, known := at[i.Group]
		if i.Group == "" || !known {
			if i.Group != "" {
				at[i.Group] = len(out)
			}
			out = append(out, line{Item: i, items: []Item{i}, n: i.count()})
			continue
		}
		out[k].items = append(out[k].items, i)
		out[k].n += i.count()
	}
	return out
}
