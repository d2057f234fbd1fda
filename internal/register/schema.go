package register

import (
	"okite/internal/clause"
	"okite/internal/msg"
)

// Schema describes a register to other programs: okite registers and the OpenAPI document are made of it.
type Schema struct {
	Name    string        `json:"name"`
	Title   msg.Text      `json:"title"`
	Key     string        `json:"key"`
	Fields  []FieldSchema `json:"fields"`
	Group   string        `json:"group"`
	Clauses []clause.ID   `json:"clauses"`
	// ReadOnly registers are filled by the product or by evidence.
	ReadOnly bool `json:"read_only"`
}

// FieldSchema describes a field. Values are the codes of a vocabulary with their titles.
type FieldSchema struct {
	Name     string        `json:"name"`
	Title    msg.Text      `json:"title"`
	Type     string        `json:"type"`
	Required bool          `json:"required"`
	Values   []ValueSchema `json:"values"`
	Refers   string        `json:"refers,omitempty"`
	Max      int           `json:"max,omitempty"`
	Derived  bool          `json:"derived,omitempty"`
	Personal bool          `json:"personal,omitempty"`
}

// ValueSchema is a code of a vocabulary.
type ValueSchema struct {
	Code  string   `json:"code"`
	Title msg.Text `json:"title"`
}

var kindNames = map[Kind]string{Text: "text", Long: "long", Int: "integer", Count: "count", Bool: "boolean", Date: "date",
	Stamp: "datetime", Enum: "enum", Ref: "reference", Set: "set"}

func (k Kind) String() string { return kindNames[k] }

// Schema describes all registers.
func (c *Catalog) Schema() []Schema {
	out := make([]Schema, 0, len(c.defs))
	for _, d := range c.defs {
		s := Schema{Name: d.Name, Title: d.Title, Key: d.KeyField().Name, Group: d.Group, Clauses: d.Clauses, ReadOnly: d.ReadOnly}
		if s.Clauses == nil {
			s.Clauses = []clause.ID{}
		}
		for _, f := range d.Fields {
			s.Fields = append(s.Fields, c.fieldSchema(f))
		}
		out = append(out, s)
	}
	return out
}

func (c *Catalog) fieldSchema(f Field) FieldSchema {
	out := FieldSchema{Name: f.Name, Title: f.Title, Type: f.Kind.String(), Required: f.Required, Values: []ValueSchema{}, Refers: f.Refers,
		Derived: f.Derived, Personal: f.Personal}
	if f.Kind == Text || f.Kind == Long {
		out.Max = f.Max
	}
	if v := c.pack.Vocab(f.Vocab); v != nil && f.Vocab != "" {
		for _, t := range v.Terms {
			out.Values = append(out.Values, ValueSchema{Code: t.Code, Title: t.Title})
		}
	}
	return out
}
