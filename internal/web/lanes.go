package web

import (
	"fmt"
	"strings"
	"time"

	"okite/internal/msg"
	"okite/internal/when"
)

// Lanes shows what held when: spans and points of time on lanes above each other, with the present marked.
type Lanes struct {
	Title    msg.Text
	From, To when.Stamp
	Now      when.Stamp
	Lanes    []Lane
}

// Lane is one line.
type Lane struct {
	Title  msg.Text
	Spans  []Span
	Points []Point
}

// Span holds from a moment to another; an open end is the end of the picture.
type Span struct {
	From, To when.Stamp
	Title    msg.Text
	Tone     Tone
}

// Point is something that happened at a moment.
type Point struct {
	At    when.Stamp
	Title msg.Text
}

const (
	lanesWidth = 880
	laneLeft   = 130
	laneTop    = 36
	laneStep   = 36
)

func laneY(i int) int { return laneTop + i*laneStep }

func (l Lanes) height() int { return laneTop + len(l.Lanes)*laneStep + 6 }

func (l Lanes) box() string { return fmt.Sprintf("0 0 %d %d", lanesWidth, l.height()) }

// x places a moment; what lies outside is drawn at the edge.
func (l Lanes) x(s when.Stamp) int {
	if s.IsZero() || s > l.To {
		s = l.To
	}
	if s < l.From {
		s = l.From
	}
	if l.To <= l.From {
		return laneLeft
	}
	return laneLeft + int(int64(lanesWidth-laneLeft-40)*int64(s-l.From)/int64(l.To-l.From))
}

func (l Lanes) w(s Span) int { return max(3, l.x(s.To)-l.x(s.From)) }

func (l Lanes) base() string {
	y := l.height() - 4
	return fmt.Sprintf("M%d %dH%d", laneLeft, y, lanesWidth-20)
}

func (l Lanes) nowLine() string {
	return fmt.Sprintf("M%d 20V%d", l.x(l.Now), l.height()-4)
}

type tick struct {
	x     int
	label string
}

func (l Lanes) tickLine(t tick) string { return fmt.Sprintf("M%d 20V%d", t.x, l.height()-4) }

// ticks are day or month marks, at most about eight.
func (l Lanes) ticks() []tick {
	from, to := l.From.Time(), l.To.Time()
	days := to.Sub(from).Hours() / 24
	var out []tick
	if days > 90 {
		step := int(days/240) + 1
		t := time.Date(from.Year(), from.Month()+1, 1, 0, 0, 0, 0, from.Location())
		for ; t.Before(to); t = t.AddDate(0, step, 0) {
			out = append(out, tick{l.x(when.StampOf(t)), fmt.Sprintf("%d/%d", t.Year(), t.Month())})
		}
		return out
	}
	step := int(days/8) + 1
	t := time.Date(from.Year(), from.Month(), from.Day()+1, 0, 0, 0, 0, from.Location())
	for ; t.Before(to); t = t.AddDate(0, 0, step) {
		out = append(out, tick{l.x(when.StampOf(t)), fmt.Sprintf("%d/%d", t.Month(), t.Day())})
	}
	if len(out) == 0 {
		out = append(out, tick{l.x(l.From), from.Format("1/2 15:04")})
	}
	return out
}

// words is the picture for those who do not see it.
func (l Lanes) words(lang msg.Lang) string {
	var b strings.Builder
	b.WriteString(l.Title.In(lang))
	for _, lane := range l.Lanes {
		b.WriteString(msg.T("。", ". ").In(lang) + lane.Title.In(lang) + msg.T("：", ": ").In(lang))
		for i, s := range lane.Spans {
			if i > 0 {
				b.WriteString(msg.T("、", ", ").In(lang))
			}
			to := s.To.Short(lang)
			if s.To.IsZero() {
				to = msg.T("現在", "now").In(lang)
			}
			b.WriteString(s.Title.In(lang) + " " + s.From.Short(lang) + msg.T("から", " to ").In(lang) + to)
		}
		for _, p := range lane.Points {
			b.WriteString(" " + p.Title.In(lang) + " " + p.At.Short(lang))
		}
	}
	return b.String()
}
