package transfer

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/audit"
	"okite/internal/clause"
	"okite/internal/contractor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// MaxFile bounds a personnel file, in bytes.
const MaxFile = 32 << 20

// uploadLife is how long a file waits between its preview and the act, in microseconds.
const uploadLife = 4 * 60 * 60 * 1_000_000

// hrActs is the one act that brings the register of people up to the personnel system (bp.5).
func (s *Service) hrActs() []act.Act {
	return []act.Act{{ID: "hr.apply", Title: msg.T("人事情報の反映", "Apply personnel data"), Clauses: []clause.ID{"bp.5"}, Scope: "city", Roles: []string{"hr_officer"},
		Fields: []act.Field{{Name: "upload", Title: msg.T("取り込むファイル", "File to import"), Required: true}, {Name: "digest", Title: msg.T("確かめた内容のハッシュ値", "Hash of what was seen"), Required: true},
			{Name: "file", Title: msg.T("ファイル名", "File name")}, {Name: "missing", Title: msg.T("名簿にない職員の最終在職日", "Last day of those not listed")},
			{Name: "joined", Title: msg.T("採用の件数", "Joiners")}, {Name: "left", Title: msg.T("退職の件数", "Leavers")}, {Name: "moved", Title: msg.T("異動の件数", "Transfers")}, {Name: "changed", Title: msg.T("変更の件数", "Changes")}},
		Do: s.applyHR}}
}

// upload is a personnel file that waits.
type upload struct {
	id, mapping, name string
	content           []byte
}

