package main

import (
	"okite/internal/app"
	"okite/internal/digest/mail"
	"okite/internal/fault"
	"okite/internal/msg"
)

// configMail sets how mail leaves the city; without --host it shows what is set. The settings are those of
// mail.Setting. A password is never given here: it stands in a file of its own.
type configMail struct {
	Host         string `placeholder:"HOST" help:"${mailhost}"`
	Port         int    `placeholder:"N" help:"${mailport}"`
	Security     string `placeholder:"starttls|tls|plain" help:"${mailsecurity}"`
	User         string `placeholder:"NAME" help:"${mailuser}"`
	PasswordFile string `placeholder:"FILE" help:"${mailpassword}"`
	From         string `placeholder:"ADDRESS" help:"${mailfrom}"`
	Base         string `placeholder:"https://…" help:"${mailbase}"`
	Off          bool   `help:"${mailoff}"`
	Test         string `placeholder:"ADDRESS" help:"${mailtest}"`
}

func (m configMail) Run(c *console) error {
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	if m.Host != "" || m.Off {
		if err := a.SetMail(c.ctx, mail.Setting{Host: m.Host, Port: m.Port, Security: m.Security, User: m.User, PasswordFile: m.PasswordFile, From: m.From, Base: m.Base}); err != nil {
			return err
		}
	}
	set, err := a.MailSetting(c.ctx)
	if err != nil {
		return err
	}
	if m.Test != "" {
		if err := try(c, a, set, m.Test); err != nil {
			return err
		}
	}
	return c.answer(set, func() {
		if !set.On() {
			c.printf("%s\n", c.say(msg.T("メールは送りません。", "No mail is sent.")))
			return
		}
		for _, l := range [][2]string{{"host", set.Host}, {"security", set.Security}, {"user", set.User}, {"password-file", set.PasswordFile}, {"from", set.From}, {"base", set.Base}} {
			c.printf("%-14s %s\n", l[0], l[1])
		}
	})
}

// try sends one mail at once, so that whoever sets the server up sees its answer.
func try(c *console, a *app.App, set mail.Setting, to string) error {
	if !set.On() {
		return fault.At("host", msg.T("メールサーバーが設定されていません。--host を指定してください。", "No mail server is set. Give --host."))
	}
	now := a.Store.Now()
	return mail.Try(c.ctx, set, mail.Message{ID: "test." + now.UTC().Format("20060102T150405"), Kind: "test", To: to, Subject: c.say(msg.F("【掟】%sからのメールの試験", "[Okite] Test mail from %s", a.City.Name)),
		Body: c.say(msg.T("このメールが読めれば、設定は正しく動いています。", "If you can read this, the settings work.")) + "\n"}, now)
}
