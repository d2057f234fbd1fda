package selfcheck

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/when"
)

// sheet is a response as whoever confirms many looks it over: what it says, and why it has to be looked at by itself.
type sheet struct {
	Response
	name   string     // of the person or unit
	wrong  []Mismatch // yeses that a check contradicts
	doubts []msg.Text // what else keeps it from being confirmed together with others
	yes    int
	noted  []string // what was added to answers
}

// sure says whether the sheet may be confirmed together with others (bp.11).
func (x sheet) sure() bool { return len(x.wrong) == 0 && len(x.doubts) == 0 }

// why says in words why it may not.
func (x sheet) why() []msg.Text {
	if len(x.wrong) == 0 {
		return x.doubts
	}
	return append([]msg.Text{msg.F("検査の結果と食い違う「はい」%d件", "%d yeses that the checks contradict", len(x.wrong))}, x.doubts...)
}

// lookOver judges a handed-in sheet: it is without doubt when every item is answered yes, with its evidence where that
// is asked, nothing contradicts it, and it was not sent back before. asked says that the checks could be asked.
func lookOver(x *sheet, items []Item, a against, asked bool) {
	have := byItem(Unpack(x.Answers))
	var no, none, open, unproved int
	for _, i := range items {
		got := have[i.Code]
		if got.Note != "" {
			x.noted = append(x.noted, got.Note)
		}
		switch got.Value {
		case Yes:
			x.yes++
			if i.Evidence && got.Evidence == "" {
				unproved++
			}
			if f, wrong := a.of(x.Response, i); wrong {
				x.wrong = append(x.wrong, Mismatch{x.Response, i, got, f})
			}
		case No:
			no++
		case None:
			none++
		default:
			open++
		}
	}
	doubt := func(n int, t msg.Text) {
		if n > 0 {
			x.doubts = append(x.doubts, t)
		}
	}
	doubt(no, msg.F("「いいえ」%d件", "%d answered no", no))
	doubt(unproved, msg.F("根拠のない「はい」%d件", "%d yeses without evidence", unproved))
	doubt(none, msg.F("「該当なし」%d件", "%d not applicable", none))
	doubt(open, msg.F("未回答%d件", "%d not answered", open))
	if x.Comment != "" {
		doubt(1, msg.T("差し戻した後の再提出", "handed in again after it was sent back"))
	}
	if len(items) == 0 {
		doubt(1, msg.T("点検項目なし", "no items"))
	}
	if !asked && len(checksOf(items)) > 0 {
		doubt(1, msg.T("検査の結果を読めない", "the checks cannot be read"))
	}
}

// handed reads the sheets of a section in a campaign that stand in a state, looked over against what the checks find.
func handed(ctx context.Context, tx *db.Tx, campaign, unit, state string, items []Item, found []Finding, asked bool) ([]sheet, error) {
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (x sheet, err error) {
		var submitted, confirmed string
		if err = r.Scan(&x.Code, &x.Campaign, &x.Sheet, &x.Person, &x.Unit, &x.Section, &x.State, &x.By, &submitted, &x.Answers, &x.Comment, &x.Confirmer, &confirmed, &x.name); err != nil {
			return x, err
		}
		if x.Submitted, err = dayOf(submitted); err == nil {
			x.Confirmed, err = dayOf(confirmed)
		}
		return x, err
	}, `SELECT r.code, r.campaign, r.sheet, r.person, r.unit, r.section, r.state, r.by, r.submitted, r.answers, r.comment, r.confirmer, r.confirmed, COALESCE(p.name, u.name, '')
FROM reg_response r LEFT JOIN reg_person p ON p.code = r.person LEFT JOIN reg_unit u ON u.code = r.unit
WHERE NOT r.ended AND r.campaign = $1 AND r.section = $2 AND r.state = $3 ORDER BY r.submitted, r.unit = '', p.kana, r.code`, campaign, unit, state)
	if err != nil {
		return nil, fmt.Errorf("read sheets of %s in %s: %w", unit, campaign, err)
	}
	of, a := map[string][]Item{}, newAgainst(found)
	for _, i := range items {
		of[i.Sheet] = append(of[i.Sheet], i)
	}
	for i := range out {
		lookOver(&out[i], of[out[i].Sheet], a, asked)
	}
	slices.SortStableFunc(out, func(a, b sheet) int { return cmp.Compare(len(b.wrong), len(a.wrong)) })
	return out, nil
}

// dayOf reads a day as a register keeps it.
func dayOf(s string) (when.Date, error) {
	if s == "" {
		return 0, nil
	}
	return when.Parse(s)
}

// notTheirs leaves out the sheets somebody may not decide: their own, and those of whom they stand in for (bp.6).
func (s *Service) notTheirs(ctx context.Context, tx *db.Tx, who actor.Actor, list []sheet) ([]sheet, error) {
	stands, err := org.StandsFor(ctx, tx, s.c.Catalog, who.Person, when.Of(tx.Now()))
	if err != nil {
		return nil, err
	}
	theirs := append(stands, who.Person)
	return slices.DeleteFunc(list, func(x sheet) bool { return slices.Contains(theirs, x.Person) || slices.Contains(theirs, x.By) }), nil
}

// levelFor is the level at which somebody confirms the sheets of a section together.
func (s *Service) levelFor(ctx context.Context, tx *db.Tx, who actor.Actor, unit string) (level, bool) {
	for _, l := range levels {
		if s.c.Gate.May(ctx, tx, who, levelAct("selfcheck.confirm", l), act.Input{"unit": unit}) == nil {
			return l, true
		}
	}
	return level{}, false
}

// seenHash is of what somebody looked at when they confirm sheets together, whatever the order.
func seenHash(list []Response) string {
	lines := make([]string, len(list))
	for i, r := range list {
		lines[i] = r.Code + " " + r.Hash()
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

// undoBy is the act by which somebody could take the confirmation of a response back, "" when there is none.
func (s *Service) undoBy(ctx context.Context, tx *db.Tx, who actor.Actor, r Response, c Campaign) (string, error) {
	if r.State != string(Done) || c.State != Open {
		return "", nil
	}
	rest, err := s.notTheirs(ctx, tx, who, []sheet{{Response: r}})
	if err != nil || len(rest) == 0 {
		return "", err
	}
	for _, l := range levels {
		if id := levelAct("selfcheck.undo", l); s.c.Gate.May(ctx, tx, who, id, act.Input{"unit": r.Section}) == nil {
			return id, nil
		}
	}
	return "", nil
}
