package main

import (
	"okite/internal/app"
	"okite/internal/msg"
)

type userCmd struct {
	List   userList   `cmd:"" help:"${ulist}"`
	Add    userAdd    `cmd:"" help:"${uadd}"`
	Link   userLink   `cmd:"" help:"${ulink}"`
	Close  userClose  `cmd:"" help:"${uclose}"`
	Reopen userReopen `cmd:"" help:"${ureopen}"`
	Reset  userReset  `cmd:"" help:"${ureset}"`
}

type userList struct{}

func (userList) Run(c *console) error {
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	users, err := a.Users(c.ctx)
	if err != nil {
		return err
	}
	return c.answer(users, func() {
		for _, u := range users {
			state := msg.T("有効", "open")
			if u.Closed {
				state = msg.T("停止", "closed")
			}
			c.printf("%-12s %-16s %s\n", u.Person, u.Login, c.say(state))
		}
	})
}

type userAdd struct {
	Person string `arg:"" help:"${person}"`
	Login  string `help:"${name}"`
}

func (u userAdd) Run(c *console) error { return c.account(app.AddUser, u.Person, u.Login) }

type userLink struct {
	Person string `arg:"" help:"${person}"`
}

func (u userLink) Run(c *console) error { return c.account(app.LinkUser, u.Person, "") }

type userClose struct {
	Person string `arg:"" help:"${person}"`
}

func (u userClose) Run(c *console) error { return c.account(app.CloseUser, u.Person, "") }

type userReopen struct {
	Person string `arg:"" help:"${person}"`
}

func (u userReopen) Run(c *console) error { return c.account(app.ReopenUser, u.Person, "") }

type userReset struct {
	Person string `arg:"" help:"${person}"`
}

func (u userReset) Run(c *console) error { return c.account(app.ResetUser, u.Person, "") }

// account carries out one change of an account and shows the link where one was made.
func (c *console) account(do app.UserDo, person, login string) error {
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	link, err := a.User(c.ctx, do, person, login)
	if err != nil {
		return err
	}
	out := map[string]any{"ok": true, "person": person}
	if link != "" {
		out["link"] = link
	}
	return c.answer(out, func() {
		if link != "" {
			c.printf("%s\n%s\n", c.say(msg.T("次のリンクで、本人がパスワードを設定します（一度だけ、72時間以内）。", "With this link the person sets a password (once, within 72 hours):")), link)
			return
		}
		c.printf("%s\n", c.say(msg.T("行いました。", "done")))
	})
}
