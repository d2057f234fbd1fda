package main

import (
	"fmt"
	"time"

	"okite/internal/app"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/when"
)

type serveCmd struct {
	Addr    string `default:"127.0.0.1:8443" help:"${addr}"`
	TLSCert string `name:"tls-cert" type:"existingfile" help:"${tlscert}"`
	TLSKey  string `name:"tls-key" type:"existingfile" help:"${tlskey}"`
	Proxy   bool   `name:"behind-tls-proxy" help:"${proxy}"`
}

func (s serveCmd) Run(c *console) error {
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return fault.At("tls", msg.T("証明書（--tls-cert）と秘密鍵（--tls-key）は、両方を指定してください。", "Give both --tls-cert and --tls-key."))
	}
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	return c.serve(a, app.Listen{Addr: s.Addr, Cert: s.TLSCert, Key: s.TLSKey, Proxy: s.Proxy}, nil)
}

// serve serves until the person ends it. ready is told the address of the site.
func (c *console) serve(a *app.App, l app.Listen, ready func(base string) error) error {
	return a.Serve(c.ctx, l, func(base string) error {
		fmt.Fprintf(c.err, "%s %s\n", c.say(msg.T("画面を開けます：", "serving on")), base)
		if ready != nil {
			return ready(base)
		}
		return nil
	})
}

type demoCmd struct {
	People  int    `default:"3000" help:"${people}"`
	Seed    uint64 `default:"1" help:"${seed}"`
	Date    string `help:"${date}"`
	Addr    string `default:"127.0.0.1:8080" help:"${addr}"`
	NoServe bool   `help:"${noserve}"`
	Fresh   bool   `help:"${fresh}"`
}

func (d demoCmd) Run(c *console) error {
	spec := app.DemoSpec{People: d.People, Seed: d.Seed, Fresh: d.Fresh}
	if d.Date != "" {
		var err error
		if spec.Date, err = when.ParseLenient(d.Date); err != nil {
			return err
		}
	}
	begin := time.Now()
	a, made, err := app.OpenDemo(c.ctx, c.config, spec)
	if err != nil {
		return err
	}
	defer a.Close()
	what := msg.T("架空の市を作りました", "built a fictional city")
	if !made {
		what = msg.T("前に作った架空の市を開きました", "opened the fictional city made before")
	}
	fmt.Fprintf(c.err, "%s\n", c.say(msg.F("%s：%s、職員等 %d人、%s（%.1f秒）", "%s: %s, %d people, %s (%.1f s)", what, a.City.Name, a.Demo.People, a.Demo.Date.Text(c.lang), time.Since(begin).Seconds())))
	if d.NoServe {
		return c.answer(map[string]any{"ok": true, "made": made, "city": a.City.Name, "people": a.Demo.People, "seed": a.Demo.Seed, "date": a.Demo.Date,
			"planted": a.PlantedPath()}, func() { c.printf("%s\n", a.PlantedPath()) })
	}
	return c.serve(a, app.Listen{Addr: d.Addr}, func(base string) error {
		links, err := a.DemoLinks(c.ctx)
		if err != nil {
			return err
		}
		for _, l := range links {
			c.printf("%s%s  %s\n", base, l.Path, c.say(l.Title))
		}
		return nil
	})
}

type initCmd struct {
	Name string `required:"" help:"${name}"`
	Code string `required:"" help:"${code}"`
	Pack string `default:"model" help:"${pack}"`
	Base string `default:"https://localhost:8443" help:"URL"`
}

func (i initCmd) Run(c *console) error {
	a, link, err := app.Init(c.ctx, c.config, app.Setup{Name: i.Name, Code: i.Code, Pack: i.Pack})
	if err != nil {
		return err
	}
	defer a.Close()
	return c.answer(map[string]any{"ok": true, "name": a.City.Name, "code": a.City.Code, "enrol": i.Base + link}, func() {
		c.printf("%s\n%s%s\n%s\n", c.say(msg.F("%sのデータを作りました。最初の管理者は、次のリンクを一度だけ使ってパスワードを設定してください。",
			"%s is set up. The first administrator sets a password with this link, once:", a.City.Name)), i.Base, link,
			c.say(msg.T("このリンクは72時間で使えなくなります。画面は okite serve で開けます。", "The link works for 72 hours. Serve the site with okite serve.")))
	})
}
