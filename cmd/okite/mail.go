package main

import (
	"path/filepath"

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

// Run sets the server, after the test if one was asked for: settings by which no mail goes out are not kept.
func (m configMail) Run(c *console) error {
	next, changes, err := m.setting()
	if err != nil {
		return err
	}
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	set, err := a.MailSetting(c.ctx)
	if err != nil {
		return err
	}
	if changes {
		set = next
	}
	if err := set.Check(); err != nil {
		return err
	}
	if err := set.Secret(); err != nil && changes {
		return err
	}
	if m.Test != "" {
		if err := try(c, a, set, m.Test); err != nil {
			return err
		}
	}
	if changes {
		if err := a.SetMail(c.ctx, set); err != nil {
			return err
		}
	}
	return c.answer(set, func() {
		if m.Test != "" {
			c.printf("%s\n", c.say(msg.F("%s に試験のメールを送りました。届いたことを確かめてください。", "A test mail was sent to %s. Please see that it arrives.", m.Test)))
		}
		if !set.On() {
			c.printf("%s\n", c.say(msg.T("メールは送りません。", "No mail is sent.")))
			return
		}
		for _, l := range [][2]string{{"host", set.Address()}, {"security", set.Way()}, {"user", set.User}, {"password-file", set.PasswordFile}, {"from", set.From}, {"base", set.Base}} {
			c.printf("%-14s %s\n", l[0], l[1])
		}
	})
}

// setting is what the flags ask for, and whether they ask for a change at all.
func (m configMail) setting() (s mail.Setting, changes bool, err error) {
	s = mail.Setting{Host: m.Host, Port: m.Port, Security: m.Security, User: m.User, PasswordFile: m.PasswordFile, From: m.From, Base: m.Base}
	switch {
	case m.Off && s != (mail.Setting{}):
		return s, false, fault.At("off", msg.T("--off はほかの設定と同時に指定できません。", "--off goes with no other setting."))
	case m.Off && m.Test != "":
		return s, false, fault.At("off", msg.T("メールを送らない設定では、試験のメールを送れません。", "No test mail is sent when mail is switched off."))
	case m.Host == "" && s != (mail.Setting{}):
		return s, false, fault.At("host", msg.T("メールサーバーを設定するときは --host を指定してください。", "To set the mail server, give --host."))
	}
	if m.PasswordFile != "" { // whoever sends it later stands in another directory
		if s.PasswordFile, err = filepath.Abs(m.PasswordFile); err != nil {
			return s, false, err
		}
	}
	return s, m.Off || m.Host != "", nil
}

// try sends one mail at once, so that whoever sets the server up sees its answer.
func try(c *console, a *app.App, set mail.Setting, to string) error {
	if !set.On() {
		return fault.At("host", msg.T("メールサーバーが設定されていません。--host を指定してください。", "No mail server is set. Give --host."))
	}
	if _, err := mail.Address(to); err != nil {
		return err
	}
	now := a.Store.Now()
	return mail.Try(c.ctx, set, mail.Message{ID: "test." + now.UTC().Format("20060102T150405"), Kind: "test", To: to, Subject: c.say(msg.F("【掟】%sからのメールの試験", "[Okite] Test mail from %s", a.City.Name)),
		Body: c.say(msg.T("このメールが読めれば、設定は正しく動いています。", "If you can read this, the settings work.")) + "\n"}, now)
}
