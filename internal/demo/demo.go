// Package demo makes a fictional designated city: every register filled, everything in order but for what was
// planted, and a list of what was planted. It knows the policy and the ministry's words, and neither the checks nor
// the registers' code, so that what is planted is known independently of what is looked for.
//
// It serves clause 11 (bp.11): whoever audits the product can compare what it finds with what is there.
package demo

import (
	"cmp"
	"fmt"
	"slices"

	"okite/internal/msg"
	"okite/internal/pack"
	"okite/internal/when"
)

// Config says which city. The same Config gives the same city, byte for byte.
type Config struct {
	People int       // how many people are on the staff; 3,000 when 0
	Seed   uint64    // another seed is another city
	Date   when.Date // the day on which the city is looked at; needed

	Acts     []string          // ids of the acts the product knows: one row of the table of powers each
	ActRoles map[string]string // the role that decides an act; the chief where none is given

	BasicVersion, StandardVersion string // keys of the versions in force; B2 and S2 when ""
	Docs                          []Doc  // the two texts in force
}

// Doc is a text of the policy, as the importer has read it.
type Doc struct {
	Layer   string // basic or standard
	Number  int
	Title   string
	SHA256  string
	Clauses []DocClause
}

// DocClause is one place of a text.
type DocClause struct {
	ID, Number, Name, Text string
	Parents, Modal         []string
	Hash                   string
	Order                  int
}

// Table is the rows of a register. Columns are field names; a value is a string, int64, bool, when.Date, []string or
// nil for a number nobody stated.
type Table struct {
	Register string
	Columns  []string
	Rows     [][]any
}

// Planted is one subject, "register:key", that a check must find noncompliant or undetermined.
type Planted struct {
	Check   string `json:"check"`
	Subject string `json:"subject"`
}

// Login is a person through whose eyes the city can be looked at.
type Login struct {
	Person, Role string
	Title        msg.Text
}

// City is the city. Tables stand in an order in which what a row points at mostly stands before it; units, people,
// assets and contracts point at one another, so whoever loads them asks for references at the end.
type City struct {
	Name, Code string
	Tables     []Table
	Planted    []Planted // sorted by check and subject
	Logins     []Login
}

// Table gives the rows of a register, nil when the city has no such table.
func (c City) Table(register string) *Table {
	for i := range c.Tables {
		if c.Tables[i].Register == register {
			return &c.Tables[i]
		}
	}
	return nil
}

// Generate makes the city. It refuses a Config without a day or without the two texts.
func Generate(cfg Config) (City, error) {
	if cfg.Date == 0 {
		return City{}, fmt.Errorf("make demo city: no date")
	}
	if cfg.People == 0 {
		cfg.People = 3000
	}
	if cfg.People < 500 {
		return City{}, fmt.Errorf("make demo city: %d people are too few, a city needs 500", cfg.People)
	}
	for _, layer := range []string{"basic", "standard"} {
		i := slices.IndexFunc(cfg.Docs, func(d Doc) bool { return d.Layer == layer })
		if i < 0 || len(cfg.Docs[i].Clauses) < 4 {
			return City{}, fmt.Errorf("make demo city: no text of the layer %s", layer)
		}
	}
	p, err := pack.Load("model")
	if err != nil {
		return City{}, fmt.Errorf("make demo city: %w", err)
	}
	c := newCity(cfg)
	if err := c.parameters(p.Parameters); err != nil {
		return City{}, fmt.Errorf("make demo city: %w", err)
	}
	c.build()
	c.spoil()
	return City{Name: cityName, Code: cityCode, Tables: c.tables(), Planted: c.sortedPlanted(), Logins: c.logins}, nil
}

// build makes a city in which everything is in order.
func (c *city) build() {
	c.organs()
	c.staff()
	c.systems()
	c.posts()
	c.partners()
	c.texts()
	c.assets()
	c.evidence()
	c.window()
	c.decisions()
	c.audits()
	c.receipts()
	c.notice()
	c.training()
	c.selfcheck()
	c.yearPlan()
}

func (c *city) sortedPlanted() []Planted {
	slices.SortFunc(c.planted, func(a, b Planted) int {
		return cmp.Or(cmp.Compare(a.Check, b.Check), cmp.Compare(a.Subject, b.Subject))
	})
	return slices.Compact(c.planted)
}
