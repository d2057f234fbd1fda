package card

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
)

// sight is what somebody sees of a register on these pages: what the register lets them read, and no more (bp.9.3).
type sight struct {
	register.Span
	table string
}

func (s *Service) sees(ctx context.Context, tx *db.Tx, who actor.Actor, name string) (sight, error) {
	span, err := s.c.Catalog.As(tx, who).Span(ctx, s.c.Catalog.Must(name))
	return sight{span, "reg_" + name}, err
}

// ask is the conditions of a statement, with their values.
type ask struct {
	dialect db.Dialect
	text    string
	args    []any
}

// and adds a condition; each ? in it stands for the one value.
func (a *ask) and(cond string, v any) {
	a.args = append(a.args, v)
	a.text += " AND " + strings.ReplaceAll(cond, "?", "$"+strconv.Itoa(len(a.args)))
}

// seen limits a statement to the records somebody sees, by the column with their key.
func (a *ask) seen(v sight, key string) {
	if v.All() {
		return
	}
	cond, args := v.Where(a.dialect, len(a.args)+1)
	a.text += " AND " + key + " IN (SELECT code FROM " + v.table + " WHERE " + cond + ")"
	a.args = append(a.args, args...)
}

// words looks for each of some words in any of the columns. What is typed in Latin letters is found in either case.
func (a *ask) words(text string, columns ...string) {
	for _, w := range strings.Fields(text) {
		like := "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(w)) + "%"
		var any []string
		for _, c := range columns {
			any = append(any, "LOWER("+c+") LIKE ? ESCAPE '!'")
		}
		a.and("("+strings.Join(any, " OR ")+")", like)
	}
}

// reach says in words what part of the city somebody sees.
func (s *Service) reach(ctx context.Context, tx *db.Tx, who actor.Actor, v sight) (msg.Text, error) {
	switch {
	case v.All():
		return msg.T("範囲：全庁", "Shown: the whole city"), nil
	case v.OwnOnly():
		return msg.T("範囲：本人の分", "Shown: your own"), nil
	}
	var refs []ref.Ref
	for _, g := range who.Roles {
		kind, key, _ := strings.Cut(g.Scope, ":")
		if kind == "system" || kind == "unit" && v.Covers(key) {
			refs = append(refs, ref.New(kind, key))
		}
	}
	names, err := s.c.Catalog.Names(ctx, tx, refs...)
	if err != nil {
		return msg.Text{}, err
	}
	var list []string
	for _, r := range refs {
		if n := names[r]; n != "" && (r.Register == "unit" || v.table == "reg_userid") && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	const most = 3
	if n := len(list); n > most {
		return msg.F("範囲：%sなど%d件", "Shown: %s and others, %d in all", listed(list[:most]), n), nil
	}
	return msg.F("範囲：%s", "Shown: %s", listed(list)), nil
}

// listed are names one after another.
func listed(names []string) msg.Text {
	return msg.Text{JA: strings.Join(names, "、"), EN: strings.Join(names, ", ")}
}
