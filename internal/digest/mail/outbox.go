package mail

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/when"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the table of outgoing mail.
func Schema() fs.FS {
	sub, err := fs.Sub(schema, "schema")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// State is where a message stands.
type State string

// The states.
const (
	Waiting State = "waiting"
	Sent    State = "sent"
	Dead    State = "dead" // the server refuses it for good; waits for a person
)

// Title names a state for people.
func (s State) Title() msg.Text {
	switch s {
	case Waiting:
		return msg.T("送信待ち", "waiting")
	case Sent:
		return msg.T("送信済み", "sent")
	}
	return msg.T("送信できない", "cannot be sent")
}

// Entry is a message in the table with what became of it.
type Entry struct {
	Message
	State     State
	Tries     int
	Next      when.Stamp
	LastError string
	Made      when.Stamp
	Ended     when.Stamp
}

// Put lays messages into the table in the transaction of what gives rise to them. One whose name is there already is
// left alone: it was sent, or will be.
func Put(ctx context.Context, tx *db.Tx, list ...Message) error {
	now := tx.Now().UnixMicro()
	for _, m := range list {
		if _, err := tx.Exec(ctx, `INSERT INTO mail (id, kind, person, address, subject, body, urgent, state, tries, next_at, held_until, last_error, made_at, ended_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0, '', $9, 0) ON CONFLICT (id) DO NOTHING`, m.ID, m.Kind, m.Person, m.To, m.Subject, m.Body, m.Urgent, string(Waiting), now); err != nil {
			return fmt.Errorf("put mail %s: %w", m.ID, err)
		}
	}
	return nil
}

// PutNew lays many messages that are known not to be there.
func PutNew(ctx context.Context, tx *db.Tx, list []Message) error {
	now := tx.Now().UnixMicro()
	_, err := tx.Insert(ctx, "mail", []string{"id", "kind", "person", "address", "subject", "body", "urgent", "state", "tries", "next_at", "held_until", "last_error", "made_at", "ended_at"},
		func(yield func([]any) bool) {
			for _, m := range list {
				if !yield([]any{m.ID, m.Kind, m.Person, m.To, m.Subject, m.Body, m.Urgent, string(Waiting), int64(0), now, int64(0), "", now, int64(0)}) {
					return
				}
			}
		})
	if err != nil {
		return fmt.Errorf("put mail: %w", err)
	}
	return nil
}

const columns = `id, kind, person, address, subject, body, urgent, state, tries, next_at, last_error, made_at, ended_at`

func scan(r *sql.Rows) (e Entry, err error) {
	err = r.Scan(&e.ID, &e.Kind, &e.Person, &e.To, &e.Subject, &e.Body, &e.Urgent, &e.State, &e.Tries, &e.Next, &e.LastError, &e.Made, &e.Ended)
	return e, err
}

// List gives the messages in a state, the latest first, at most limit.
func List(ctx context.Context, tx *db.Tx, s State, limit int) ([]Entry, error) {
	out, err := db.Rows(ctx, tx, scan, `SELECT `+columns+` FROM mail WHERE state = $1 ORDER BY made_at DESC, id LIMIT $2`, string(s), limit)
	if err != nil {
		return nil, fmt.Errorf("list mail: %w", err)
	}
	return out, nil
}

// Counts is how many messages stand in each state.
func Counts(ctx context.Context, tx *db.Tx) (map[State]int, error) {
	out := map[State]int{}
	_, err := db.Rows(ctx, tx, func(r *sql.Rows) (x struct{}, err error) {
		var s State
		var n int
		if err = r.Scan(&s, &n); err == nil {
			out[s] = n
		}
		return x, err
	}, `SELECT state, COUNT(*) FROM mail GROUP BY state`)
	if err != nil {
		return nil, fmt.Errorf("count mail: %w", err)
	}
	return out, nil
}

// Retry puts a message that was set aside back into the queue, with all its tries.
func Retry(ctx context.Context, tx *db.Tx, id string) error {
	n, err := tx.Exec(ctx, `UPDATE mail SET state = $1, tries = 0, next_at = $2, held_until = 0, ended_at = 0 WHERE id = $3 AND state = $4`, string(Waiting), tx.Now().UnixMicro(), id, string(Dead))
	if err != nil {
		return fmt.Errorf("retry mail %s: %w", id, err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, msg.T("このメールは停止していません。画面を読み直してください。", "This mail is not set aside. Load the page again."))
	}
	return nil
}

// Purge forgets messages that were sent before a time. Those set aside stay until a person decides.
func Purge(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	n, err := tx.Exec(ctx, `DELETE FROM mail WHERE state = $1 AND ended_at < $2`, string(Sent), before.UnixMicro())
	if err != nil {
		return 0, fmt.Errorf("purge mail: %w", err)
	}
	return n, nil
}

const (
	batch = 50              // messages taken at once
	hold  = 5 * time.Minute // how long they stay with who took them
	tries = 12              // of a message that the server puts off; over about two days
)

// pause is how long to wait after a failure: longer each time, six hours at most.
func pause(tries int) time.Duration { return min(time.Minute<<min(tries, 20), 6*time.Hour) }

// take holds the next messages for this runner: urgent ones first, then the oldest.
func take(ctx context.Context, s *db.Store) (out []Entry, err error) {
	err = s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := tx.Now()
		list, err := db.Rows(ctx, tx, scan, `SELECT `+columns+` FROM mail WHERE state = $1 AND next_at <= $2 AND held_until <= $2 ORDER BY urgent DESC, next_at, id LIMIT `+fmt.Sprint(batch),
			string(Waiting), now.UnixMicro())
		if err != nil {
			return err
		}
		out = out[:0]
		for _, e := range list {
			n, err := tx.Exec(ctx, `UPDATE mail SET held_until = $1 WHERE id = $2 AND state = $3 AND held_until <= $4`, now.Add(hold).UnixMicro(), e.ID, string(Waiting), now.UnixMicro())
			if err != nil {
				return err
			}
			if n == 1 {
				out = append(out, e)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("take mail: %w", err)
	}
	return out, nil
}

// Flush sends what is due, until nothing is left or the server cannot be used; it says how many were taken by the
// server. Each message is marked as sent, and its text forgotten, as soon as the server has answered for it. Should
// the program or the store end between that answer and the mark, the message goes out once more under the same
// Message-ID; no message is ever marked that the server has not taken. Two runners never hold the same message, unless
// one sends for longer than five minutes.
func Flush(ctx context.Context, s *db.Store, set Setting) (sent int, err error) {
	if !set.On() {
		return 0, nil
	}
	var l *line
	defer func() {
		if l != nil {
			l.close()
		}
	}()
	for ctx.Err() == nil {
		list, err := take(ctx, s)
		if err != nil || len(list) == 0 {
			return sent, err
		}
		for i, e := range list {
			if l == nil {
				if l, err = dial(ctx, set); err != nil {
					return sent, errors.Join(err, giveBack(ctx, s, list[i:], err))
				}
			}
			err := l.send(e.Message, e.Made.Time())
			if errors.Is(err, errServer) {
				return sent, errors.Join(err, giveBack(ctx, s, list[i:], err))
			}
			if err := note(ctx, s, e, err); err != nil {
				return sent, err
			}
			if err == nil {
				sent++
			}
		}
	}
	return sent, ctx.Err()
}

// giveBack waits for the server: the messages are not to blame, and keep their tries.
func giveBack(ctx context.Context, s *db.Store, list []Entry, why error) error {
	ctx = context.WithoutCancel(ctx)
	return s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, e := range list {
			if _, err := tx.Exec(ctx, `UPDATE mail SET held_until = 0, next_at = $1, last_error = $2 WHERE id = $3 AND state = $4`, tx.Now().Add(time.Minute).UnixMicro(), cut(why), e.ID, string(Waiting)); err != nil {
				return fmt.Errorf("give mail back: %w", err)
			}
		}
		return nil
	})
}

