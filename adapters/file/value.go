package file

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode"

	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/schemas/edtf"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// write puts a cell into the child. what is empty if all is well; it never
// holds the cell's text.
func (f *field) write(child *homewardv1.ChildRecord, cell string) (what string) {
	cells := []string{cell}
	if f.Split != "" {
		cells = strings.Split(cell, f.Split)
	}
	for _, c := range cells {
		c, known := f.word(strings.TrimSpace(c))
		if !known {
			return "is no word that the mapping's enum has"
		}
		if c == "" {
			continue
		}
		v, what := f.value(c)
		if what != "" {
			return what
		}
		f.target.set(child, v, f.model)
	}
	return ""
}

// word is what the mapping's enum makes of a cell.
func (f *field) word(cell string) (word string, known bool) {
	if f.Enum == nil || cell == "" {
		return cell, true
	}
	word, known = f.Enum[cell]
	return word, known
}

func (f *field) value(cell string) (v protoreflect.Value, what string) {
	switch f.Type {
	case "date":
		date, ok := f.date(cell)
		if !ok {
			return v, "is no date as the mapping writes them"
		}
		return protoreflect.ValueOfString(date), ""
	case "number":
		n, err := strconv.ParseInt(cell, 10, 32)
		if err != nil {
			return v, "is no whole number"
		}
		return protoreflect.ValueOfInt32(int32(n)), ""
	case "base64":
		b, err := base64.StdEncoding.DecodeString(cell)
		if err != nil {
			return v, "is no base64"
		}
		return protoreflect.ValueOfBytes(b), ""
	case "bool":
		t, ok := tristate(cell)
		if !ok {
			return v, "is neither true, false nor unknown"
		}
		return protoreflect.ValueOfEnum(t.Number()), ""
	}
	return protoreflect.ValueOfString(cell), ""
}

func tristate(word string) (homewardv1.Tristate, bool) {
	switch strings.ToLower(word) {
	case "true", "yes", "1":
		return homewardv1.Tristate_TRISTATE_TRUE, true
	case "false", "no", "0":
		return homewardv1.Tristate_TRISTATE_FALSE, true
	case "unknown":
		return homewardv1.Tristate_TRISTATE_UNSPECIFIED, true
	}
	return 0, false
}

// date returns the cell as EDTF.
func (f *field) date(cell string) (string, bool) {
	for _, d := range f.dates {
		if date, ok := d.read(cell); ok {
			return date, true
		}
	}
	if len(f.dates) > 0 {
		return "", false
	}
	_, ok := edtf.Parse(cell)
	return cell, ok
}

// dateFormat is a format of a mapping: the letters YYYY, MM and DD, and what
// stands between them. Go's own layouts are not for people who write mappings.
type dateFormat []string

func parseFormat(text string) (dateFormat, bool) {
	var f dateFormat
	seen := make(map[string]int)
	for rest := text; rest != ""; {
		part := ""
		for _, p := range []string{"YYYY", "MM", "DD"} {
			if strings.HasPrefix(rest, p) {
				part = p
			}
		}
		if part == "" {
			r := []rune(rest)[0]
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return nil, false
			}
			part = string(r)
		}
		seen[part]++
		f = append(f, part)
		rest = rest[len(part):]
	}
	ok := seen["YYYY"] == 1 && seen["MM"] <= 1 && seen["DD"] <= seen["MM"]
	return f, ok
}

// read returns the date as EDTF, in the precision that the format has.
func (f dateFormat) read(cell string) (string, bool) {
	parts := make(map[string]string)
	for _, p := range f {
		if len(cell) < len(p) {
			return "", false
		}
		head := cell[:len(p)]
		cell = cell[len(p):]
		switch p {
		case "YYYY", "MM", "DD":
			if strings.Trim(head, "0123456789") != "" {
				return "", false
			}
			parts[p] = head
		default:
			if head != p {
				return "", false
			}
		}
	}
	date := parts["YYYY"]
	for _, p := range []string{"MM", "DD"} {
		if parts[p] != "" {
			date += "-" + parts[p]
		}
	}
	_, ok := edtf.Parse(date)
	return date, ok && cell == ""
}

// script is the ISO 15924 code of a text in one script; "" for a mixed one.
func script(text string) string {
	found := ""
	for _, r := range text {
		s := ""
		switch {
		case unicode.Is(unicode.Cyrillic, r):
			s = "Cyrl"
		case unicode.Is(unicode.Latin, r):
			s = "Latn"
		case unicode.IsLetter(r):
			return ""
		default:
			continue
		}
		if found != "" && s != found {
			return ""
		}
		found = s
	}
	return found
}
