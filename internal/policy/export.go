package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"okite/internal/clause"
	"okite/internal/fault"
	"okite/internal/msg"
)

// Export writes a version as markdown, json or oscal. which is as in Get.
func (s *Service) Export(ctx context.Context, w io.Writer, which, as string) error {
	if as != "markdown" && as != "json" && as != "oscal" {
		return fault.At("as", msg.F("「%s」の形式では書き出せません。oscal、markdown、jsonのいずれかを指定してください。", "It cannot be written as %q; give oscal, markdown or json.", as))
	}
	d, err := s.Get(ctx, which)
	if err != nil {
		return err
	}
	switch as {
	case "markdown":
		_, err = io.WriteString(w, Markdown(d))
	case "json":
		err = indented(w, d)
	default:
		err = indented(w, OSCAL(d, s.c.Store.Now()))
	}
	if err != nil {
		return fmt.Errorf("export %s: %w", d.Document.ID, err)
	}
	return nil
}

func indented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// Markdown writes a text so that an import reads the same clauses from it.
func Markdown(d Imported) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", d.Document.Title)
	for _, c := range d.Clauses {
		id := clause.ID(c.ID)
		mark := markOf(c)
		if implied(c) {
			fmt.Fprintf(&b, "\n%s\n", c.Text) // the first paragraph of an article has no number of its own
			continue
		}
		fmt.Fprintf(&b, "\n%s %s", strings.Repeat("#", min(1+id.Depth(), 6)), mark)
		if c.Title != "" {
			b.WriteString(" " + c.Title)
		}
		switch {
		case c.Text == "":
		case c.Title == "" && id.Path()[0][0] != 0:
			b.WriteString(" " + c.Text)
		default:
			b.WriteString("\n\n" + c.Text)
		}
		b.WriteString("\n")
	}
	return b.String()
}

var (
	reImplied = regexp.MustCompile(`条(?:の[0-9]+)*第1項$`)
	reOwn     = regexp.MustCompile(`(?:第[0-9]+条(?:の[0-9]+)*(?:から|及び)第[0-9]+条(?:の[0-9]+)*(?:まで)?|第[0-9]+[編章節条項号]?(?:の[0-9]+)*|[(（][^()（）]+[)）](?:の[0-9]+)*|[0-9]+[)）]|` +
		`[0-9]+(?:\.[0-9]+)*(?:の[0-9]+)*|[一二三四五六七八九十百]+(?:の[一二三四五六七八九十百]+)*|[①-⑳]|[ア-ンｱ-ﾝ]|[a-zａ-ｚ][.)）]?)$`)
	reLawItem = regexp.MustCompile(`^第([0-9]+)([項号])((?:の[0-9]+)*)$`)
	reDigits  = regexp.MustCompile(`[0-9]+`)
)

// implied says whether a clause is the first paragraph of an article.
func implied(c ClauseJSON) bool { return reImplied.MatchString(c.Number) && c.Title == "" }

// markOf is a clause's own part of its number, as a text writes it: 第3条第2項の2 is written 2の2, 第3条第2号 is 二.
func markOf(c ClauseJSON) string {
	own := reOwn.FindString(c.Number)
	g := reLawItem.FindStringSubmatch(own)
	switch {
	case own == "":
		return c.Number
	case g == nil:
		return own
	case g[2] == "項":
		return g[1] + g[3]
	}
	return reDigits.ReplaceAllStringFunc(g[1]+g[3], japanese)
}

// japanese writes a number below 1000 with Japanese numerals.
func japanese(s string) string {
	n, _ := strconv.Atoi(s)
	var b strings.Builder
	for _, x := range []struct {
		unit int
		sign string
	}{{100, "百"}, {10, "十"}, {1, ""}} {
		d := n / x.unit % 10
		if d > 1 || d == 1 && x.unit == 1 {
			b.WriteString([]string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}[d])
		}
		if d > 0 {
			b.WriteString(x.sign)
		}
	}
	return b.String()
}
