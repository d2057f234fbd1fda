package when

import (
	"fmt"
	"time"

	"okite/internal/msg"
)

// Stamp is a moment in microseconds since 1970-01-01 UTC. Zero means none.
type Stamp int64

// StampOf is the moment t cut to microseconds; the zero time gives none.
func StampOf(t time.Time) Stamp {
	if t.IsZero() {
		return 0
	}
	return Stamp(t.UnixMicro())
}

// Time is the moment in Japan's zone; none gives the zero time.
func (s Stamp) Time() time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(s)).In(Japan)
}

// IsZero says whether there is no moment.
func (s Stamp) IsZero() bool { return s == 0 }

// Date is the day in Japan.
func (s Stamp) Date() Date { return Of(s.Time()) }

// String is RFC 3339 with Japan's offset, "" for none.
func (s Stamp) String() string {
	if s == 0 {
		return ""
	}
	return s.Time().Format(time.RFC3339Nano)
}

// MarshalText writes RFC 3339.
func (s Stamp) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what ParseStamp reads; nothing reads as none.
func (s *Stamp) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*s = 0
		return nil
	}
	*s, err = ParseStamp(string(b))
	return err
}

// Text is the form for pages, to the minute: 令和8年11月24日 9:00 or 24 November 2026, 09:00.
func (s Stamp) Text(lang msg.Lang) string {
	if s == 0 {
		return ""
	}
	t := s.Time()
	if lang == msg.EN {
		return t.Format("2 January 2006, 15:04")
	}
	return fmt.Sprintf("%s %d:%02d", Of(t).Wareki(), t.Hour(), t.Minute())
}

// Short is the form for dense tables: R8.11.24 9:00 or 24 Nov 2026 09:00.
func (s Stamp) Short(lang msg.Lang) string {
	if s == 0 {
		return ""
	}
	t := s.Time()
	if lang == msg.EN {
		return t.Format("2 Jan 2006 15:04")
	}
	return fmt.Sprintf("%s %d:%02d", Of(t).Short(lang), t.Hour(), t.Minute())
}

// Both gives a moment in each language, for putting into a msg.F.
func (s Stamp) Both() msg.Text { return msg.Text{JA: s.Text(msg.JA), EN: s.Text(msg.EN)} }

// ParseStamp reads RFC 3339, or a day and a time of day in Japan: 2026-11-24 9:00, 2026-11-24T09:00:05.
func ParseStamp(s string) (Stamp, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return StampOf(t), nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999", "2006-01-02 15:04:05.999999", "2006-01-02T15:04", "2006-01-02 15:04",
		"2006/1/2 15:04:05", "2006/1/2 15:04"} {
		if t, err := time.ParseInLocation(layout, s, Japan); err == nil {
			return StampOf(t), nil
		}
	}
	return 0, refuse(msg.F("「%s」は日時として読み取れません。「2026-11-24 09:00」のように入力してください。",
		"“%s” cannot be read as a date and time. Enter it as in 2026-11-24 09:00.", s))
}
