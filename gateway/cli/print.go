package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
	"google.golang.org/protobuf/proto"
)

// json prints a value for programs.
func (a *app) json(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// jsonLine prints a value on one line.
func (a *app) jsonLine(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// show prints a value with -o json, and otherwise what the function draws.
func (a *app) show(v any, table func(p *printer)) error {
	if a.output == "json" {
		return a.json(v)
	}
	p := a.printerTo(a.out)
	table(p)
	return p.failed
}

// judged shows what was checked; what is not good ends the command with 3.
func (a *app) judged(good bool, v any, table func(p *printer)) error {
	err := a.show(v, table)
	if err == nil && !good {
		return errRefused
	}
	return err
}

// proto shows a message as JSON, or as it is drawn.
func (a *app) proto(m proto.Message, draw func(p *printer)) error {
	shown, err := protoJSON(m)
	if err != nil {
		return err
	}
	return a.show(shown, draw)
}

// colour is an SGR sequence.
type colour string

const (
	red    colour = "\x1b[31m"
	green  colour = "\x1b[32m"
	yellow colour = "\x1b[33m"
	grey   colour = "\x1b[90m"
	bold   colour = "\x1b[1m"
)

// printer writes for a terminal if there is one: in colour, as wide as it is.
type printer struct {
	w      io.Writer
	colour bool
	width  int // 0: not bounded
	failed error
}

func (a *app) printerTo(w io.Writer) *printer {
	p := &printer{w: w}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.colour = a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb"
		p.width, _, _ = term.GetSize(int(f.Fd()))
	}
	return p
}

// line prints a line, or a text that wrap has broken. What is written to the terminal
// is text, line breaks and the colours of paint, whoever it came from.
func (p *printer) line(s string) {
	var b strings.Builder
	at := 0
	for _, m := range painted.FindAllStringIndex(s, -1) {
		b.WriteString(printable(s[at:m[0]]) + s[m[0]:m[1]])
		at = m[1]
	}
	b.WriteString(printable(s[at:]))
	if _, err := fmt.Fprintln(p.w, strings.TrimRight(b.String(), " ")); err != nil && p.failed == nil {
		p.failed = err
	}
}

// painted are the sequences of paint, and the line breaks of wrap.
var painted = regexp.MustCompile(`\x1b\[(31|32|33|90|1|0)m|\n`)

func (p *printer) paint(c colour, s string) string {
	if !p.colour || s == "" {
		return s
	}
	return string(c) + s + "\x1b[0m"
}

// table prints rows under a head, columns as wide as their widest cell. What is wider
// than the terminal is broken within the cells. paint colours a cell.
func (p *printer) table(indent string, head []string, rows [][]string, paint func(column int, cell string) colour) {
	all := [][]string{head}
	for _, row := range rows {
		clean := make([]string, len(row))
		for i, cell := range row {
			clean[i] = printable(cell)
		}
		all = append(all, clean)
	}
	widths := p.widths(cells(indent), all)
	p.row(indent, head, widths, func(int, string) colour { return grey })
	for _, row := range all[1:] {
		p.row(indent, row, widths, paint)
	}
}

// widths are those of the columns: where the terminal is narrower, the columns that can
// be broken most are narrowed, to their longest words at the least. If that is not
// enough only the last one is: an id that is broken cannot be copied.
func (p *printer) widths(indent int, rows [][]string) []int {
	widths, words := make([]int, len(rows[0])), make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], cells(cell))
			for _, w := range strings.Fields(cell) {
				words[i] = max(words[i], cells(w))
			}
		}
	}
	room, last := p.width-indent, len(widths)-1
	over := func(widths []int) int { return sum(widths) + 2*last - room }
	if p.width == 0 {
		return widths
	}
	if over(words) > 0 {
		widths[last] = max(widths[last]-max(over(widths), 0), min(widths[last], minWrapped))
		return widths
	}
	for over(widths) > 0 {
		widest := 0
		for i := range widths {
			if widths[i]-words[i] > widths[widest]-words[widest] {
				widest = i
			}
		}
		widths[widest]--
	}
	return widths
}

// minWrapped is the least room in which a text is broken.
const minWrapped = 20

func (p *printer) row(indent string, row []string, widths []int, paint func(int, string) colour) {
	var lines []string
	for i, cell := range row {
		c := colour("")
		if paint != nil {
			c = paint(i, cell)
		}
		parts := broken(cell, widths[i])
		for n, part := range parts {
			if n == len(lines) {
				lines = append(lines, indent+strings.Repeat(" ", sum(widths[:i])+2*i))
			}
			if i < len(row)-1 {
				part = pad(part, widths[i])
			}
			lines[n] += p.paint(c, part) + "  "
		}
		for n := len(parts); n < len(lines); n++ {
			lines[n] += strings.Repeat(" ", widths[i]+2)
		}
	}
	for _, l := range lines {
		p.line(l)
	}
}

func sum(of []int) (n int) {
	for _, x := range of {
		n += x
	}
	return n
}

// facts prints names, so wide, and what stands for each; nothing of one that has nothing.
func (p *printer) facts(indent string, width int, rows [][2]string) {
	for _, row := range rows {
		if row[1] != "" {
			p.line(indent + p.paint(grey, pad(row[0], width)) + p.wrap(row[1], len(indent)+width))
		}
	}
}

// wrap breaks a text at spaces, so that it fits right of a column. It is not painted
// yet: what may have come from elsewhere has no line breaks or colours of its own.
func (p *printer) wrap(s string, column int) string {
	s = printable(s)
	room := p.width - column
	if p.width == 0 || room < minWrapped || cells(s) <= room {
		return s
	}
	return strings.Join(broken(s, room), "\n"+strings.Repeat(" ", column))
}

// broken are the lines of a text in so many cells; a word is left whole. There is one at least.
func broken(s string, room int) []string {
	if cells(s) <= room {
		return []string{s}
	}
	lines := []string{""}
	for _, w := range strings.Fields(s) {
		switch l := &lines[len(lines)-1]; {
		case *l == "":
			*l = w
		case cells(*l)+1+cells(w) > room:
			lines = append(lines, w)
		default:
			*l += " " + w
		}
	}
	return lines
}

// cells counts what a text takes on a terminal: Cyrillic letters take one cell
// and two bytes, combining accents none.
func cells(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.Is(unicode.Mn, r) {
			n++
		}
	}
	return n
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-cells(s), 0))
}

// printable takes out what would drive the terminal: a value comes from another
// participant's record.
func printable(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, s)
}

func or(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return s
}
