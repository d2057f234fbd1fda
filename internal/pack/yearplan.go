package pack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"okite/internal/msg"
	"okite/packs"
)

// YearTask is a task of the template of a fiscal year (年間計画のひな形): by which day, in which role, under which clause,
// and what proves it done. Register and Field name a register whose record with a day of the year in that field is the
// proof; Check a check that must find nothing; without either a person enters the day.
type YearTask struct {
	Code     string   `json:"code"`
	Month    int      `json:"month"`
	Day      int      `json:"day"`
	Name     msg.Text `json:"name"`
	Role     string   `json:"role"`
	Clause   string   `json:"clause"`
	How      msg.Text `json:"how"`
	Check    string   `json:"check,omitempty"`
	Register string   `json:"register,omitempty"`
	Field    string   `json:"field,omitempty"`
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
		case t.Month < 1 || t.Month > 12 || t.Day < 1 || t.Day > 31 || t.Role == "" || t.Clause == "" || (t.Register == "") != (t.Field == ""):
			return nil, fmt.Errorf("plan of the year of pack %s: task %s wants a day, a role, a clause, and a register with its field or none", code, t.Code)
		}
		seen[t.Code] = true
	}
	return out, nil
}
