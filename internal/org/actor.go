package org

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// The roles that follow from a seat in the CSIRT or a committee, where the city's vocabulary has them.
const (
	roleCSIRTChief   = "csirt_chief"
	roleCSIRTDeputy  = "csirt_deputy"
	roleCSIRTManager = "csirt_manager"
	rolePoC          = "csirt_poc"
	roleCSIRT        = "csirt_member"
	roleCommittee    = "committee" // its chair decides in its name
)

// ActorOf is a person with every role they hold on the transaction's day (bp.6): posts held as holder or deputy, seats
// in the CSIRT and committees, and what living delegations give them of their givers' roles. It takes four
// statements. Who has left, or has not joined yet, is refused (bp.5). Confirmed moves whose day has come count as done
// (bp.9.1), so that unit and posts change at midnight and not when somebody gets to it.
func ActorOf(ctx context.Context, tx *db.Tx, c *register.Catalog, person string) (actor.Actor, error) {
	day := when.Of(tx.Now())
	a, err := personOn(ctx, tx, person, day)
	if err != nil {
		return actor.Actor{}, err
	}
	list := map[string]actor.Actor{person: a}
	if err := withRoles(ctx, tx, c, []string{person}, list, day); err != nil {
		return actor.Actor{}, err
	}
	return list[person], nil
}

// ActorsOf are many people at once, by key, each as ActorOf gives them alone; who is not with the city on the day is
// left out. It takes four statements for some hundreds of people.
func ActorsOf(ctx context.Context, tx *db.Tx, c *register.Catalog, people []string) (map[string]actor.Actor, error) {
	day := when.Of(tx.Now())
	out := make(map[string]actor.Actor, len(people))
	for part := range slices.Chunk(people, 300) {
		rows, err := peopleOn(ctx, tx, part, day)
		if err != nil {
			return nil, err
		}
		here := make([]string, 0, len(part))
		for _, p := range rows {
			if a, err := p.on(day); err == nil {
				here, out[p.code] = append(here, p.code), a
			}
		}
		if err := withRoles(ctx, tx, c, here, out, day); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// withRoles gives people in a list the roles they hold themselves, then those that delegations give them.
func withRoles(ctx context.Context, tx *db.Tx, c *register.Catalog, people []string, list map[string]actor.Actor, day when.Date) error {
	if len(people) == 0 {
		return nil
	}
	given, err := delegationsTo(ctx, tx, people, day)
	if err != nil {
		return err
	}
	who := slices.Clone(people)
	for _, d := range given {
		if !slices.Contains(who, d.From) {
			who = append(who, d.From)
		}
	}
	held, err := grantsOf(ctx, tx, c, who, day)
	if err != nil {
		return err
	}
	for _, p := range people {
		a := list[p]
		a.Roles = held[p]
		list[p] = a
	}
	for _, d := range given {
		a := list[d.To]
		for _, g := range held[d.From] {
			g.Via, g.Acts = d.Code, d.Acts
			a.Roles = append(slices.Clip(a.Roles), g) // the giver's own list stays as it is
		}
		list[d.To] = a
	}
	return nil
}

// presence is one of the city's people as far as it says whether they are with the city.
type presence struct {
	code, name, unit, joined, left string
	gone                           bool // a confirmed move has ended their time
}

// on gives the person without roles and refuses who is not with the city on the day.
func (p presence) on(day when.Date) (actor.Actor, error) {
	switch {
	case p.joined == "" || p.joined > day.String():
		return actor.Actor{}, fault.Deny(msg.T("採用日より前のため、利用できません。", "You may sign in from the day you join."), "bp.5")
	case p.gone || p.left != "" && p.left < day.String():
		return actor.Actor{}, fault.Deny(msg.T("在職期間が終わっているため、利用できません。", "Your time with the city has ended; you may not sign in."), "bp.5")
	}
	return actor.Actor{Person: p.code, Name: p.name, Unit: p.unit}, nil
}

// personOn reads one of the city's people and refuses who is not one on the day.
func personOn(ctx context.Context, tx *db.Tx, code string, day when.Date) (actor.Actor, error) {
	list, err := peopleOn(ctx, tx, []string{code}, day)
	if err != nil {
		return actor.Actor{}, err
	}
	if len(list) == 0 {
		return actor.Actor{}, fault.Deny(msg.F("職員番号「%s」の職員等は登録されていません。", "There is no person with the number “%s”.", code), "bp.5")
	}
	return list[0].on(day)
}

// peopleOn reads some of the city's people as they are on the day.
func peopleOn(ctx context.Context, tx *db.Tx, codes []string, day when.Date) ([]presence, error) {
	marks, args := marks(codes, day.String())
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (p presence, err error) {
		return p, r.Scan(&p.code, &p.name, &p.unit, &p.joined, &p.left, &p.gone)
	}, `SELECT p.code, p.name, COALESCE((SELECT m.unit FROM `+due+`$1 AND m.person = p.code AND m.kind IN ('join', 'transfer')
ORDER BY s."date" DESC LIMIT 1), p.unit), p.joined, p."left", `+leaves("p.code", "$1")+` FROM reg_person p WHERE p.code IN (`+marks+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("read person %s: %w", codes[0], err)
	}
	return out, nil
}

// delegationsTo are the delegations to some people that live on the day and whose giver is with the city. What was
// delegated cannot be passed on: only the giver's own roles are given.
func delegationsTo(ctx context.Context, tx *db.Tx, people []string, day when.Date) ([]Delegation, error) {
	marks, args := marks(people, day.String())
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (d Delegation, err error) {
		var acts string
		err = r.Scan(&d.Code, &d.From, &d.To, &acts)
		d.Acts = strings.Fields(acts)
		return d, err
	}, `SELECT d.code, d.giver, d.taker, d.acts FROM reg_delegation d JOIN reg_person p ON p.code = d.giver
WHERE d.taker IN (`+marks+`) AND d.giver <> d.taker AND d."begin" <= $1 AND d."end" >= $1 AND p.joined <> '' AND p.joined <= $1 AND (p."left" = '' OR p."left" >= $1)
AND NOT `+leaves("d.giver", "$1")+` ORDER BY d.code`, args...)
	if err != nil {
		return nil, fmt.Errorf("read delegations to %s: %w", people[0], err)
	}
	return out, nil
}

