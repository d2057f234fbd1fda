package main

import (
	"net/url"

	"okite/internal/msg"
)

type configCmd struct {
	Check configCheck `cmd:"" help:"${cfgcheck}"`
	Print configPrint `cmd:"" help:"${cfgprint}"`
	Mail  configMail  `cmd:"" help:"${cfgmail}"`
}

// settings are what the flags and the environment come to; a password is never shown.
func (c *console) settings() map[string]string {
	db := c.config.DB
	if u, err := url.Parse(db); err == nil && u.User != nil {
		db = u.Redacted()
	}
	return map[string]string{"data": c.config.Dir, "db": db, "schema": c.config.Schema}
}

type configPrint struct{}

func (configPrint) Run(c *console) error {
	s := c.settings()
	return c.answer(s, func() {
		for _, k := range []string{"data", "db", "schema"} {
			c.printf("%-8s %s\n", k, s[k])
		}
	})
}

type configCheck struct{}

// Run opens the data with these settings: the store reads back what durability rests on, the record its keys.
func (configCheck) Run(c *console) error {
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	return c.answer(map[string]any{"ok": true, "city": a.City.Name, "code": a.City.Code, "store": a.Store.Dialect().String()}, func() {
		c.printf("%s\n", c.say(msg.F("設定とデータに問題はありません：%s（%s）", "settings and data are sound: %s (%s)", a.City.Name, a.Store.Dialect().String())))
	})
}
