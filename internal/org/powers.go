package org

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// SyncActions brings the register of acts up to the acts of this program (bp.6): what is new is added, what has
// another name is renamed, what the program no longer does is ended. Acts that everybody does for themselves are left
// out, as nobody decides them for others.
func SyncActions(ctx context.Context, tx *db.Tx, c *register.Catalog, acts []*act.Act) error {
	d, by := c.Must("action"), actor.Operator()
	have := map[string]register.Record{}
	for r, err := range c.Records(ctx, tx, d) {
		if err != nil {
			return err
		}
		have[d.Key(r.Row)] = r
	}
	for _, a := range decided(acts) {
		row := register.Encode(d, actionOf(a))
		was, known := have[a.ID]
		delete(have, a.ID)
		var err error
		switch {
		case !known:
			_, err = c.Create(ctx, tx, by, d, row)
		case was.Ended:
			_, err = c.Revive(ctx, tx, by, d, row)
		default:
			_, err = c.Change(ctx, tx, by, d, row, 0)
		}
		if err != nil {
			return fmt.Errorf("register act %s: %w", a.ID, err)
		}
	}
	for key, r := range have {
		if r.Ended {
			continue
		}
		if _, err := c.End(ctx, tx, by, d, key, 0, when.Of(tx.Now())); err != nil {
			return fmt.Errorf("end act %s: %w", key, err)
		}
	}
	return nil
}

// SeedPowers writes the table of powers of a fresh municipality: each act with the role it names first. Where there is
// a table already nothing is touched; which role decides a new act is then for the city to say, and R033 tells
// it so.
func SeedPowers(ctx context.Context, tx *db.Tx, c *register.Catalog, acts []*act.Act) error {
	d, by := c.Must("power"), actor.Operator()
	for _, err := range c.Records(ctx, tx, d) {
		return err
	}
	for i, a := range decided(acts) {
		if len(a.Roles) == 0 {
			return fmt.Errorf("seed power: act %s names no role", a.ID)
		}
		p := Power{Code: fmt.Sprintf("PW-%04d", i+1), Action: a.ID, Role: a.Roles[0]}
		if _, err := c.Create(ctx, tx, by, d, register.Encode(d, p)); err != nil {
			return fmt.Errorf("seed power for %s: %w", a.ID, err)
		}
	}
	return nil
}

// bindPowers: a power has one scope at most, and each act has one deciding role for each scope (bp.6).
func bindPowers(c *register.Catalog, d *register.Def) {
	alone := func(ctx context.Context, tx *db.Tx, row register.Row) error {
		p := register.Decode[Power](d, row)
		var other, role string
		err := tx.QueryRow(ctx, `SELECT code, role FROM reg_power WHERE action = $1 AND unit = $2 AND organ = $3 AND code <> $4 AND NOT ended ORDER BY code LIMIT 1`,
			p.Action, p.Unit, p.Organ, p.Code).Scan(&other, &role)
		if db.Missing(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("look for another power of %s: %w", p.Action, err)
		}
		name := msg.Same(role)
		if v := c.Pack().Vocab("role"); v != nil {
			if t, ok := v.Term(role); ok {
				name = t.Title
			}
		}
		return fault.At("action", msg.F("この操作は、同じ範囲で決定する役割が既に定められています（%s：%s）。その記録を変更してください。",
			"The act has a deciding role in this scope already (%s: %s). Change that record instead.", other, name))
	}
	d.Check = func(ctx context.Context, tx *db.Tx, _, next register.Row) error {
		if d.Str(next, "unit") != "" && d.Str(next, "organ") != "" {
			return fault.At("organ", msg.T("範囲は、組織か機関のどちらか一つで指定してください。", "Give a unit or an organ as the scope, not both."))
		}
		return alone(ctx, tx, next)
	}
	d.After = func(ctx context.Context, tx *db.Tx, ch register.Change) error { // two rows of one import are judged before either is there
		if ch.Ended {
			return nil
		}
		return alone(ctx, tx, ch.New)
	}
}

// KeepDecisions puts decisions on the applications of others on record (決裁の記録, bp.6). Both are people of the city:
// what a program decides by a token of its own stands in the record of acts alone.
func KeepDecisions(c *register.Catalog) func(ctx context.Context, tx *db.Tx, who actor.Actor, list []act.Decision) error {
	return func(ctx context.Context, tx *db.Tx, who actor.Actor, list []act.Decision) error {
		d, day := c.Must("approval"), when.Of(tx.Now())
		var rows []register.Row
		for _, x := range list {
			if who.Person == "" || strings.HasPrefix(who.Person, actor.TokenPrefix) || x.Applicant == nobody {
				continue
			}
			rows = append(rows, register.Encode(d, Approval{Code: decisionNo(tx.Now(), x, len(rows)), Action: x.Act, Subject: x.Subject.String(), Applicant: x.Applicant,
				Approver: who.Person, Delegation: x.Delegation, At: day}))
		}
		if len(rows) == 1 {
			_, err := c.Create(ctx, tx, who, d, rows[0])
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		return c.CreateMany(ctx, tx, who, d, rows)
	}
}

// decisionNo makes the number of a decision out of what was decided when. Counting on from the last would let people who
// decide at the same time wait for one another.
func decisionNo(at time.Time, x act.Decision, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s %s %s", at.UnixMicro(), n, x.Act, x.Subject, x.Applicant))
	return fmt.Sprintf("AP-%s-%s", strings.ReplaceAll(when.Of(at).String(), "-", ""), base32.StdEncoding.EncodeToString(sum[:5]))
}

// decided are the acts somebody decides, by id.
func decided(acts []*act.Act) []*act.Act {
	out := slices.DeleteFunc(slices.Clone(acts), func(a *act.Act) bool { return a.Anyone })
	slices.SortFunc(out, func(a, b *act.Act) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func actionOf(a *act.Act) Action {
	out := Action{Code: a.ID, Name: a.Title.JA, Scope: a.Scope}
	for _, id := range a.Clauses {
		out.Clauses = append(out.Clauses, string(id))
	}
	slices.Sort(out.Clauses) // a Set is kept sorted, or each start would see a change
	return out
}
