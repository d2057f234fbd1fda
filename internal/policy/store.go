package policy

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/policy/text"
	"okite/internal/register"
	"okite/internal/when"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the module's tables beside its registers: texts as they were read, decisions on their way, uploads.
func Schema() fs.FS {
	sub, err := fs.Sub(schema, "schema")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// ClauseKey names a clause of a version in the register of clauses: B1-bp.9.4.
func ClauseKey(version string, id clause.ID) string { return version + "-" + string(id) }

// version reads one.
func (s *Service) version(ctx context.Context, tx *db.Tx, code string) (Version, register.Record, error) {
	d := s.c.Catalog.Must("version")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil {
		return Version{}, rec, err
	}
	if !ok {
		return Version{}, rec, fault.New(fault.NotFound, msg.F("ポリシーの版「%s」はありません。", "There is no version “%s” of the policy.", code))
	}
	return register.Decode[Version](d, rec.Row), rec, nil
}

// versions are all, the newest of each layer first.
func (s *Service) versions(ctx context.Context, tx *db.Tx) ([]Version, error) {
	vs, err := register.Load[Version](ctx, tx, s.c.Catalog.Must("version"))
	slices.SortStableFunc(vs, func(a, b Version) int {
		return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(b.Number, a.Number), cmp.Compare(a.Code, b.Code))
	})
	return vs, err
}

// clauses are those of a version in the order of the text.
func (s *Service) clauses(ctx context.Context, tx *db.Tx, version string) ([]Clause, error) {
	d := s.c.Catalog.Must("clause")
	var out []Clause
	for r, err := range s.c.Catalog.Each(ctx, tx, d, register.Query{Filters: map[string][]string{"version": {version}}}) {
		if err != nil {
			return nil, err
		}
		out = append(out, register.Decode[Clause](d, r.Row))
	}
	slices.SortStableFunc(out, func(a, b Clause) int { return cmp.Compare(a.Order, b.Order) })
	return out, nil
}

// keepText keeps what was read with its clauses.
func (s *Service) keepText(ctx context.Context, tx *db.Tx, who actor.Actor, v Version, d text.Document) error {
	heads, err := json.Marshal(d.Headings)
	if err != nil {
		return fmt.Errorf("keep headings: %w", err)
	}
	furniture, err := json.Marshal(d.Furniture)
	if err != nil {
		return fmt.Errorf("keep furniture: %w", err)
	}
	warnings, err := json.Marshal(d.Warnings)
	if err != nil {
		return fmt.Errorf("keep warnings: %w", err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO policy_text (version, name, source, headings, furniture, warnings, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		v.Code, d.Name, d.Source, string(heads), string(furniture), string(warnings), tx.Now().UnixMicro()); err != nil {
		return fmt.Errorf("keep text of %s: %w", v.Code, err)
	}
	def := s.c.Catalog.Must("clause")
	for i, c := range d.Clauses {
		row := register.Encode(def, Clause{Code: ClauseKey(v.Code, c.ID), Version: v.Code, ID: string(c.ID), Order: int64(i + 1), Number: c.Number, Name: oneLine(c.Title),
			Text: plain(c.Text), Parents: c.Parents, Modal: c.Modal, Hash: hashOf(c.Title, c.Text)})
		if _, err := s.c.Catalog.Create(ctx, tx, who, def, row); err != nil {
			return wrapClause(err, c)
		}
	}
	return nil
}

// wrapClause says at which clause of the file a field was refused.
func wrapClause(err error, c text.Clause) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	var l fault.List
	for _, fd := range f.Fields {
		l.Add("file", msg.F("条項「%s」（%d行目）：%s", "Clause “%s” (line %d): %s", c.Number, c.Line, fd.Message))
	}
	if l.Err() == nil {
		return err
	}
	return l.Err()
}

// plain leaves out control signs that a register does not keep; they are blanks between words.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return ' '
		}
		return r
	}, s)
}

func oneLine(s string) string { return strings.ReplaceAll(plain(s), "\n", " ") }

// reading is what is kept of a text beside its clauses.
type reading struct {
	Name      string
	Source    string
	Headings  []text.Heading
	Furniture []text.Furniture
	Warnings  []text.Warning
}

// textOf reads it; a version made without a file has none.
func (s *Service) textOf(ctx context.Context, tx *db.Tx, version string) (reading, error) {
	r, _, err := db.One(ctx, tx, func(rows *sql.Rows) (reading, error) {
		var r reading
		var heads, furniture, warnings string
		if err := rows.Scan(&r.Name, &r.Source, &heads, &furniture, &warnings); err != nil {
			return r, err
		}
		if err := json.Unmarshal([]byte(heads), &r.Headings); err != nil {
			return r, err
		}
		if err := json.Unmarshal([]byte(furniture), &r.Furniture); err != nil {
			return r, err
		}
		return r, json.Unmarshal([]byte(warnings), &r.Warnings)
	}, `SELECT name, source, headings, furniture, warnings FROM policy_text WHERE version = $1`, version)
	if err != nil {
		return r, fmt.Errorf("read text of %s: %w", version, err)
	}
	return r, nil
}

// decision reads how far a version has come. A version from elsewhere, such as a demo, has none: it is taken as it
// stands in its register, with nobody as applicant.
func (s *Service) decision(ctx context.Context, tx *db.Tx, v Version) (flow.Instance, bool, error) {
	in, ok, err := db.One(ctx, tx, func(rows *sql.Rows) (flow.Instance, error) {
		in := flow.Instance{ID: v.Code}
		var since, approvals string
		if err := rows.Scan(&in.State, &in.Applicant, &in.Hash, &since, &approvals); err != nil {
			return in, err
		}
		if err := in.Since.UnmarshalText([]byte(since)); err != nil {
			return in, err
		}
		return in, json.Unmarshal([]byte(approvals), &in.Approvals)
	}, `SELECT state, applicant, hash, since, approvals FROM policy_decision WHERE version = $1`, v.Code)
	if err != nil {
		return in, false, fmt.Errorf("read decision on %s: %w", v.Code, err)
	}
	if !ok {
		in = flow.Instance{ID: v.Code, State: flow.State(v.State), Applicant: unknownApplicant, Hash: v.SHA256, Since: when.Of(tx.Now())}
	}
	return in, ok, nil
}

// keepDecision writes the instance under the condition that its state is still the one read.
func (s *Service) keepDecision(ctx context.Context, tx *db.Tx, in flow.Instance, was flow.State, known bool) error {
	approvals, err := json.Marshal(in.Approvals)
	if err != nil {
		return fmt.Errorf("keep approvals: %w", err)
	}
	if !known {
		_, err := tx.Exec(ctx, `INSERT INTO policy_decision (version, state, applicant, hash, since, approvals) VALUES ($1, $2, $3, $4, $5, $6)`,
			in.ID, string(in.State), in.Applicant, in.Hash, in.Since.String(), string(approvals))
		if err != nil {
			return fmt.Errorf("keep decision on %s: %w", in.ID, err)
		}
		return nil
	}
	n, err := tx.Exec(ctx, `UPDATE policy_decision SET state = $1, applicant = $2, hash = $3, since = $4, approvals = $5 WHERE version = $6 AND state = $7`,
		string(in.State), in.Applicant, in.Hash, in.Since.String(), string(approvals), in.ID, string(was))
	if err != nil {
		return fmt.Errorf("keep decision on %s: %w", in.ID, err)
	}
	if n != 1 {
		return fault.New(fault.Conflict, msg.T("ほかの職員が先に手続を進めました。画面を読み直してください。", "Somebody was first. Please load the page again."))
	}
	return nil
}