// keep keeps a file between its preview and the act, for its sender alone. Old ones are cleared by the way.
func (s *Service) keep(ctx context.Context, mapping, name string, b []byte) (string, error) {
	var raw [16]byte
	_, _ = rand.Read(raw[:])
	id, who := hex.EncodeToString(raw[:]), actor.From(ctx).ID()
	err := s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := tx.Now().UnixMicro()
		if _, err := tx.Exec(ctx, `DELETE FROM transfer_upload WHERE at < $1`, now-uploadLife); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO transfer_upload (id, person, mapping, name, content, at) VALUES ($1, $2, $3, $4, $5, $6)`, id, who, mapping, name, b, now)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("keep personnel file: %w", err)
	}
	return id, nil
}

// kept finds a file of this sender; whoever else asks is told that there is none.
func (s *Service) kept(ctx context.Context, tx *db.Tx, who actor.Actor, id string) (upload, error) {
	u, ok, err := db.One(ctx, tx, func(r *sql.Rows) (u upload, err error) {
		u.id = id
		return u, r.Scan(&u.mapping, &u.name, &u.content)
	}, `SELECT mapping, name, content FROM transfer_upload WHERE id = $1 AND person = $2 AND at >= $3`, id, who.ID(), tx.Now().UnixMicro()-uploadLife)
	if err != nil {
		return u, fmt.Errorf("read personnel file: %w", err)
	}
	if !ok {
		return u, fault.New(fault.NotFound, msg.T("取り込むファイルが見つかりません。時間がたったため消去された可能性があります。もう一度ファイルを選んでください。",
			"The file to import was not found. It may have been removed after a while. Please choose it again."))
	}
	return u, nil
}

// known reads what a personnel file is compared with.
func (s *Service) known(ctx context.Context, tx *db.Tx) (known, error) {
	c := s.c.Catalog
	k := known{today: when.Of(tx.Now()), people: map[string]org.Person{}, contracts: map[string]contractor.Contract{}, listed: map[string]HRPerson{}, terms: func(vocab, code string) msg.Text {
		if v := c.Pack().Vocab(vocab); v != nil {
			if t, ok := v.Term(code); ok {
				return t.Title
			}
		}
		return msg.Same(code)
	}}
	people, err := register.Load[org.Person](ctx, tx, c.Must("person"))
	if err != nil {
		return k, err
	}
	for _, p := range people {
		k.people[p.Code] = p
	}
	if k.units, err = register.Load[org.Unit](ctx, tx, c.Must("unit")); err != nil {
		return k, err
	}
	contracts, err := register.Load[contractor.Contract](ctx, tx, c.Must("contract"))
	if err != nil {
		return k, err
	}
	for _, x := range contracts {
		k.contracts[x.Code] = x
	}
	listed, err := register.Load[HRPerson](ctx, tx, c.Must("hrperson"))
	for _, h := range listed {
		k.listed[h.Code] = h
	}
	return k, err
}

// mapping reads a column mapping.
func (s *Service) mapping(ctx context.Context, tx *db.Tx, code string) (Mapping, register.Record, error) {
	d := s.c.Catalog.Must("hrmapping")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil {
		return Mapping{}, rec, err
	}
	if !ok || rec.Ended {
		return Mapping{}, rec, fault.At("mapping", msg.T("列の対応を選んでください。", "Choose a column mapping."))
	}
	return register.Decode[Mapping](d, rec.Row), rec, nil
}

// differ works out what a file does today.
func (s *Service) differ(ctx context.Context, tx *db.Tx, u upload, missing when.Date) (difference, error) {
	m, _, err := s.mapping(ctx, tx, u.mapping)
	if err != nil {
		return difference{}, err
	}
	f, err := readHR(u.name, u.content, m)
	if err != nil {
		return difference{}, fmt.Errorf("read personnel file %s: %w", u.name, err)
	}
	r, err := newReader(m, s.c.Catalog.Pack(), f)
	if err != nil {
		return difference{}, err
	}
	if lacks(f) { // a column is missing: what the rows say without it would be a guess
		return difference{errors: f.errors}, nil
	}
	k, err := s.known(ctx, tx)
	if err != nil {
		return difference{}, err
	}
	return compare(m, r, k, missing), nil
}

func lacks(f hrFile) bool { return len(f.errors) > 0 }

// digest names what was seen, so that nothing else is done than that.
func (d *difference) digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %d\n", d.unchanged, d.undated)
	for _, l := range d.lines {
		fmt.Fprintf(h, "%q %q %d %v %q\n", l.kind, l.code, l.day, l.missing, l.changes)
	}
	for _, list := range [][]HRPerson{d.fresh, d.newer} {
		fmt.Fprintf(h, "%d %v\n", len(list), list)
	}
	fmt.Fprintf(h, "%q", d.gone)
	return hex.EncodeToString(h.Sum(nil))
}

// applyHR carries a personnel file out, all of it or nothing (bp.5).
func (s *Service) applyHR(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	u, err := s.kept(ctx, tx, who, in["upload"])
	if err != nil {
		return ref.Ref{}, err
	}
	missing, err := missingDay(in["missing"], when.Of(tx.Now()))
	if err != nil {
		return ref.Ref{}, err
	}
	d, err := s.differ(ctx, tx, u, missing)
	if err != nil {
		return ref.Ref{}, err
	}
	switch {
	case act.From(ctx).Reason == "":
		return ref.Ref{}, fault.At("reason", msg.T("反映する理由を入力してください。", "Please give the reason."))
	case len(d.errors) > 0:
		return ref.Ref{}, fault.New(fault.Invalid, msg.F("誤りが%d件あるため反映できません。", "There are %d mistakes; nothing was changed.", len(d.errors)))
	case d.undated > 0:
		return ref.Ref{}, fault.At("missing", msg.F("名簿にない職員が%d人います。最終在職日を入力してください。", "%d people are not listed. Give their last day.", d.undated))
	case d.digest() != in["digest"]:
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("確かめた後に台帳が変わりました。違いをもう一度確かめてください。", "The registers have changed since you looked. Please look at the differences again."))
	}
	if err := s.write(ctx, tx, who, d); err != nil {
		return ref.Ref{}, err
	}
	md := s.c.Catalog.Must("hrmapping")
	m, rec, err := s.mapping(ctx, tx, u.mapping)
	if err != nil {
		return ref.Ref{}, err
	}
	m.Applied = when.Of(tx.Now())
	if _, err := s.c.Catalog.Change(ctx, tx, who, md, register.Encode(md, m), rec.Version); err != nil {
		return ref.Ref{}, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM transfer_upload WHERE id = $1`, u.id); err != nil {
		return ref.Ref{}, fmt.Errorf("clear personnel file: %w", err)
	}
	return ref.New("hrperson", "*"), nil
}

// missingDay is the last day of those a file leaves out: they are gone, so it has passed or is today.
func missingDay(text string, today when.Date) (when.Date, error) {
	if text == "" {
		return 0, nil
	}
	d, err := when.ParseLenient(text)
	if f := fault.As(err); f != nil {
		return 0, fault.At("missing", f.Message)
	}
	if err == nil && d > today {
		return 0, fault.At("missing", msg.T("名簿にない職員の最終在職日には、今日までの日を入力してください。", "Give a day that is not after today."))
	}
	return d, err
}

