package register

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"okite/internal/db"
	"okite/internal/ref"
)

// The search index holds every pair of neighbouring signs (bigram), made here and not by the database, so that both
// engines find the same and two-character words such as 監査 are found at all. The folded text beside it makes the
// answer exact.

// Hit is a record the search found.
type Hit struct {
	Ref   ref.Ref
	Label string
	Unit  string // that owns the record, "" when none
	Ended bool
}

// foldText is the form in which texts are compared: NFKC, lower case, blanks as one, katakana as hiragana.
func foldText(s string) string {
	var b strings.Builder
	blank := true
	for _, r := range norm.NFKC.String(s) {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			if !blank {
				b.WriteByte(' ')
			}
			blank = true
			continue
		case r >= 'ァ' && r <= 'ヶ':
			r -= 'ァ' - 'ぁ'
		default:
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
		blank = false
	}
	return strings.TrimRight(b.String(), " ")
}

// sign writes a rune as four letters a–z: a token no engine takes apart. Runes beyond 26⁴ share tokens with others;
// the folded text tells them apart.
func sign(b []byte, r rune) []byte {
	n := int(r) % (26 * 26 * 26 * 26)
	return append(b, byte('a'+n/17576), byte('a'+n/676%26), byte('a'+n/26%26), byte('a'+n%26))
}

// bigrams is the tokens of a folded text, parted by blanks: each pair of signs within a word, and each word's last
// sign, so that the beginning of a token finds every single sign.
func bigrams(folded string, seen map[string]bool) string {
	var out []byte
	for _, w := range strings.Fields(folded) {
		rs := []rune(w)
		for i := range rs {
			from := len(out)
			out = sign(out, rs[i])
			if i+1 < len(rs) {
				out = sign(out, rs[i+1])
			}
			token := string(out[from:])
			if seen[token] {
				out = out[:from]
				continue
			}
			seen[token] = true
			out = append(out, ' ')
		}
	}
	return strings.TrimRight(string(out), " ")
}

// registerToken limits a search to one register. No bigram has nine letters.
func registerToken(name string) string {
	return "register" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return 'z'
	}, strings.ToLower(name))
}

// document is what the index keeps of a record; false when the register has nothing to find.
func (d *Def) document(r Row) (body, words string, ok bool) {
	var parts []string
	for i, f := range d.Fields {
		if f.Search {
			if s, is := r[i].(string); is && s != "" {
				parts = append(parts, foldText(s))
				ok = true
			}
		}
	}
	sets := d.setTokens(r)
	if !ok && sets == "" {
		return "", "", false
	}
	body = strings.Join(parts, " / ")
	words = registerToken(d.Name) + " " + bigrams(body, map[string]bool{})
	return body, strings.TrimRight(words+" "+sets, " "), true
}

func (d *Def) label(r Row) string { return Raw(d.Get(r, d.Label)) }

func (d *Def) unit(r Row) string {
	if d.Unit == "" {
		return ""
	}
	return d.Str(r, d.Unit)
}

