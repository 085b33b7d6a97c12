package decide

import (
	"slices"
	"strconv"
	"unicode/utf8"
)

// writer encodes the input of a policy: JSON in one way only, so that equal
// contexts have equal bytes and different ones have different bytes. Keys are
// written by us, in a fixed order; only texts can come from outside.
type writer struct{ b []byte }

func (w *writer) open()  { w.b = append(w.b, '{') }
func (w *writer) close() { w.b = append(w.b, '}') }

// key starts a member.
func (w *writer) key(name string) {
	if last := w.b[len(w.b)-1]; last != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(w.b, '"')
	w.b = append(w.b, name...)
	w.b = append(w.b, '"', ':')
}

func (w *writer) object(name string) {
	w.key(name)
	w.open()
}

func (w *writer) text(name, value string) {
	w.key(name)
	w.b = appendText(w.b, value)
}

func (w *writer) flag(name string, value bool) {
	w.key(name)
	w.b = strconv.AppendBool(w.b, value)
}

func (w *writer) number(name string, value int) {
	w.key(name)
	w.b = strconv.AppendInt(w.b, int64(value), 10)
}

func (w *writer) tri(name string, value Tri) {
	w.key(name)
	w.b = append(w.b, value.word()...)
}

func (w *writer) texts(name string, values []string) {
	w.key(name)
	w.b = append(w.b, '[')
	for i, v := range values {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = appendText(w.b, v)
	}
	w.b = append(w.b, ']')
}

// columns writes an object of the columns that a statement opens ("yes") or will
// open once people have decided ("waiting"). What is no column is left out.
func (w *writer) columns(name string, open, waiting []string) {
	w.object(name)
	for _, c := range Columns() {
		switch {
		case slices.Contains(open, c):
			w.tri(c, Yes)
		case slices.Contains(waiting, c):
			w.text(c, "waiting")
		}
	}
	w.close()
}

func (w *writer) party(name string, p Party) {
	w.object(name)
	w.text("id", p.ID)
	w.text("kind", p.Kind)
	w.flag("authority_of_origin", p.AuthorityOfOrigin)
	w.flag("prohibited", p.Prohibited)
	w.flag("suspended", p.Suspended)
	w.close()
}

// word is the fact as the policy reads it. A value that is no Tri is unknown.
func (t Tri) word() string {
	switch t {
	case Yes:
		return `"yes"`
	case No:
		return `"no"`
	}
	return `"unknown"`
}

func yes(b bool) Tri {
	if b {
		return Yes
	}
	return No
}

// appendText writes a JSON string (RFC 8259). A byte that is no UTF-8 is
// written as U+DC80 and so on, an escape that no UTF-8 text can give, so that
// two texts never look alike.
func appendText(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
			i++
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			i++
		case c < utf8.RuneSelf:
			b = append(b, c)
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(b, '\\', 'u', 'd', 'c', hex[c>>4], hex[c&15])
			} else {
				b = append(b, s[i:i+size]...)
			}
			i += size
		}
	}
	return append(b, '"')
}
