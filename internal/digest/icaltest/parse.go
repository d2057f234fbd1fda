// Package icaltest reads an iCalendar stream strictly by RFC 5545, with code of its own: what it takes, calendar programs
// take. It serves no clause itself; the tests of the calendar of deadlines (bp.5) read with it.
package icaltest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Event is one VEVENT as a calendar program understands it, texts without their escapes.
type Event struct {
	UID, Stamp, Start, End, Summary, Description, URL, Class string
	Alarms                                                   []string // when each rings
}

// Calendar is a stream.
type Calendar struct {
	Prod, Method string
	Events       []Event
}

type property struct {
	name, value string
	params      map[string]string
}

var (
	contentLine = regexp.MustCompile(`^([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)$`)
	day         = regexp.MustCompile(`^\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$`)
	instant     = regexp.MustCompile(`^\d{8}T([01]\d|2[0-3])[0-5]\d([0-5]\d|60)Z$`)
	local       = regexp.MustCompile(`^\d{8}T\d{6}$`)
	offset      = regexp.MustCompile(`^[+-]\d{4}(\d{2})?$`)
	escaped     = regexp.MustCompile(`\\.?`)
)

// component is a BEGIN … END with what lies in it.
type component struct {
	name  string
	props []property
	parts []*component
}

func (c *component) all(name string) (out []property) {
	for _, p := range c.props {
		if p.name == name {
			out = append(out, p)
		}
	}
	return out
}

// one is a property that must stand just once.
func (c *component) one(name string) (property, error) {
	got := c.all(name)
	if len(got) != 1 {
		return property{}, fmt.Errorf("%s has %d × %s, want 1", c.name, len(got), name)
	}
	return got[0], nil
}

