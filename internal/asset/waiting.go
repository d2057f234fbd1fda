package asset

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/org"
	"okite/internal/register"
	"okite/internal/when"
)

// ApproveAct is the act that decides a downgrade.
const ApproveAct = "asset.downgrade.approve"

// Pending is a downgrade that waits for a decision, with the names people know.
type Pending struct {
	Downgrade
	AssetName, ApplicantName string
	// Standing says that the person decides it only as a deputy or by delegation.
	Standing bool
}

// maxPending bounds how many undecided applications are looked at for one person.
const maxPending = 1000

// Waiting are the downgrades somebody may decide (bp.7): undecided, of an asset in a scope in which they hold the role
// that decides, and not applied for by themselves or by somebody they act for. The oldest come first.
func Waiting(ctx context.Context, tx *db.Tx, g *act.Gate, c *register.Catalog, who actor.Actor) ([]Pending, error) {
	own, standing, err := g.Scopes(ctx, tx, who, ApproveAct)
	if err != nil {
		return nil, err
	}
	out, err := undecided(ctx, tx, who.Person, own)
	if err != nil {
		return nil, err
	}
	more, err := undecided(ctx, tx, who.Person, standing)
	if err != nil {
		return nil, err
	}
	for _, x := range more {
		if !slices.ContainsFunc(out, func(o Pending) bool { return o.Code == x.Code }) {
			x.Standing = true
			out = append(out, x)
		}
	}
	return notActedFor(ctx, tx, c, who.Person, out)
}

// undecided reads the applications of others in some scopes.
func undecided(ctx context.Context, tx *db.Tx, person string, scopes []string) ([]Pending, error) {
	if len(scopes) == 0 {
		return nil, nil
	}
	args := []any{person}
	var conds []string
	for kind, cond := range map[string]string{"unit": `a.unit IN (WITH RECURSIVE below (code) AS (SELECT code FROM reg_unit WHERE code IN (%s)
UNION SELECT u.code FROM reg_unit u JOIN below b ON u.parent = b.code) SELECT code FROM below)`, "system": `a.system IN (%s)`} {
		var marks []string
		for _, s := range scopes {
			if k, key, _ := strings.Cut(s, ":"); k == kind {
				args = append(args, key)
				marks = append(marks, "$"+strconv.Itoa(len(args)))
			}
		}
		if marks != nil {
			conds = append(conds, fmt.Sprintf(cond, strings.Join(marks, ", ")))
		}
	}
	within := ""
	if !slices.Contains(scopes, "") {
		if conds == nil {
			return nil, nil
		}
		within = " AND (" + strings.Join(conds, " OR ") + ")"
	} else {
		args = args[:1]
	}
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (x Pending, err error) {
		var applied string
		if err = r.Scan(&x.Code, &x.Asset, &x.AssetName, &x.Property, &x.Old, &x.New, &x.Reason, &x.Applicant, &x.ApplicantName, &applied); err == nil {
			x.Applied, err = when.Parse(applied)
		}
		return x, err
	}, `SELECT d.code, d.asset, a.name, d.property, d."old", d."new", d.reason, d.applicant, COALESCE(p.name, ''), d.applied
FROM reg_downgrade d JOIN reg_asset a ON a.code = d.asset LEFT JOIN reg_person p ON p.code = d.applicant
WHERE d.decided = '' AND NOT d.ended AND d.applicant <> $1`+within+` ORDER BY d.applied, d.code LIMIT `+strconv.Itoa(maxPending), args...)
	if err != nil {
		return nil, fmt.Errorf("read downgrades that wait: %w", err)
	}
	return out, nil
}

// notActedFor leaves out the applications of those somebody acts for: they would be refused.
func notActedFor(ctx context.Context, tx *db.Tx, c *register.Catalog, person string, list []Pending) ([]Pending, error) {
	if len(list) == 0 {
		return nil, nil
	}
	stands, err := org.StandsFor(ctx, tx, c, person, when.Of(tx.Now()))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(x Pending) bool { return slices.Contains(stands, x.Applicant) }), nil
}
