package selfcheck

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"slices"

	"okite/internal/db"
	"okite/internal/register"
	"okite/internal/when"
)

// recipient is who is asked by a campaign, and by which sheet.
type recipient struct{ person, unit, section, sheet string }

func (r recipient) key() string { return cmp.Or(r.unit, r.person) }

// sheetFor picks the sheet of somebody by their roles: one for a role they hold comes before the one for everybody.
func sheetFor(sheets []Sheet, roles []string) string {
	plain := ""
	for _, x := range sheets {
		switch {
		case x.For != ForPerson:
		case len(x.Roles) == 0 && plain == "":
			plain = x.Code
		case slices.ContainsFunc(x.Roles, func(r string) bool { return slices.Contains(roles, r) }):
			return x.Code
		}
	}
	return plain
}

// recipients works out who is asked by some sheets on the day a campaign opens: everybody on the staff then, and every
// section. Contractors' workers are asked through their company.
func (s *Service) recipients(ctx context.Context, tx *db.Tx, sheets []Sheet, opens when.Date) ([]recipient, error) {
	on := opens.String()
	var out []recipient
	if slices.ContainsFunc(sheets, func(x Sheet) bool { return x.For == ForPerson }) {
		roles, err := rolesOn(ctx, tx, sheets, on)
		if err != nil {
			return nil, err
		}
		people, err := db.Rows(ctx, tx, func(r *sql.Rows) (x recipient, err error) { return x, r.Scan(&x.person, &x.section) },
			`SELECT code, unit FROM reg_person WHERE NOT ended AND employment <> $2 AND joined <> '' AND joined <= $1 AND ("left" = '' OR "left" >= $1) ORDER BY code`, on, outsider)
		if err != nil {
			return nil, fmt.Errorf("read who is asked: %w", err)
		}
		for _, x := range people {
			if x.sheet = sheetFor(sheets, roles[x.person]); x.sheet != "" {
				out = append(out, x)
			}
		}
	}
	if i := slices.IndexFunc(sheets, func(x Sheet) bool { return x.For == ForUnit }); i >= 0 {
		units, err := db.Rows(ctx, tx, func(r *sql.Rows) (x recipient, err error) { return x, r.Scan(&x.unit) },
			`SELECT code FROM reg_unit WHERE NOT ended AND kind = $2 AND "open" <> '' AND "open" <= $1 AND ("close" = '' OR "close" >= $1) ORDER BY code`, on, section)
		if err != nil {
			return nil, fmt.Errorf("read which sections are asked: %w", err)
		}
		for _, x := range units {
			x.section, x.sheet = x.unit, sheets[i].Code
			out = append(out, x)
		}
	}
	return out, nil
}

// rolesOn are the roles people hold or stand in for on a day, as far as a sheet asks for one.
func rolesOn(ctx context.Context, tx *db.Tx, sheets []Sheet, on string) (map[string][]string, error) {
	var asked []string
	for _, x := range sheets {
		asked = append(asked, x.Roles...)
	}
	out := map[string][]string{}
	if len(asked) == 0 {
		return out, nil
	}
	marks, args := in(asked, 2)
	type held struct{ person, role string }
	list, err := db.Rows(ctx, tx, func(r *sql.Rows) (h held, err error) { return h, r.Scan(&h.person, &h.role) },
		`SELECT a.person, p.role FROM reg_assignment a JOIN reg_post p ON p.code = a.post WHERE NOT a.ended AND NOT p.ended AND p.role IN (`+marks+`)
AND a."from" <> '' AND a."from" <= $1 AND (a."until" = '' OR a."until" >= $1) AND p."from" <> '' AND p."from" <= $1 AND (p."until" = '' OR p."until" >= $1)`, append([]any{on}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read who holds which role: %w", err)
	}
	for _, h := range list {
		out[h.person] = append(out[h.person], h.role)
	}
	return out, nil
}

// rows makes the responses of a campaign for those who have none yet.
func (s *Service) rows(c Campaign, list []recipient, there map[string]bool) []register.Row {
	d := s.def("response")
	var out []register.Row
	for _, x := range list {
		code := ResponseKey(c.Code, x.key())
		if there[code] {
			continue
		}
		out = append(out, register.Encode(d, Response{Code: code, Campaign: c.Code, Sheet: x.sheet, Person: x.person, Unit: x.unit, Section: x.section, State: string(Preparing), Since: c.Opens}))
	}
	return out
}

// Draw picks n of some keys by a seed: those with the lowest hashes of seed and key. Whoever has the seed can draw again
// and gets the same.
func Draw(seed string, keys []string, n int) []string {
	type lot struct {
		key  string
		hash [32]byte
	}
	lots := make([]lot, len(keys))
	for i, k := range keys {
		lots[i] = lot{k, sha256.Sum256([]byte(seed + "\x00" + k))}
	}
	slices.SortFunc(lots, func(a, b lot) int { return cmp.Or(slices.Compare(a.hash[:], b.hash[:]), cmp.Compare(a.key, b.key)) })
	var out []string
	for _, l := range lots[:min(n, len(lots))] {
		out = append(out, l.key)
	}
	return out
}
