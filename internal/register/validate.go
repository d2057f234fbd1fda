package register

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
)

// exists says which of some keys a register holds.
type exists func(register string, keys []string) (map[string]bool, error)

func stores(ctx context.Context, tx *db.Tx, c *Catalog) exists {
	return func(register string, keys []string) (map[string]bool, error) {
		d := c.Must(register)
		out := map[string]bool{}
		for part := range slices.Chunk(keys, lookupPart) {
			cond, arg := among(tx, part)
			key := quote(d.KeyField().Name)
			found, err := db.Rows(ctx, tx, func(r *sql.Rows) (k string, err error) {
				err = r.Scan(&k)
				return k, err
			}, fmt.Sprintf("SELECT %s FROM %s WHERE %s %s", key, d.table(), key, cond), arg)
			if err != nil {
				return nil, fmt.Errorf("look up %s: %w", register, err)
			}
			for _, k := range found {
				out[k] = true
			}
		}
		return out, nil
	}
}

// validate gathers every mistake of a row at its field. old is nil for a new record; what has not changed is not
// judged again, so that a record from before a rule can still be worked on.
func (c *Catalog) validate(d *Def, old, next Row, known exists) error {
	var l fault.List
	for i, f := range d.Fields {
		v := next[i]
		if f.Required && empty(f, v) {
			l.Add(f.Name, required(d, f))
			continue
		}
		if old != nil && equal(old[i], v) {
			continue
		}
		if m, ok := c.wrong(f, v); ok {
			l.Add(f.Name, m)
			continue
		}
		if f.Refers == "" {
			continue
		}
		missing, err := c.missing(f, v, known)
		if err != nil {
			return err
		}
		if missing != "" {
			l.Add(f.Name, msg.F("%s「%s」は台帳「%s」にありません。", "%s: “%s” is not in the register “%s”.", f.Title, missing, c.Must(f.Refers).Title))
		}
	}
	return l.Err()
}

// required is the sentence for a field left empty: 資産の名称 says more than 名称.
func required(d *Def, f Field) msg.Text {
	choose := f.Kind == Enum || f.Kind == Ref || f.Kind == Set
	t := msg.F("%sの%s", "%s: %s", d.Title, f.Title)
	if choose {
		return msg.F("%sを選んでください。", "%s – please choose.", t)
	}
	return msg.F("%sを入力してください。", "%s – please fill in.", t)
}

func empty(f Field, v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(x) == ""
	case []string:
		return len(x) == 0
	case bool:
		return false
	}
	if f.Kind == Int {
		return false
	}
	return reflect.ValueOf(v).IsZero()
}

// equal compares two values of one field.
func equal(a, b any) bool {
	x, set := a.([]string)
	y, too := b.([]string)
	if set || too {
		return slices.Equal(x, y)
	}
	return a == b
}

// wrong finds what is wrong with a value by itself.
func (c *Catalog) wrong(f Field, v any) (msg.Text, bool) {
	switch x := v.(type) {
	case string:
		switch f.Kind {
		case Enum:
			if x == "" {
				return msg.Text{}, false
			}
			return c.unknownCode(f, x)
		case Text, Long:
			return wrongText(f, x)
		}
	case []string:
		for _, s := range x {
			if strings.ContainsFunc(s, unicode.IsSpace) || s == "" {
				return msg.F("%sの値に空白は使えません。", "A value of %s cannot hold a blank.", f.Title), true
			}
			if f.Vocab != "" {
				if m, bad := c.unknownCode(f, s); bad {
					return m, true
				}
			}
		}
	}
	return msg.Text{}, false
}

func (c *Catalog) unknownCode(f Field, code string) (msg.Text, bool) {
	if v := c.pack.Vocab(f.Vocab); v != nil {
		if _, ok := v.Term(code); ok {
			return msg.Text{}, false
		}
	}
	return msg.F("%sに「%s」という選択肢はありません。次の中から選んでください：%s", "%s has no choice “%s”. Choose one of: %s", f.Title, code, c.choices(f)), true
}

func wrongText(f Field, s string) (msg.Text, bool) {
	if n := utf8.RuneCountInString(s); n > f.Max {
		return msg.F("%sは%d文字以内で入力してください（現在%d文字）。", "%s has at most %d characters (now %d).", f.Title, f.Max, n), true
	}
	if !utf8.ValidString(s) {
		return msg.F("%sに読み取れない文字が含まれています。", "%s holds signs that cannot be read.", f.Title), true
	}
	for _, r := range s {
		switch {
		case f.Kind == Long && (r == '\n' || r == '\t'):
		case r == '\n' || r == '\r':
			return msg.F("%sは1行で入力してください。", "%s has one line.", f.Title), true
		case unicode.IsControl(r):
			return msg.F("%sに制御文字は使えません。", "%s cannot hold control characters.", f.Title), true
		case f.Key && (unicode.IsSpace(r) || r == '、' || r == ',' || r == ';'):
			return msg.F("%sに空白や読点は使えません。", "%s cannot hold blanks or commas.", f.Title), true
		}
	}
	// bp.9.4: residents' numbers stay inside the My-Number zone; this product takes none in
	if IndividualNumber(s) {
		return msg.F("%sに個人番号（マイナンバー）と思われる12桁の数字が含まれています。個人番号は記録できません（9(4)）。",
			"%s holds twelve digits that form an individual number. Individual numbers cannot be kept here (9(4)).", f.Title), true
	}
	return msg.Text{}, false
}

func (c *Catalog) missing(f Field, v any, known exists) (string, error) {
	var keys []string
	switch x := v.(type) {
	case string:
		if x == "" {
			return "", nil
		}
		keys = []string{x}
	case []string:
		keys = x
	}
	if len(keys) == 0 {
		return "", nil
	}
	have, err := known(f.Refers, keys)
	if err != nil {
		return "", err
	}
	for _, k := range keys {
		if !have[k] {
			return k, nil
		}
	}
	return "", nil
}
