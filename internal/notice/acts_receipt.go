package notice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

var (
	titleRemind = msg.T("未読者への再通知", "Remind those who have not read it")
	titleClose  = msg.T("掲載の終了", "Take a notice down")
)

// read confirms a notice for the person who is signed in, and for nobody else. A second time changes nothing. It is
// what 20,000 people do in a morning: it reads the notice's state, writes the receipt and nothing more.
func (s *Service) read(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	n, _, err := s.get(ctx, tx, in["notice"])
	if err != nil {
		return ref.Ref{}, err
	}
	if !n.ShownOn(when.Of(tx.Now())) {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("「%s」は掲載中ではありません。", "“%s” is not being shown.", n.Name))
	}
	d, key := s.def("receipt"), ReceiptKey(n.Code, who.Person)
	_, err = s.c.Catalog.Create(ctx, tx, who, d, register.Encode(d, Receipt{Code: key, Notice: n.Code, Person: who.Person, At: when.StampOf(tx.Now())}))
	if f := fault.As(err); f != nil && f.Kind == fault.Conflict {
		err = nil // read before
	}
	return ref.New("receipt", key), err
}

// remind tells those again who have not read a notice, and nobody else. Whoever was reminded today is left in peace.
func (s *Service) remind(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	n, _, err := s.get(ctx, tx, in["notice"])
	if err != nil {
		return ref.Ref{}, err
	}
	today := when.Of(tx.Now())
	if !n.ShownOn(today) {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("「%s」は掲載中ではありません。", "“%s” is not being shown.", n.Name))
	}
	within, err := s.unitsFrom(ctx, tx, in["unit"], today)
	if err != nil {
		return ref.Ref{}, err
	}
	late, told, err := s.lateToday(ctx, tx, n, within, today)
	switch {
	case err != nil:
		return ref.Ref{}, err
	case len(late) == 0 && !told:
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("対象の職員等は、全員が読んでいます。", "Everybody it is meant for has read it."))
	case len(late) == 0:
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("読んでいない職員等には、今日すでに再通知しています。", "Those who have not read it were reminded today."))
	}
	return ref.New("notice", n.Code), keepReminders(ctx, tx, n.Code, who, late)
}

// unitsFrom are a unit and those below it, nil for the whole city.
func (s *Service) unitsFrom(ctx context.Context, tx *db.Tx, unit string, today when.Date) (map[string]bool, error) {
	if unit == "" {
		return nil, nil
	}
	reach, err := s.reach(ctx, tx, today)
	if err != nil {
		return nil, err
	}
	return reach.Below(unit), nil
}

// lateToday are those who have not read a notice and were not reminded of it today; told says that somebody else was.
func (s *Service) lateToday(ctx context.Context, tx *db.Tx, n Notice, within map[string]bool, today when.Date) (late []person, told bool, err error) {
	rd, err := s.reading(ctx, tx, n, within, today)
	if err != nil {
		return nil, false, err
	}
	earlier, err := reminders(ctx, tx, n.Code, "")
	if err != nil {
		return nil, false, err
	}
	reminded := map[string]bool{}
	for _, r := range earlier {
		if r.at.Date() == today {
			reminded[r.person] = true
		}
	}
	return slices.DeleteFunc(rd.unread, func(p person) bool { return reminded[p.code] }), len(reminded) > 0, nil
}

// keepReminders writes down that people were told again.
func keepReminders(ctx context.Context, tx *db.Tx, notice string, who actor.Actor, late []person) error {
	now := tx.Now().UnixMicro()
	if _, err := tx.Insert(ctx, "notice_reminder", []string{"notice", "person", "at", "by"}, func(yield func([]any) bool) {
		for _, p := range late {
			if !yield([]any{notice, p.code, now, who.ID()}) {
				return
			}
		}
	}); err != nil {
		return fmt.Errorf("keep reminders: %w", err)
	}
	return nil
}

// ackKey names a receipt of the policy that a person or company gave here. It sorts before the keys that files and
// forms give, so that those go on counting from their own.
func ackKey(version, who string) string { return "A-" + version + "-" + who }

// receive confirms the basic policy in force for the person who is signed in (bp.0). A second time changes nothing.
func (s *Service) receive(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	if err := s.current(ctx, tx, in["version"]); err != nil {
		return ref.Ref{}, err
	}
	acks, err := s.acksOf(ctx, tx, "person", who.Person)
	if err != nil {
		return ref.Ref{}, err
	}
	for _, a := range acks {
		if a.Version == in["version"] {
			return ref.New("ack", a.Code), nil
		}
	}
	d := s.def("ack")
	ch, err := s.c.Catalog.Create(ctx, tx, who, d, register.Encode(d, policy.Ack{Code: ackKey(in["version"], who.Person), Version: in["version"], Person: who.Person, Date: when.Of(tx.Now())}))
	return ref.New("ack", ch.Key), err
}

// current refuses a version that is not the basic policy in force.
func (s *Service) current(ctx context.Context, tx *db.Tx, version string) error {
	v, ok, err := s.inForce(ctx, tx, when.Of(tx.Now()))
	if err != nil {
		return err
	}
	if !ok || v.Code != version {
		return fault.New(fault.Conflict, msg.T("この版は施行中ではありません。ページを開き直して、施行中の版を確認してください。", "This version is not in force. Please open the page again and read the one that is."))
	}
	return nil
}

// acksOf are the receipts of the policy by a person or a contractor.
func (s *Service) acksOf(ctx context.Context, tx *db.Tx, field, key string) ([]policy.Ack, error) {
	d := s.def("ack")
	var out []policy.Ack
	for r, err := range s.c.Catalog.Each(ctx, tx, d, register.Query{Filters: map[string][]string{field: {key}}}) {
		if err != nil {
			return nil, err
		}
		out = append(out, register.Decode[policy.Ack](d, r.Row))
	}
	return out, nil
}