// index puts a record into the search index in the transaction that changes it.
func (d *Def) index(ctx context.Context, tx *db.Tx, r Row, ended bool) error {
	body, words, ok := d.document(r)
	if !ok {
		return nil
	}
	key, label, unit := d.Key(r), d.label(r), d.unit(r)
	if tx.Dialect() == db.Postgres {
		_, err := tx.Exec(ctx, `INSERT INTO search_doc (register, key, label, unit, ended, body, words) VALUES ($1, $2, $3, $4, $5, $6, array_to_tsvector(string_to_array($7, ' ')))
ON CONFLICT (register, key) DO UPDATE SET label = excluded.label, unit = excluded.unit, ended = excluded.ended, body = excluded.body, words = excluded.words`,
			d.Name, key, label, unit, ended, body, words)
		if err != nil {
			return fmt.Errorf("index %s %s: %w", d.Name, key, err)
		}
		return nil
	}
	var id int64
	err := tx.QueryRow(ctx, upsertLite,
		d.Name, key, label, unit, ended, body).Scan(&id)
	if err != nil {
		return fmt.Errorf("index %s %s: %w", d.Name, key, err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM search_words WHERE rowid = $1`, id); err != nil {
		return fmt.Errorf("index %s %s: %w", d.Name, key, err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO search_words (rowid, words) VALUES ($1, $2)`, id, words); err != nil {
		return fmt.Errorf("index %s %s: %w", d.Name, key, err)
	}
	return nil
}

// upsertLite puts a record beside its words, on SQLite.
const upsertLite = `INSERT INTO search_doc (register, key, label, unit, ended, body) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (register, key) DO UPDATE SET label = excluded.label, unit = excluded.unit, ended = excluded.ended, body = excluded.body RETURNING id`

// match is the question to the index for some words, and the folded words themselves. "" when there are none.
func match(text, register string, dialect db.Dialect) (string, []string) {
	terms := strings.Fields(foldText(text))
	if len(terms) == 0 {
		return "", nil
	}
	if len(terms) > 10 {
		terms = terms[:10]
	}
	var tokens []string
	seen := map[string]bool{}
	for _, t := range terms {
		rs := []rune(t)
		if len(rs) > 60 {
			rs = rs[:60]
		}
		if len(rs) == 1 {
			tokens = append(tokens, prefix(string(sign(nil, rs[0])), dialect))
			continue
		}
		for i := 0; i+1 < len(rs); i++ {
			token := string(sign(sign(nil, rs[i]), rs[i+1]))
			if !seen[token] {
				seen[token] = true
				tokens = append(tokens, token)
			}
		}
	}
	if register != "" {
		tokens = append(tokens, registerToken(register))
	}
	if dialect == db.Postgres {
		return strings.Join(tokens, " & "), terms
	}
	return strings.Join(tokens, " AND "), terms
}

// unsure gives the terms that the index alone does not decide. One or two signs are one token, which is there where they
// stand side by side; the signs of the basic plane from Myanmar on, Japanese ones among them, share it with none in use.
func unsure(terms []string) (out []string) {
	for _, t := range terms {
		rs := []rune(t)
		if len(rs) > 2 || slices.ContainsFunc(rs, func(r rune) bool { return r < 0x1000 || r > 0xFFFF }) {
			out = append(out, t)
		}
	}
	return out
}

func prefix(token string, dialect db.Dialect) string {
	if dialect == db.Postgres {
		return token + ":*"
	}
	return token + " *"
}

const (
	foundLite = `SELECT d.%s FROM search_words JOIN search_doc d ON d.id = search_words.rowid WHERE search_words MATCH %%s`
	foundPost = `SELECT d.%s FROM search_doc d WHERE d.words @@ to_tsquery('simple', %%s)`
)

func found(columns string, dialect db.Dialect) string {
	if dialect == db.Postgres {
		return fmt.Sprintf(foundPost, columns)
	}
	return fmt.Sprintf(foundLite, columns)
}

// Search finds records of any register that hold every word, running ones first, then by register and key.
func (c *Catalog) Search(ctx context.Context, tx *db.Tx, text string, limit int) ([]Hit, error) {
	m, terms := match(text, "", tx.Dialect())
	if m == "" {
		return nil, nil
	}
	w := &where{}
	w.add(found("register, d.key, d.label, d.unit, d.ended", tx.Dialect()), m)
	for _, t := range unsure(terms) {
		w.add("d.body LIKE %s ESCAPE '!'", "%"+like(t)+"%")
	}
	q := strings.Join(w.parts, " AND ") + fmt.Sprintf(" ORDER BY d.ended, d.register, d.key LIMIT %d", limit)
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (Hit, error) {
		var h Hit
		return h, r.Scan(&h.Ref.Register, &h.Ref.Key, &h.Label, &h.Unit, &h.Ended)
	}, q, w.args...)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return out, nil
}