func (s *Service) write(ctx context.Context, tx *db.Tx, who actor.Actor, d difference) error {
	c := s.c.Catalog
	if err := createMany(ctx, tx, c, who, "person", d.joined); err != nil {
		return err
	}
	if err := changeMany(ctx, tx, c, who, "person", d.changed); err != nil {
		return err
	}
	var history []audit.Transfer
	for _, m := range d.moved {
		history = append(history, audit.Transfer{Person: m.person, Unit: m.unit, Until: m.until})
	}
	if err := createMany(ctx, tx, c, who, "transfer", history); err != nil {
		return err
	}
	if err := s.newLists(ctx, tx, who, d.left); err != nil {
		return err
	}
	for _, day := range slices.Sorted(maps.Keys(d.planned)) {
		if err := s.plan(ctx, tx, who, day, d.planned[day]); err != nil {
			return err
		}
	}
	if err := createMany(ctx, tx, c, who, "hrperson", d.fresh); err != nil {
		return err
	}
	if err := changeMany(ctx, tx, c, who, "hrperson", d.newer); err != nil {
		return err
	}
	hd := c.Must("hrperson")
	for _, code := range d.gone {
		if _, err := c.End(ctx, tx, who, hd, code, 0, when.Of(tx.Now())); err != nil {
			return err
		}
	}
	return nil
}

// newLists makes the checklists of those who leave, but where there is one for that day already.
func (s *Service) newLists(ctx context.Context, tx *db.Tx, who actor.Actor, left []LeaveCheck) error {
	if len(left) == 0 {
		return nil
	}
	type key struct {
		person string
		last   when.Date
	}
	have := map[key]bool{}
	all, err := register.Load[LeaveCheck](ctx, tx, s.c.Catalog.Must("leavecheck"))
	if err != nil {
		return err
	}
	for _, l := range all {
		have[key{l.Person, l.Last}] = true
	}
	left = slices.DeleteFunc(slices.Clone(left), func(l LeaveCheck) bool { return have[key{l.Person, l.Last}] })
	return createMany(ctx, tx, s.c.Catalog, who, "leavecheck", left)
}

// plan puts transfers of a day to come into a set of that day: the one being prepared, or a new one.
func (s *Service) plan(ctx context.Context, tx *db.Tx, who actor.Actor, day when.Date, moves []org.Move) error {
	c := s.c.Catalog
	d := c.Must("moveset")
	sets, err := register.Load[org.MoveSet](ctx, tx, d)
	if err != nil {
		return err
	}
	code := ""
	planned := map[string]bool{}
	for _, x := range sets {
		if x.Date != day || x.State == org.SetCancelled || x.State == org.SetApplied {
			continue
		}
		have, err := ofSet[org.Move](ctx, tx, c, "move", x.Code)
		if err != nil {
			return err
		}
		for _, m := range have {
			if m.Kind == org.MoveTransfer {
				planned[m.Person+" "+m.To] = true
			}
		}
		if x.State == org.SetPreparing {
			code = x.Code
		}
	}
	moves = slices.DeleteFunc(slices.Clone(moves), func(m org.Move) bool { return planned[m.Person+" "+m.To] })
	if len(moves) == 0 {
		return nil
	}
	if code == "" {
		ch, err := c.Create(ctx, tx, who, d, register.Encode(d, org.MoveSet{Name: day.Text(msg.JA) + "付けの異動", Date: day}))
		if err != nil {
			return err
		}
		code = ch.Key
	}
	for i := range moves {
		moves[i].Set = code
	}
	return createMany(ctx, tx, c, who, "move", moves)
}

// applyInput is the act's input for what a preview showed.
func (d *difference) applyInput(u upload, missing string) act.Input {
	n := func(kind string) string { return strconv.Itoa(d.count(kind)) }
	in := act.Input{"upload": u.id, "digest": d.digest(), "file": u.name, "joined": n(lineJoin), "left": n(lineLeave), "moved": n(lineMove), "changed": n(lineChange)}
	if missing != "" {
		in["missing"] = missing
	}
	return in
}
