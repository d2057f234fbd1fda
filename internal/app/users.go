package app

import (
	"context"
	"database/sql"
	"fmt"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/ref"
	"okite/internal/trail"
)

// User is an account as the command line lists it.
type User struct {
	Person string `json:"person"`
	Login  string `json:"login"`
	TOTP   bool   `json:"totp"`
	Closed bool   `json:"closed"`
}

// Users lists the accounts.
func (a *App) Users(ctx context.Context) ([]User, error) {
	out := []User{}
	err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		rows, err := db.Rows(ctx, tx, func(r *sql.Rows) (u User, err error) {
			err = r.Scan(&u.Person, &u.Login, &u.TOTP, &u.Closed)
			return u, err
		}, `SELECT person, login, totp <> '', closed FROM account ORDER BY person`)
		out = append(out, rows...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return out, nil
}

// UserDo is one change of an account.
type UserDo string

// The changes, as the record names them.
const (
	AddUser    UserDo = "account.create"
	LinkUser   UserDo = "account.link"
	CloseUser  UserDo = "account.close"
	ReopenUser UserDo = "account.reopen"
	ResetUser  UserDo = "account.totp.reset"
)

// User changes an account (bp.9.3) and gives the path of a link where one was made.
func (a *App) User(ctx context.Context, do UserDo, person, login string) (link string, err error) {
	err = a.Store.Write(Operator(ctx), func(ctx context.Context, tx *db.Tx) (err error) {
		switch do {
		case AddUser:
			if _, err = a.person(ctx, tx, person); err != nil {
				return err
			}
			if err = a.Signin.Create(ctx, tx, person, login); err != nil {
				return err
			}
			link, err = a.Signin.Issue(ctx, tx, enrol, person, linkLife)
		case LinkUser:
			link, err = a.Signin.Issue(ctx, tx, enrol, person, linkLife)
		case CloseUser:
			err = a.Signin.Close(ctx, tx, person)
		case ReopenUser:
			err = a.Signin.Reopen(ctx, tx, person)
		case ResetUser:
			err = a.Signin.ResetTOTP(ctx, tx, person)
		}
		if err != nil {
			return err
		}
		a.Log.Append(tx, trail.Entry{Actor: operator.ID(), Way: string(operator.Way), Act: string(do), Subject: ref.New("person", person),
			Clauses: []clause.ID{"bp.9.3"}, Result: trail.Done})
		return nil
	})
	return link, err
}

// Person gives the actor somebody is today.
func (a *App) Person(ctx context.Context, code string) (who actor.Actor, err error) {
	err = a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		who, err = a.person(ctx, tx, code)
		return err
	})
	return who, err
}
