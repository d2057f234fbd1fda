package pack

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"okite/internal/msg"
	"okite/internal/when"
	"okite/packs"
)

// YearTask is a task of the template of a fiscal year (年間計画のひな形): by which day, in which role, under which clause,
// and what proves it done. Register and Field name a register whose record with a day of the year in that field is the
// proof; Check a check that must find nothing; without either a person enters the day. A day that its month does not have
// is the month's last: 2/29 is the end of February in every year.
//
// What proves a task lies near its day: From is the first day that counts, Before says the same as days ahead of the
// deadline. With neither it is DefaultBefore days ahead.
type YearTask struct {
	Code     string    `json:"code"`
	Month    int       `json:"month"`
	Day      int       `json:"day"`
	From     *MonthDay `json:"from,omitempty"`
	Before   int       `json:"before,omitempty"`
	Name     msg.Text  `json:"name"`
	Role     string    `json:"role"`
	Clause   string    `json:"clause"`
	How      msg.Text  `json:"how"`
	Check    string    `json:"check,omitempty"`
	Register string    `json:"register,omitempty"`
	Field    string    `json:"field,omitempty"`
}

// MonthDay is a day of every year.
type MonthDay struct {
	Month int `json:"month"`
	Day   int `json:"day"`
}

// DefaultBefore is how many days ahead of its deadline a task begins when nobody has said it.
const DefaultBefore = 60

// In is the day in a fiscal year, or the last of its month.
func (d MonthDay) In(fy int) when.Date {
	year := fy
	if d.Month < 4 {
		year++
	}
	return min(when.On(year, d.Month, d.Day), when.On(year, d.Month+1, 1)-1)
}

func (d MonthDay) valid() bool { return d.Month >= 1 && d.Month <= 12 && d.Day >= 1 && d.Day <= 31 }

// Dates are the first day and the deadline of a task in a fiscal year. A task does not begin before its year.
func (t YearTask) Dates(fy int) (from, due when.Date) {
	due = MonthDay{t.Month, t.Day}.In(fy)
	if t.From != nil {
		return t.From.In(fy), due
	}
	return Begins(fy, due, t.Before), due
}

// Begins is the day some days ahead of a deadline, or DefaultBefore days for 0, but not before the fiscal year.
func Begins(fy int, due when.Date, before int) when.Date {
	return max(when.FYStart(fy), due.AddDays(-cmp.Or(before, DefaultBefore)))
}

// Year gives the template of a pack, else of the pack it extends.
func Year(code string) ([]YearTask, error) { return year(packs.Files, code, 0) }

func year(fsys fs.FS, code string, depth int) ([]YearTask, error) {
	b, err := fs.ReadFile(fsys, code+"/yearplan.json")
	if errors.Is(err, fs.ErrNotExist) {
		f, err := read(fsys, code)
		if err != nil || f.Extends == "" || depth > 10 {
			return nil, err
		}
		return year(fsys, f.Extends, depth+1)
	}
	if err != nil {
		return nil, fmt.Errorf("read plan of the year of pack %s: %w", code, err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var out []YearTask
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("read plan of the year of pack %s: %w", code, err)
	}
	seen := map[string]bool{}
	for _, t := range out {
		switch {
		case t.Code == "" || seen[t.Code]:
			return nil, fmt.Errorf("plan of the year of pack %s: task %q is without a code or given twice", code, t.Code)
		case t.Name.JA == "" || t.Name.EN == "" || t.How.JA == "" || t.How.EN == "":
			return nil, fmt.Errorf("plan of the year of pack %s: task %s wants both languages", code, t.Code)
		case t.Before < 0 || t.Before > 0 && t.From != nil || t.From != nil && (!t.From.valid() || (t.From.Month+8)%12*32+t.From.Day > (t.Month+8)%12*32+t.Day):
			return nil, fmt.Errorf("plan of the year of pack %s: task %s wants a first day that lies before its deadline, as a day or as a number of days", code, t.Code)
		case !(MonthDay{t.Month, t.Day}).valid() || t.Role == "" || t.Clause == "" || (t.Register == "") != (t.Field == ""):
			return nil, fmt.Errorf("plan of the year of pack %s: task %s wants a day, a role, a clause, and a register with its field or none", code, t.Code)
		}
		seen[t.Code] = true
	}
	return out, nil
}
