package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// trailCommand checks an exported record.
var trailCommand = command{
	usage: text{
		JA: `trail EXPORT [--checkpoint FILE] [--key KEY] [--format json]
  書き出した証跡（1 個のファイル、または tlog-tiles の形のフォルダー）を先頭から確かめます。
  --checkpoint FILE  以前に受け取った署名。今の証跡がその続きであることも確かめます
  --key KEY          公開鍵（NAME+HASH+KEY の文字列、またはそのファイル）。省くと書き出しの中の鍵を使います
  --format json      結果を JSON で出力します`,
		EN: `trail EXPORT [--checkpoint FILE] [--key KEY] [--format json]
  checks an exported record (one file, or a tlog-tiles directory) from its first entry.
  --checkpoint FILE  a checkpoint received earlier: the record must continue it
  --key KEY          the public key (NAME+HASH+KEY, or a file holding it); left out, the key inside the export is used
  --format json      writes the result as JSON`,
	},
	run: runTrail,
}

// finding is what does not hold: an entry, or another part (Entry is nil then).
type finding struct {
	Entry *int64 `json:"entry,omitempty"`
	What  string `json:"what"`
	Why   text   `json:"why"`
}

func (f *finding) Error() string { return f.What + ": " + f.Why.EN }

// badPart names a part of the export that is no entry.
func badPart(what, ja, en string) *finding { return &finding{What: what, Why: text{ja, en}} }

// badEntry names an entry.
func badEntry(n int64, ja, en string) *finding {
	return &finding{Entry: &n, What: fmt.Sprintf("entry %d", n), Why: text{ja, en}}
}

// result is the answer. KeyFrom says whose word the key is: "given" by the caller, or from the "export".
type result struct {
	OK      bool   `json:"ok"`
	Size    int64  `json:"size"`
	Root    string `json:"root,omitempty"`
	Origin  string `json:"origin,omitempty"`
	Key     string `json:"key,omitempty"`
	KeyFrom string `json:"key_from,omitempty"`
	Earlier *int64 `json:"earlier,omitempty"` // size of the earlier checkpoint, when one was given
	*finding
}

// trailOptions are the flags.
type trailOptions struct {
	export, checkpoint, key, format string
}

// parseTrail reads flags before and behind the export.
func parseTrail(args []string) (trailOptions, error) {
	var o trailOptions
	f := flag.NewFlagSet("trail", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.checkpoint, "checkpoint", "", "")
	f.StringVar(&o.key, "key", "", "")
	f.StringVar(&o.format, "format", "text", "")
	for {
		if err := f.Parse(args); err != nil {
			if err == flag.ErrHelp {
				return o, errHelp
			}
			return o, err
		}
		if f.NArg() == 0 {
			break
		}
		if o.export != "" {
			return o, fmt.Errorf("one EXPORT is wanted, %s is a second", f.Arg(0))
		}
		o.export, args = f.Arg(0), f.Args()[1:]
	}
	if o.export == "" {
		return o, fmt.Errorf("EXPORT is missing; see okite-verify trail --help")
	}
	if o.format != "text" && o.format != "json" {
		return o, fmt.Errorf("--format is text or json, not %s", o.format)
	}
	return o, nil
}

func runTrail(c console, args []string) (int, error) {
	o, err := parseTrail(args)
	if err != nil {
		return unusable, err
	}
	res, err := checkTrail(c, o)
	if err != nil {
		return unusable, err
	}
	if o.format == "json" {
		b, err := json.Marshal(res)
		if err != nil {
			return unusable, err
		}
		fmt.Fprintln(c.out, string(b))
	} else {
		printTrail(c, res)
	}
	if !res.OK {
		return fails, nil
	}
	return holds, nil
}

// checkTrail opens what the options name and checks it.
func checkTrail(c console, o trailOptions) (result, error) {
	key, err := readKey(o.key)
	if err != nil {
		return result{}, err
	}
	var earlier []byte
	if o.checkpoint != "" {
		if earlier, err = os.ReadFile(o.checkpoint); err != nil {
			return result{}, err
		}
	}
	src, err := openSource(o.export)
	if err != nil {
		return result{}, err
	}
	defer src.close()
	v := verifier{src: src, given: key, earlier: earlier}
	if c.live {
		last := time.Now()
		v.progress = func(done, total int64) {
			if time.Since(last) > time.Second {
				last = time.Now()
				fmt.Fprintf(c.err, "\r%d / %d", done, total)
			}
		}
		defer fmt.Fprint(c.err, "\r\x1b[K")
	}
	return v.check()
}

// readKey reads a key given as text or as a file; "" is none.
func readKey(s string) (string, error) {
	if s == "" || strings.Count(s, "+") >= 2 {
		return s, nil
	}
	b, err := os.ReadFile(s)
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(b)), nil
}

func printTrail(c console, r result) {
	if !r.OK {
		fmt.Fprintln(c.out, c.say(text{"正しくありません: " + r.What + ": " + r.Why.JA, "does not hold: " + r.What + ": " + r.Why.EN}))
		return
	}
	fmt.Fprintln(c.out, c.say(sayf("正しい証跡です。%s、%d 件、ルート %s", "the record holds: %s, %d entries, root %s", r.Origin, r.Size, r.Root)))
	if r.Earlier != nil {
		fmt.Fprintln(c.out, c.say(sayf("以前の署名（%d 件）の続きです。", "it continues the earlier checkpoint of %d entries", *r.Earlier)))
	}
	if r.KeyFrom == "export" {
		fmt.Fprintln(c.out, c.say(text{
			"鍵は書き出しの中のものです。別の手段で受け取った鍵と比べてください: " + r.Key,
			"the key is the export's own; compare it with one received by another way: " + r.Key}))
	}
}