// note writes what became of a message.
func note(ctx context.Context, s *db.Store, e Entry, why error) error {
	ctx = context.WithoutCancel(ctx) // the server has answered: that must not be lost
	err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := tx.Now()
		if why == nil {
			_, err := tx.Exec(ctx, `UPDATE mail SET state = $1, body = '', last_error = '', tries = $2, ended_at = $3, held_until = 0 WHERE id = $4 AND state = $5`, string(Sent), e.Tries+1, now.UnixMicro(), e.ID, string(Waiting))
			return err
		}
		var never *refused
		state, next, ended := Waiting, now.Add(pause(e.Tries)), int64(0)
		if errors.As(why, &never) || e.Tries+1 >= tries {
			state, ended = Dead, now.UnixMicro()
		}
		_, err := tx.Exec(ctx, `UPDATE mail SET state = $1, last_error = $2, tries = $3, next_at = $4, ended_at = $5, held_until = 0 WHERE id = $6 AND state = $7`,
			string(state), cut(why), e.Tries+1, next.UnixMicro(), ended, e.ID, string(Waiting))
		return err
	})
	if err != nil {
		return fmt.Errorf("note mail %s: %w", e.ID, err)
	}
	return nil
}

func cut(err error) string {
	r := []rune(err.Error())
	return string(r[:min(len(r), 500)])
}
