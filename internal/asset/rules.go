package asset

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// rules are what holds whenever an asset is written (bp.7): the class decides the handling, contents set a floor, copies
// keep the class, nobody lowers a class alone, and the system of the asset follows.
type rules struct {
	c *register.Catalog
	d *register.Def // asset
}

// bind hangs the rules onto the register of assets.
func bind(c *register.Catalog, d *register.Def) {
	r := rules{c: c, d: d}
	d.Check, d.After = r.check, r.after
	d.Reads = []string{"source", "system"}
}

// approval is the decision under which a class may be lowered.
type approval struct{ editor, approver, reason string }

type approvalKey struct{}

func approved(ctx context.Context) (approval, bool) {
	a, ok := ctx.Value(approvalKey{}).(approval)
	return a, ok
}

func (r rules) check(ctx context.Context, tx *db.Tx, old, next register.Row) error {
	now := register.Decode[Asset](r.d, next)
	var was *Asset
	if old != nil {
		a := register.Decode[Asset](r.d, old)
		was = &a
	}
	if err := r.scheme(ctx, tx, was, &now); err != nil {
		return err
	}
	if !now.Override {
		// bp.7: handling follows from the class and is not typed
		if now.Handling = ""; now.classified() {
			now.Handling = now.derivedHandling()
		}
	}
	if err := r.notLowered(ctx, tx, was, now); err != nil {
		return err
	}
	if err := r.floor(ctx, tx, was, now); err != nil {
		return err
	}
	if err := r.keepsClass(ctx, tx, was, now); err != nil {
		return err
	}
	register.Refresh(r.d, next, &now)
	return nil
}

// scheme fills in the scheme in force for a new asset and for a class decided anew.
func (r rules) scheme(ctx context.Context, tx *db.Tx, was *Asset, now *Asset) error {
	decided := was != nil && was.steps() != now.steps() && was.Scheme == now.Scheme
	if now.Scheme != "" && !decided {
		return nil
	}
	code, err := register.Once(ctx, "scheme", "in force", func() (string, error) {
		s, _, err := db.One(ctx, tx, func(rows *sql.Rows) (string, error) {
			var s string
			return s, rows.Scan(&s)
		}, `SELECT code FROM reg_scheme WHERE since <= $1 AND NOT ended ORDER BY since DESC, code DESC LIMIT 1`, when.Of(tx.Now()).String())
		return s, err
	})
	if err != nil {
		return fmt.Errorf("read scheme in force: %w", err)
	}
	if code != "" {
		now.Scheme = code
	}
	return nil
}

// notLowered refuses a lower class, and none where there was one, outside of an approved downgrade.
func (r rules) notLowered(ctx context.Context, tx *db.Tx, was *Asset, now Asset) error {
	if was == nil {
		return nil
	}
	if _, ok := approved(ctx); ok {
		return nil
	}
	var l fault.List
	for i, p := range properties() {
		from, to := was.class(i), now.class(i)
		if from == "" || from == to {
			continue
		}
		field := propertyField(p)
		f, _ := r.d.Field(field)
		if to == "" {
			l.Add(field, msg.F("%sの分類は、空に戻せません。", "%s cannot be left unclassified again.", f.Title))
			continue
		}
		if classStep(to) >= classStep(from) {
			continue
		}
		mapped, err := r.mapped(ctx, tx, *was, now, from, to)
		if err != nil {
			return err
		}
		if !mapped {
			// bp.7: a downgrade is approved by somebody else than its editor
			l.Add(field, msg.F("%sを下げるには、別の職員の承認が必要です。「格下げの申請」を行ってください（7）。",
				"To lower %s another person's approval is needed. Please apply for the downgrade (7).", f.Title))
		}
	}
	return l.Err()
}