// receiveContractors records that companies have received the policy, on paper or by mail (bp.0, bp.5).
func (s *Service) receiveContractors(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	if err := s.current(ctx, tx, in["version"]); err != nil {
		return ref.Ref{}, err
	}
	date, err := when.ParseLenient(in["date"])
	if f := fault.As(err); f != nil {
		return ref.Ref{}, fault.At("date", f.Message)
	}
	if today := when.Of(tx.Now()); date > today {
		return ref.Ref{}, fault.At("date", msg.F("%sはまだ来ていません。受領した日を入力してください。", "%s has not come yet. Enter the day of the receipt.", date.Both()))
	}
	d := s.def("ack")
	var last ref.Ref
	for _, code := range strings.FieldsFunc(in["contractors"], func(r rune) bool { return strings.ContainsRune(" ,;、\n", r) }) {
		acks, err := s.acksOf(ctx, tx, "contractor", code)
		if err != nil {
			return last, err
		}
		if slices.ContainsFunc(acks, func(a policy.Ack) bool { return a.Version == in["version"] }) {
			return last, fault.At("contractors", msg.F("委託事業者「%s」の受領は、すでに記録されています。", "The receipt by contractor “%s” is on record already.", code))
		}
		ch, err := s.c.Catalog.Create(ctx, tx, who, d, register.Encode(d, policy.Ack{Code: ackKey(in["version"], code), Version: in["version"], Contractor: code, Date: date}))
		if f := fault.As(err); f != nil && len(f.Fields) > 0 {
			return last, fault.At("contractors", msg.F("委託事業者「%s」は登録されていません。", "There is no contractor “%s”.", code))
		}
		if err != nil {
			return last, err
		}
		last = ref.New("ack", ch.Key)
	}
	if last.Key == "" {
		return last, fault.At("contractors", msg.T("委託事業者を選んでください。", "Choose the contractors."))
	}
	return last, nil
}

// Words are what somebody promises. They are the product's own, short enough to be read, and name the version.
func Words(kind string, v policy.Version) msg.Text {
	switch kind {
	case Leaving:
		return msg.T("私は、退職した後も、職務で知った秘密と個人情報を漏らさず、使いません。借りていた機器、媒体、カード、鍵、書類をすべて返し、手元に写しを残していません。",
			"After I have left I will not disclose or use secrets and personal data that I came to know at work. I have returned every device, medium, card, key and paper I was lent, and kept no copies.")
	case Renewal:
		return msg.F("私は、「%s」の変更を読み、理解しました。これからも、職務においてこれを守り、職務で知った秘密を漏らしません。おかしいと思ったときは、すぐに知らせます。",
			"I have read and understood what changed in “%s”. I will go on keeping it at work, will not disclose secrets I come to know, and will report at once what seems wrong.", v.Name)
	}
	return msg.F("私は、「%s」を読み、理解しました。職務においてこれを守り、職務で知った秘密を、在職中も退職した後も漏らしません。おかしいと思ったときは、すぐに知らせます。",
		"I have read and understood “%s”. I will keep it at work, will not disclose secrets I come to know, now or after I have left, and will report at once what seems wrong.", v.Name)
}

// wordsHash binds a pledge to the Japanese words that were shown.
func wordsHash(t msg.Text) string {
	sum := sha256.Sum256([]byte(t.JA))
	return hex.EncodeToString(sum[:])
}

// sign takes a pledge from the person who is signed in (bp.5). The same pledge a second time changes nothing.
func (s *Service) sign(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	kind := in["kind"]
	if !slices.Contains([]string{Joining, Renewal, Leaving}, kind) {
		return ref.Ref{}, fault.At("kind", msg.T("誓約の種別を選んでください。", "Choose the kind of pledge."))
	}
	v, ok, err := s.inForce(ctx, tx, when.Of(tx.Now()))
	if err != nil {
		return ref.Ref{}, err
	}
	if !ok {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("施行中の基本方針がないため、誓約できません。", "No basic policy is in force to be pledged."))
	}
	if in["sha256"] != wordsHash(Words(kind, v)) {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("表示した後に誓約文が変わっています。もう一度読んでから誓約してください。", "The words have changed since they were shown. Please read them again."))
	}
	all, err := s.pledgesOf(ctx, tx, who.Person)
	if err != nil {
		return ref.Ref{}, err
	}
	for _, p := range all {
		if p.Kind == kind && p.Version == v.Code && (p.Way == OnScreen || p.Paper != "") {
			return ref.New("pledge", p.Code), nil
		}
	}
	d := s.def("pledge")
	ch, err := s.c.Catalog.Create(ctx, tx, who, d, register.Encode(d, Pledge{Code: "A-" + v.Code + "-" + who.Person + "-" + kind, Person: who.Person, Kind: kind, Version: v.Code,
		Date: when.Of(tx.Now()), Way: OnScreen}))
	return ref.New("pledge", ch.Key), err
}

// pledgesOf are a person's.
func (s *Service) pledgesOf(ctx context.Context, tx *db.Tx, person string) ([]Pledge, error) {
	d := s.def("pledge")
	var out []Pledge
	for r, err := range s.c.Catalog.Each(ctx, tx, d, register.Query{Filters: map[string][]string{"person": {person}}}) {
		if err != nil {
			return nil, err
		}
		out = append(out, register.Decode[Pledge](d, r.Row))
	}
	return out, nil
}
