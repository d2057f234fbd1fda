package main

import (
	"okite/internal/app"
	"okite/internal/msg"
	"okite/internal/when"
)

type tokenCmd struct {
	Create tokenCreate `cmd:"" help:"${tcreate}"`
	List   tokenList   `cmd:"" help:"${tlist}"`
	Revoke tokenRevoke `cmd:"" help:"${trevoke}"`
}

type tokenCreate struct {
	Name    string `required:"" help:"${name}"`
	Role    string `required:"" help:"${role}"`
	Expires string `help:"${expires}"`
}

func (t tokenCreate) Run(c *console) error {
	var last when.Date
	if t.Expires != "" {
		var err error
		if last, err = when.ParseLenient(t.Expires); err != nil {
			return err
		}
	}
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	made, secret, err := a.CreateToken(c.ctx, t.Name, t.Role, last)
	if err != nil {
		return err
	}
	return c.answer(struct {
		app.Token
		Secret string `json:"token"`
	}{made, secret}, func() {
		c.printf("%s\n%s\n", secret, c.say(msg.T("この値は二度と表示されません。安全な場所に控えてください。", "This value is not shown again. Keep it in a safe place.")))
	})
}

type tokenList struct{}

func (tokenList) Run(c *console) error {
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	list, err := a.Tokens(c.ctx)
	if err != nil {
		return err
	}
	if list == nil {
		list = []app.Token{}
	}
	return c.answer(list, func() {
		for _, t := range list {
			state := msg.T("有効", "live")
			if t.Revoked != 0 {
				state = msg.T("失効", "revoked")
			}
			c.printf("%s  %-20s %-16s %s\n", t.ID, t.Name, t.Role, c.say(state))
		}
	})
}

type tokenRevoke struct {
	ID string `arg:"" help:"ID"`
}

func (t tokenRevoke) Run(c *console) error {
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.RevokeToken(c.ctx, t.ID); err != nil {
		return err
	}
	return c.answer(map[string]any{"ok": true, "id": t.ID}, func() {
		c.printf("%s\n", c.say(msg.T("失効させました。", "revoked")))
	})
}