// Parse reads a stream and refuses the first thing that is not as RFC 5545 wants it.
func Parse(stream string) (*Calendar, error) {
	lines, err := unfold(stream)
	if err != nil {
		return nil, err
	}
	root, err := tree(lines)
	if err != nil {
		return nil, err
	}
	out := &Calendar{}
	for name, into := range map[string]*string{"PRODID": &out.Prod, "VERSION": new(string), "METHOD": &out.Method} {
		p, err := root.one(name)
		if err != nil {
			return nil, err
		}
		*into = p.value
	}
	if v, _ := root.one("VERSION"); v.value != "2.0" {
		return nil, fmt.Errorf("version %q", v.value)
	}
	var ids []string
	for _, c := range root.parts {
		switch c.name {
		case "VTIMEZONE":
			err = zone(c)
		case "VEVENT":
			var e Event
			e, err = event(c)
			if slices.Contains(ids, e.UID) {
				err = fmt.Errorf("UID %s stands twice", e.UID)
			}
			ids = append(ids, e.UID)
			out.Events = append(out.Events, e)
		default:
			err = fmt.Errorf("component %s", c.name)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// unfold takes the lines apart (3.1): CRLF ends each, none is longer than 75 octets, none cuts a character.
func unfold(stream string) ([]string, error) {
	rest, ok := strings.CutSuffix(stream, "\r\n")
	if !ok {
		return nil, fmt.Errorf("the stream does not end with CRLF")
	}
	var out []string
	for n, l := range strings.Split(rest, "\r\n") {
		switch {
		case len(l) > 75:
			return nil, fmt.Errorf("line %d has %d octets", n+1, len(l))
		case !utf8.ValidString(l):
			return nil, fmt.Errorf("line %d cuts a character", n+1)
		case strings.ContainsFunc(l, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			return nil, fmt.Errorf("line %d holds a control character: %q", n+1, l)
		case l == "":
			return nil, fmt.Errorf("line %d is empty", n+1)
		case l[0] == ' ' || l[0] == '\t':
			if out == nil {
				return nil, fmt.Errorf("the first line continues another")
			}
			out[len(out)-1] += l[1:]
		default:
			out = append(out, l)
		}
	}
	return out, nil
}

func tree(lines []string) (*component, error) {
	var root *component
	var open []*component
	for _, l := range lines {
		m := contentLine.FindStringSubmatch(l)
		if m == nil {
			return nil, fmt.Errorf("no content line: %q", l)
		}
		p := property{name: m[1], value: m[3], params: map[string]string{}}
		for _, x := range strings.Split(m[2], ";")[1:] {
			k, v, _ := strings.Cut(x, "=")
			p.params[k] = v
		}
		switch {
		case p.name == "BEGIN":
			c := &component{name: p.value}
			switch {
			case len(open) > 0:
				open[len(open)-1].parts = append(open[len(open)-1].parts, c)
			case root != nil || c.name != "VCALENDAR":
				return nil, fmt.Errorf("a second or another outermost component: %s", c.name)
			default:
				root = c
			}
			open = append(open, c)
		case len(open) == 0:
			return nil, fmt.Errorf("%s stands outside", p.name)
		case p.name == "END":
			if open[len(open)-1].name != p.value {
				return nil, fmt.Errorf("END:%s closes %s", p.value, open[len(open)-1].name)
			}
			open = open[:len(open)-1]
		default:
			open[len(open)-1].props = append(open[len(open)-1].props, p)
		}
	}
	if root == nil || len(open) > 0 {
		return nil, fmt.Errorf("%d components are not closed", len(open))
	}
	return root, nil
}

func zone(c *component) error {
	if _, err := c.one("TZID"); err != nil {
		return err
	}
	if len(c.parts) == 0 {
		return fmt.Errorf("a time zone without an observance")
	}
	for _, o := range c.parts {
		for name, form := range map[string]*regexp.Regexp{"DTSTART": local, "TZOFFSETFROM": offset, "TZOFFSETTO": offset} {
			if p, err := o.one(name); err != nil || !form.MatchString(p.value) {
				return fmt.Errorf("%s of %s: %q, %v", name, o.name, p.value, err)
			}
		}
	}
	return nil
}

func event(c *component) (e Event, err error) {
	for _, f := range []struct {
		name string
		into *string
		form *regexp.Regexp
		kind string
		must bool
	}{{"UID", &e.UID, nil, "", true}, {"DTSTAMP", &e.Stamp, instant, "", true}, {"DTSTART", &e.Start, day, "DATE", true}, {"DTEND", &e.End, day, "DATE", true},
		{"SUMMARY", &e.Summary, nil, "TEXT", true}, {"DESCRIPTION", &e.Description, nil, "TEXT", false}, {"URL", &e.URL, nil, "", false}, {"CLASS", &e.Class, nil, "", false}} {
		if !f.must && len(c.all(f.name)) == 0 {
			continue
		}
		p, err := c.one(f.name)
		if err != nil {
			return e, err
		}
		if f.kind == "DATE" && p.params["VALUE"] != "DATE" || f.form != nil && !f.form.MatchString(p.value) {
			return e, fmt.Errorf("%s is %v %q", f.name, p.params, p.value)
		}
		if *f.into = p.value; f.kind == "TEXT" {
			if *f.into, err = text(p.value); err != nil {
				return e, fmt.Errorf("%s: %w", f.name, err)
			}
		}
	}
	if e.End <= e.Start {
		return e, fmt.Errorf("an event from %s to %s", e.Start, e.End)
	}
	for _, a := range c.parts {
		if a.name != "VALARM" {
			return e, fmt.Errorf("%s within an event", a.name)
		}
		action, err1 := a.one("ACTION")
		at, err2 := a.one("TRIGGER")
		_, err3 := a.one("DESCRIPTION")
		if err1 != nil || err2 != nil || err3 != nil || action.value != "DISPLAY" || at.params["VALUE"] != "DATE-TIME" || !instant.MatchString(at.value) {
			return e, fmt.Errorf("alarm %v: %v, %v, %v", a.props, err1, err2, err3)
		}
		e.Alarms = append(e.Alarms, at.value)
	}
	return e, nil
}

// text takes the escapes out of a text (3.3.11) and refuses one that needs more or knows others.
func text(s string) (string, error) {
	if bare := escaped.ReplaceAllString(s, ""); strings.ContainsAny(bare, ",;") {
		return "", fmt.Errorf("a comma or semicolon without its backslash: %q", s)
	}
	var err error
	return escaped.ReplaceAllStringFunc(s, func(x string) string {
		switch x {
		case `\\`, `\;`, `\,`:
			return x[1:]
		case `\n`, `\N`:
			return "\n"
		}
		err = fmt.Errorf("escape %q", x)
		return ""
	}), err
}
