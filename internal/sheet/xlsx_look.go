package sheet

import (
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"

	"okite/internal/when"
)

// look is what a cell's number format makes of a number: a day, a time of day, both, or digits with leading zeros.
type look struct {
	day, clock bool
	zeros      int // least digits, for codes such as 011002 kept as numbers; 0 for none
}

func lower(s string) string { return strings.ToLower(s) }

// readStyles reads the number formats of the workbook.
func (b *book) readStyles(part string) error {
	custom := map[int]string{}
	in := false
	return b.tokens(part, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "numFmt":
				if id, err := strconv.Atoi(attr(t, "numFmtId")); err == nil && len(custom) < 100_000 {
					custom[id] = attr(t, "formatCode")
				}
			case "cellXfs":
				in = true
			case "xf":
				if in && len(b.style) < 100_000 {
					id, _ := strconv.Atoi(attr(t, "numFmtId"))
					b.style = append(b.style, lookOf(id, custom))
				}
			}
		case xml.EndElement:
			if t.Name.Local == "cellXfs" {
				in = false
			}
		}
		return nil
	})
}

// lookOf knows the formats built into Excel, the Japanese ones (27–36, 50–58) among them, and reads the others.
func lookOf(id int, custom map[int]string) look {
	if code, ok := custom[id]; ok {
		return readFormat(code)
	}
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 58:
		return look{day: true}
	case id == 22:
		return look{day: true, clock: true}
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47:
		return look{clock: true}
	}
	return look{}
}

// readFormat looks for the signs of days and times outside quotes and brackets, in the first section of the code.
func readFormat(code string) look {
	var b strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"', '[':
			closing := byte('"')
			if c == '[' {
				closing = ']'
			}
			if j := strings.IndexByte(code[i+1:], closing); j >= 0 {
				if in := lower(code[i+1 : i+1+j]); c == '[' && strings.Trim(in, "hms") == "" {
					return look{} // elapsed time: a number of hours is no time of day
				}
				i += 1 + j
			}
		case '\\', '_', '*':
			i++
		default:
			b.WriteByte(c)
		}
	}
	s, _, _ := strings.Cut(lower(b.String()), ";")
	s = strings.NewReplacer("general", "", "g/標準", "", "e+", "", "e-", "").Replace(s)
	if s != "" && strings.Trim(s, "0") == "" && len(s) > 1 {
		return look{zeros: len(s)}
	}
	l := look{day: strings.ContainsAny(s, "ydge"), clock: strings.ContainsAny(s, "hs")}
	if !l.day && !l.clock && strings.Contains(s, "m") {
		l.day = true
	}
	return l
}

// number is the text of a numeric cell.
func (l look) number(s string, d1904 bool) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	if (l.day || l.clock) && f >= 0 && f < 2958466 {
		return l.moment(f, d1904)
	}
	out := plainNumber(f)
	if l.zeros > len(out) && strings.Trim(out, "0123456789") == "" {
		return strings.Repeat("0", l.zeros-len(out)) + out
	}
	return out
}

// plainNumber writes a number as Excel shows it: 15 digits, no exponent where it can be avoided.
func plainNumber(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.FormatInt(int64(f), 10)
	}
	short, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	if a := math.Abs(short); a >= 1e-9 && a < 1e21 {
		return strconv.FormatFloat(short, 'f', -1, 64)
	}
	return strconv.FormatFloat(short, 'g', -1, 64)
}

// moment is a serial number as a day and a time. The 1900 system has a 29 February 1900 that never was (serial 60);
// the 1904 system begins on 1 January 1904 with 0.
func (l look) moment(f float64, d1904 bool) string {
	sec := int64(math.Round((f - math.Floor(f)) * 86400))
	days := int64(math.Floor(f)) + sec/86400
	sec %= 86400
	clock := fmt.Sprintf("%02d:%02d:%02d", sec/3600, sec/60%60, sec%60)
	if !l.day || (!d1904 && days == 0 && l.clock) {
		if days > 0 && !l.day {
			return plainNumber(f)
		}
		return clock
	}
	base := when.On(1899, 12, 30)
	switch {
	case d1904:
		base = when.On(1904, 1, 1)
	case days < 60:
		base++
	case days == 60:
		return "1900-02-29"
	}
	d := base + when.Date(days)
	y, m, day := d.YMD()
	out := fmt.Sprintf("%04d-%02d-%02d", y, m, day)
	if sec != 0 {
		out += " " + clock
	}
	return out
}

// isoDate cuts a midnight off a cell of type "d".
func isoDate(s string) string {
	d, t, ok := strings.Cut(s, "T")
	if !ok {
		return s
	}
	t, _, _ = strings.Cut(strings.TrimSuffix(t, "Z"), ".")
	if strings.Trim(t, "0:") == "" {
		return d
	}
	return d + " " + t
}
