package main

import (
	"encoding/json"
	"fmt"
	"time"

	"okite/internal/msg"
)

// answer writes one JSON document, or text by text when JSON was not asked for.
func (c *console) answer(v any, text func()) error {
	if !c.json {
		text()
		return nil
	}
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

func (c *console) printf(format string, args ...any) { fmt.Fprintf(c.out, format, args...) }

func (c *console) say(t msg.Text) string { return t.In(c.lang) }

// progress shows how far long work is, on a terminal only, at most five times a second.
func (c *console) progress(what msg.Text) func(done, total int64) {
	if !c.live {
		return func(int64, int64) {}
	}
	var last time.Time
	return func(done, total int64) {
		if done < total && time.Since(last) < 200*time.Millisecond {
			return
		}
		last = time.Now()
		if total > 0 {
			fmt.Fprintf(c.err, "\r%s %d/%d ", c.say(what), done, total)
		} else {
			fmt.Fprintf(c.err, "\r%s %d ", c.say(what), done)
		}
		if done >= total {
			fmt.Fprintln(c.err)
		}
	}
}
