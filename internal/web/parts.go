package web

import (
	"net/url"

	"github.com/a-h/templ"

	"okite/internal/msg"
)

// Tone is what a thing means to the reader. Colour never stands alone: a word, shape or pattern says the same.
type Tone string

// The tones.
const (
	Plain Tone = ""
	Info  Tone = "info"
	Good  Tone = "good"
	Warn  Tone = "warn"
	Bad   Tone = "bad"
)

// Link is a link or, in a row of buttons, a button that leads on.
type Link struct {
	Title msg.Text
	Href  string
	Main  bool // the first button of the page
}

// Head is the top of a page: where one is, what it is, in one sentence what to know.
type Head struct {
	Crumbs []Link
	Title  msg.Text
	Lead   msg.Text
	Badge  templ.Component // beside the title: the state of the subject
	Facts  []msg.Text      // one line below the title: as of when, which version
	Links  []Link          // what can be done with the whole page
}

// Tile is a number worth a look.
type Tile struct {
	Value msg.Text
	Label msg.Text
	Href  string
	Tone  Tone // Bad draws it red
}

// Column is a column of a Table.
type Column struct {
	Name   string // names the column in the address when it can be sorted by
	Title  msg.Text
	Num    bool // right, thousands grouped by the caller
	Sort   bool // the header is a link that sorts
	Head   bool // the cells head their row
	NoWrap bool
	Quiet  bool // the title is for screen readers only
	Beside bool // in a Short table, on a narrow screen: shares a line with what stands before it
}

// Cell is one cell: text, a link, or a component of its own.
type Cell struct {
	Text string
	Href string
	Note string // a second, smaller line
	Tone Tone
	Part templ.Component
}

// Row is one row. Key is the value of its checkbox when rows can be chosen.
type Row struct {
	Key   string
	Cells []Cell
	Tone  Tone
}

// Table is the one table of the site: dense, with a caption that counts, sortable by link, and on a narrow screen
// either stacked (each row a card) or, when Wide, inside a scroller of its own.
type Table struct {
	ID      string
	Caption msg.Text
	Count   int // shown in the caption; negative hides it
	Columns []Column
	Rows    []Row
	Sort    string // column sorted by
	Desc    bool
	Href    func(column string, desc bool) string
	Select  string   // name of the checkbox of each row, "" when rows are not chosen
	Empty   msg.Text // what to say when there are no rows
	Wide    bool
	Short   bool // on a narrow screen a card is a few lines: the numbers share one, and only they are labelled
	First   int  // on a narrow screen only so many rows stand here, and More leads to all; 0 is every row
	More    Link
	All     Link // below a table that holds the first lines of a list only: leads to the whole of it
}

// Chip is an active filter with the address that removes it.
type Chip struct {
	Label  string
	Remove string
}

// Paging goes through a long list. Total below zero means it is not counted.
type Paging struct {
	Page, Size, Total int
	Href              func(page int) string
	Prev, Next        string // addresses of keyset paging, used when Href is nil
}

// Filter is a GET form above a list: its address is its state.
type Filter struct {
	Action string
	Fields []Field
	Keep   url.Values // parameters that stay
	Live   string     // id of the element that the enhancer refetches
	Links  []Link
	Chips  []Chip
	Clear  string // address without any filter
}

// Button submits a form.
type Button struct {
	Title msg.Text
	Name  string
	Value string
	Tone  Tone // Good is the main button, Bad a dangerous one, Plain a second one
	Ask   msg.Text
}

// Form is a form that posts. Its fields come back filled in when it is refused.
type Form struct {
	Action  string
	Fields  []Field
	Hidden  [][2]string
	Buttons []Button
	Cancel  Link
	Upload  bool
	Guard   bool // warn before typed text is lost
	Label   msg.Text
}

// FieldKind is how a field is drawn.
type FieldKind uint8

// The kinds of field.
const (
	TextField FieldKind = iota
	LongField
	NumberField
	DateField      // one field that takes 令和8年11月24日 as well as 2026-11-24
	DatePartsField // year, month, day apart; the names end in .y .m .d
	SelectField
	RadioField
	ChecksField // several of a set
	CheckField  // yes or no; the value is "true"
	ComboField  // text with suggestions
	PasswordField
	CodeField // a one-time code
	EmailField
	FileField
	SearchField
	ShownField // not to be changed here
)

// Option is one choice.
type Option struct {
	Value string
	Label msg.Text
	Note  msg.Text
}

// Field is one field of a form: label, support text, input and error, in this order.
type Field struct {
	Name     string
	Label    msg.Text
	Help     msg.Text
	Kind     FieldKind
	Value    string
	Values   []string // of ChecksField
	Options  []Option
	Required bool
	Optional bool // say ※任意; used where most fields are required
	Width    int  // in characters, 0 by kind
	Max      int  // longest text in characters, 0 none
	Rows     int
	Unit     msg.Text
	Auto     string   // autocomplete token
	Accept   string   // of FileField
	AsIs     bool     // ShownField: the value is a key that reads the same in both languages
	Any      msg.Text // SelectField: the empty choice; without it the first line asks to choose
}

// Entry is a pair of a summary list.
type Entry struct {
	Label  msg.Text
	Text   string
	Href   string
	Part   templ.Component
	Change string // address that changes it
	Note   string
}

// Task is a line of a task list.
type Task struct {
	Title msg.Text
	Href  string
	Note  msg.Text
	State msg.Text
	Tone  Tone
}

// Event is a point of a timeline.
type Event struct {
	At     string
	Title  string
	Detail string
	Href   string
	By     string
	Tone   Tone
}

// Change is one line of a diff table.
type Change struct {
	Label    string
	Old, New string
}

// Tab is a page of a group of pages.
type Tab struct {
	Title   msg.Text
	Href    string
	Count   int // negative hides it
	Current bool
}

// Step is a step of a longer way.
type Step struct {
	Title msg.Text
	State StepState
}

// StepState says how far a step is.
type StepState uint8

// The states of a step.
const (
	StepAhead StepState = iota
	StepNow
	StepDone
)

// Counts are the six results of checks.
type Counts struct {
	Compliant, Noncompliant, Undetermined, Excepted, OutOfScope, NotDue int
}

// Sheet is what a printed page carries on top: classification, document number, date.
type Sheet struct {
	Class  msg.Text
	Number string
	Date   string
}

// result is how one of the six results looks: word, tone and shape.
type result struct {
	word  msg.Text
	shape string
}

// resultOf names a result by its word in the API (compliant, noncompliant, …).
func resultOf(name string) result {
	switch name {
	case "compliant":
		return result{msg.T("適合", "Compliant"), "check"}
	case "noncompliant":
		return result{msg.T("不適合", "Non-compliant"), "cross"}
	case "excepted":
		return result{msg.T("例外許可中", "Excepted"), "diamond"}
	case "out_of_scope":
		return result{msg.T("対象外", "Out of scope"), "dash"}
	case "not_due":
		return result{msg.T("未着手", "Not due"), "ring"}
	}
	return result{msg.T("判定不能", "Undetermined"), "question"}
}

// ResultWord is the word for one of the six results.
func ResultWord(name string) msg.Text { return resultOf(name).word }