// mapped says whether the mapping of an old scheme to the new one gives exactly this class.
func (r rules) mapped(ctx context.Context, tx *db.Tx, was, now Asset, from, to string) (bool, error) {
	if was.Scheme == now.Scheme {
		return false, nil
	}
	found, err := register.Once(ctx, "mapping", fmt.Sprintf("%q %q to %q %q", was.Scheme, from, now.Scheme, to), func() (bool, error) {
		var n int
		err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM reg_mapping WHERE from_scheme = $1 AND "old" = $2 AND to_scheme = $3 AND "new" = $4 AND NOT ended`,
			was.Scheme, from, now.Scheme, to).Scan(&n)
		return n > 0, err
	})
	if err != nil {
		return false, fmt.Errorf("read class mapping: %w", err)
	}
	return found, nil
}

// floor refuses a class below what the contents allow, unless an exception runs.
func (r rules) floor(ctx context.Context, tx *db.Tx, was *Asset, now Asset) error {
	least := contentFloor(now.Content)
	if now.Confidentiality == "" || classStep(now.Confidentiality) >= least || now.OutOfScope != "" {
		return nil
	}
	if was != nil && was.Confidentiality == now.Confidentiality && slices.Equal(was.Content, now.Content) {
		return nil
	}
	excused, err := r.excepted(ctx, tx, "R047", "asset:"+now.Code)
	if err != nil || excused {
		return err
	}
	f, _ := r.d.Field("content")
	return fault.At("confidentiality", msg.F("含まれる情報（%s）により、機密性は「%s」以上にしてください。低くするには、例外措置の承認が必要です（7）。",
		"Its contents (%s) ask for confidentiality %s or more. A lower class needs an approved exception (7).",
		msg.Text{JA: r.c.Show(f, now.Content, msg.JA, nil), EN: r.c.Show(f, now.Content, msg.EN, nil)}, floorClass(r.c, least)))
}

// excepted says whether an approved exception from a check runs for the subject today.
func (r rules) excepted(ctx context.Context, tx *db.Tx, check, subject string) (bool, error) {
	if _, ok := r.c.Get("exception"); !ok {
		return false, nil
	}
	running, err := register.Once(ctx, "exception", "from "+check, func() (map[string]bool, error) {
		out := map[string]bool{}
		_, err := db.Rows(ctx, tx, func(rows *sql.Rows) (s string, err error) {
			err = rows.Scan(&s)
			out[s] = true
			return s, err
		}, `SELECT subject FROM reg_exception WHERE "check" = $1 AND approver <> '' AND approved <> '' AND until >= $2 AND NOT ended`, check, when.Of(tx.Now()).String())
		return out, err
	})
	if err != nil {
		return false, fmt.Errorf("read exceptions: %w", err)
	}
	return running[subject], nil
}

// keepsClass refuses a copy below its source, unless it was anonymised with approval.
func (r rules) keepsClass(ctx context.Context, tx *db.Tx, was *Asset, now Asset) error {
	if now.Source == "" || (now.Anonymised && now.AnonymisedBy != "") {
		return nil
	}
	if was != nil && was.Source == now.Source && was.steps() == now.steps() && was.Anonymised == now.Anonymised && was.AnonymisedBy == now.AnonymisedBy {
		return nil
	}
	rec, ok, err := r.c.One(ctx, tx, r.d, now.Source)
	if err != nil || !ok {
		return err
	}
	source := register.Decode[Asset](r.d, rec.Row)
	var l fault.List
	for i, p := range properties() {
		if now.steps()[i] > 0 && now.steps()[i] < source.steps()[i] {
			field := propertyField(p)
			f, _ := r.d.Field(field)
			l.Add(field, msg.F("%sは、複製元「%s」の分類より低くできません。匿名加工したときは、その承認者を入力してください（7）。",
				"%s cannot be below that of “%s”, from which it was copied. If it was anonymised, give who approved that (7).", f.Title, source.Name))
		}
	}
	return l.Err()
}

// class is the class of a property by its place in properties.
func (a Asset) class(i int) string {
	return [3]string{a.Confidentiality, a.Integrity, a.Availability}[i]
}

// after keeps the change of a class and lets the systems follow.
func (r rules) after(ctx context.Context, tx *db.Tx, ch register.Change) error {
	now := register.Decode[Asset](r.d, ch.New)
	var was Asset
	if ch.Old != nil {
		was = register.Decode[Asset](r.d, ch.Old)
		if err := r.keepChange(ctx, tx, was, now); err != nil {
			return err
		}
	}
	if ch.Ended {
		now.Status = "retired"
	}
	for _, s := range []string{was.System, now.System} {
		if s == "" || (s == was.System && s == now.System && was.weight() == now.weight()) {
			continue
		}
		if err := r.weigh(ctx, tx, s, was, now); err != nil {
			return err
		}
		if was.System == now.System {
			break
		}
	}
	return nil
}

// keepChange writes each changed class into the history of classes (bp.7: changes are traceable).
func (r rules) keepChange(ctx context.Context, tx *db.Tx, was, now Asset) error {
	d := r.c.Must("classchange")
	who := actor.From(ctx)
	for i, p := range properties() {
		from, to := was.class(i), now.class(i)
		if from == "" || from == to {
			continue
		}
		row := ClassChange{Asset: now.Code, Property: p, Old: from, New: to, Editor: who.Person, At: when.Of(tx.Now()), Reason: short(now.Reason)}
		if a, ok := approved(ctx); ok {
			row.Down, row.Editor, row.Approver, row.Reason = classStep(to) < classStep(from), a.editor, a.approver, short(a.reason)
		}
		if _, err := r.c.Create(ctx, tx, who, d, register.Encode(d, row)); err != nil {
			return fmt.Errorf("keep change of class of %s: %w", now.Code, err)
		}
	}
	return nil
}

// short cuts a reason to what one line of the history holds.
func short(s string) string {
	line := []rune(s)
	for i, r := range line {
		if r == '\n' || r == '\r' || r == '\t' {
			line[i] = ' '
		}
	}
	if len(line) > 200 {
		line = append(line[:199], '…')
	}
	return string(line)
}

// weight is what an asset puts on its system: its steps, or nothing when it does not count.
func (a Asset) weight() [3]int64 {
	if !a.counts() || !a.classified() {
		return [3]int64{}
	}
	return a.steps()
}

// weigh sets the class of a system to the highest of its assets (bp.7), when this change can have moved it.
func (r rules) weigh(ctx context.Context, tx *db.Tx, key string, was, now Asset) error {
	d := r.c.Must("system")
	rec, ok, err := r.c.One(ctx, tx, d, key)
	if err != nil || !ok || rec.Ended {
		return err
	}
	s := register.Decode[System](d, rec.Row)
	have := [3]int64{classStep(s.Confidentiality), classStep(s.Integrity), classStep(s.Availability)}
	moved := false
	for i := range have {
		up := now.System == key && now.weight()[i] > have[i]
		down := was.System == key && was.weight()[i] >= have[i] && was.weight()[i] > 0 && (now.System != key || now.weight()[i] < was.weight()[i])
		moved = moved || up || down
	}
	if !moved {
		return nil
	}
	c, i, a, err := r.heaviest(ctx, tx, key)
	if err != nil || c == "" {
		return err
	}
	s.Confidentiality, s.Integrity, s.Availability = c, i, a
	if _, err := r.c.Change(ctx, tx, actor.From(ctx), d, register.Encode(d, s), 0); err != nil {
		return fmt.Errorf("weigh system %s: %w", key, err)
	}
	return nil
}

// heaviest is the highest class of each property among the assets of a system that count; "" when there are none.
func (r rules) heaviest(ctx context.Context, tx *db.Tx, system string) (c, i, a string, err error) {
	type classes struct{ c, i, a string }
	all, err := db.Rows(ctx, tx, func(rows *sql.Rows) (classes, error) {
		var x classes
		return x, rows.Scan(&x.c, &x.i, &x.a)
	}, `SELECT DISTINCT confidentiality, integrity, availability FROM reg_asset WHERE system = $1 AND NOT ended AND status = 'active' AND out_of_scope = ''
AND confidentiality <> '' AND integrity <> '' AND availability <> ''`, system)
	if err != nil {
		return "", "", "", fmt.Errorf("read assets of system %s: %w", system, err)
	}
	top := func(best, x string) string {
		if classStep(x) > classStep(best) {
			return x
		}
		return best
	}
	for _, x := range all {
		c, i, a = top(c, x.c), top(i, x.i), top(a, x.a)
	}
	return c, i, a, nil
}