// grantsOf are the roles that people hold themselves on a day: their posts, then their seats.
func grantsOf(ctx context.Context, tx *db.Tx, c *register.Catalog, people []string, day when.Date) (map[string][]actor.Grant, error) {
	out := map[string][]actor.Grant{}
	marks, args := marks(people, day.String())
	type row struct{ person, kind, role, scope, unit, system string }
	posts, err := db.Rows(ctx, tx, func(r *sql.Rows) (x row, err error) {
		err = r.Scan(&x.person, &x.kind, &x.role, &x.scope, &x.unit, &x.system)
		return x, err
	}, `SELECT x.person, x.kind, p.role, p.scope, p.unit, p.system FROM (
SELECT a.code, a.person, a.post, a.kind FROM reg_assignment a WHERE a.person IN (`+marks+`) AND a."from" <> '' AND a."from" <= $1 AND (a."until" = '' OR a."until" >= $1)
AND NOT `+relieved("a.person", "a.post", "a.kind", `a."from"`, "$1")+`
UNION ALL SELECT n.code, n.person, n.post, n.post_kind FROM reg_move n CROSS JOIN reg_moveset ns
WHERE ns.code = n.moveset AND n.person IN (`+marks+`) AND n.kind = 'post_start' AND ns.state = 'confirmed' AND NOT n.ended AND ns."date" <= $1
AND NOT `+relieved("n.person", "n.post", "n.post_kind", `ns."date"`, "$1")+`) x JOIN reg_post p ON p.code = x.post
WHERE p."from" <> '' AND p."from" <= $1 AND (p."until" = '' OR p."until" >= $1) ORDER BY x.kind DESC, x.code`, args...)
	if err != nil {
		return nil, fmt.Errorf("read posts of %s: %w", people[0], err)
	}
	for _, x := range posts {
		scope, ok := ScopeOf(Post{Scope: x.scope, Unit: x.unit, System: x.system})
		if ok {
			out[x.person] = append(out[x.person], actor.Grant{Role: x.role, Scope: scope, Deputy: x.kind == "deputy"})
		}
	}
	seats, err := db.Rows(ctx, tx, func(r *sql.Rows) (x row, err error) {
		err = r.Scan(&x.person, &x.role, &x.kind)
		return x, err
	}, `SELECT chief, '`+roleCSIRTChief+`' AS role, 'holder' AS kind FROM reg_csirt WHERE chief IN (`+marks+`) AND NOT ended
UNION SELECT deputy, '`+roleCSIRTChief+`', 'deputy' FROM reg_csirt WHERE deputy IN (`+marks+`) AND NOT ended
UNION SELECT deputy, '`+roleCSIRTDeputy+`', 'holder' FROM reg_csirt WHERE deputy IN (`+marks+`) AND NOT ended
UNION SELECT manager, '`+roleCSIRTManager+`', 'holder' FROM reg_csirt WHERE manager IN (`+marks+`) AND NOT ended
UNION SELECT poc, '`+rolePoC+`', 'holder' FROM reg_csirt WHERE poc IN (`+marks+`) AND NOT ended
UNION SELECT assignee, '`+roleCSIRT+`', 'holder' FROM reg_task WHERE assignee IN (`+marks+`) AND NOT ended
UNION SELECT chair, '`+roleCommittee+`', 'holder' FROM reg_committee WHERE chair IN (`+marks+`) AND since <> '' AND since <= $1 AND ("until" = '' OR "until" >= $1)
ORDER BY 3 DESC, 2`, args...)
	if err != nil {
		return nil, fmt.Errorf("read seats of %s: %w", people[0], err)
	}
	roles := c.Pack().Vocab("role")
	for _, x := range seats {
		g := actor.Grant{Role: x.role, Deputy: x.kind == "deputy"}
		has := func(h actor.Grant) bool { return h.Role == g.Role && h.Scope == "" }
		if roles == nil || slices.ContainsFunc(out[x.person], has) {
			continue
		}
		if _, ok := roles.Term(x.role); ok {
			out[x.person] = append(out[x.person], g)
		}
	}
	return out, nil
}

// ScopeOf is the scope of a post as a grant names it. A post that should have a unit or a system and has none gives
// nothing: it must not become a post for the whole city.
func ScopeOf(p Post) (string, bool) {
	switch {
	case p.Scope == "system" || p.Scope == "" && p.System != "":
		return "system:" + p.System, p.System != ""
	case p.Scope == "city" || p.Scope == "" && p.Unit == "":
		return "", true
	}
	return "unit:" + p.Unit, p.Unit != ""
}

// marks writes $2, $3, … for the values, after a first one.
func marks(values []string, first any) (string, []any) {
	args := []any{first}
	out := make([]string, len(values))
	for i, v := range values {
		args = append(args, v)
		out[i] = "$" + strconv.Itoa(i+2)
	}
	return strings.Join(out, ", "), args
}
