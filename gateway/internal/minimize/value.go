package minimize

import (
	"encoding/base64"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Every append function of this package returns dst as it was, and false, where
// there is nothing to say.

// appendValue writes one value as it stands in the record.
func appendValue(dst []byte, s *step, v reflect.Value) ([]byte, bool) {
	switch s.kind {
	case protoreflect.StringKind:
		return appendString(dst, v.String()), v.Len() > 0
	case protoreflect.BytesKind:
		return appendBase64(dst, v.Bytes()), v.Len() > 0
	case protoreflect.Int32Kind:
		return strconv.AppendInt(dst, v.Int(), 10), true
	case protoreflect.EnumKind:
		return s.words.append(dst, protoreflect.EnumNumber(v.Int()))
	case protoreflect.MessageKind:
		p, ok := v.Interface().(*homewardv1.Place)
		if !ok {
			return dst, false
		}
		return appendPlace(dst, p)
	}
	return dst, false
}

// words are what the values of an enum are called, as JSON: the name without the
// prefix that is its type's, "true" of TRISTATE_TRUE. What is unspecified has none.
type words map[protoreflect.EnumNumber]string

func wordsOf(ed protoreflect.EnumDescriptor) words {
	w, values := make(words), ed.Values()
	prefix := strings.TrimSuffix(string(values.ByNumber(0).Name()), "UNSPECIFIED")
	for i := range values.Len() {
		if v := values.Get(i); v.Number() != 0 {
			w[v.Number()] = string(appendString(nil, strings.ToLower(strings.TrimPrefix(string(v.Name()), prefix))))
		}
	}
	return w
}

// The enums of an assertion.
var (
	kindWords     = sync.OnceValue(func() words { return wordsOf(homewardv1.AssertionKind(0).Descriptor()) })
	identityWords = sync.OnceValue(func() words { return wordsOf(homewardv1.Identity(0).Descriptor()) })
)

func (w words) append(dst []byte, n protoreflect.EnumNumber) ([]byte, bool) {
	word, ok := w[n]
	return append(dst, word...), ok
}

// appendAssertion writes one assertion. What links the identities and what
// tells where it came from are written only where they were released themselves.
func appendAssertion(dst []byte, a *homewardv1.Assertion, also parts) ([]byte, bool) {
	if a.GetValue() == "" && a.GetPlace() == nil {
		return dst, false
	}
	o := object{dst: append(dst, '{')}
	o.text("value", a.GetValue())
	o.text("script", a.GetScript())
	o.text("language", a.GetLanguage())
	o.place("place", a.GetPlace())
	if also.kind {
		o.enum("kind", kindWords(), a.GetKind().Number())
		o.enum("transliteration_of", identityWords(), a.GetTransliterationOf().Number())
	}
	if also.provenance {
		o.text("source", a.GetSource())
		o.text("asserted_at", a.GetAssertedAt())
		o.text("reliability", a.GetReliability())
		if c := a.GetCredibility(); c != 0 {
			o.key("credibility")
			o.dst = strconv.AppendInt(o.dst, int64(c), 10)
		}
	}
	return o.end(len(dst))
}

func appendPlace(dst []byte, p *homewardv1.Place) ([]byte, bool) {
	o := object{dst: append(dst, '{')}
	o.text("country", p.GetCountry())
	o.text("oblast", p.GetOblast())
	o.text("raion", p.GetRaion())
	o.text("hromada", p.GetHromada())
	o.text("settlement", p.GetSettlement())
	o.text("point", p.GetPoint())
	o.text("katottg", p.GetKatottg())
	return o.end(len(dst))
}

// object writes the members of a JSON object that have a value.
type object struct {
	dst []byte
	any bool
}

func (o *object) key(name string) {
	open := `,"`
	if !o.any {
		open = `"`
	}
	o.any = true
	o.dst = append(append(append(o.dst, open...), name...), '"', ':')
}

func (o *object) text(name, value string) {
	if value != "" {
		o.key(name)
		o.dst = appendString(o.dst, value)
	}
}

func (o *object) enum(name string, w words, n protoreflect.EnumNumber) {
	if word, ok := w[n]; ok {
		o.key(name)
		o.dst = append(o.dst, word...)
	}
}

func (o *object) place(name string, p *homewardv1.Place) {
	if p == nil {
		return
	}
	before := *o
	o.key(name)
	dst, ok := appendPlace(o.dst, p)
	o.take(before, dst, ok)
}

// take keeps the value of the last key, or takes the key back.
func (o *object) take(before object, dst []byte, ok bool) {
	if o.dst = dst; !ok {
		*o = before
	}
}

// end closes the object; one without members is taken back.
func (o *object) end(start int) ([]byte, bool) {
	if !o.any {
		return o.dst[:start], false
	}
	return append(o.dst, '}'), true
}

func appendBase64(dst, b []byte) []byte {
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, b)
	return append(dst, '"')
}

// appendString writes a JSON string (RFC 8259 section 7). A run of bytes that
// are no UTF-8 becomes one U+FFFD.
func appendString(dst []byte, s string) []byte {
	var high byte
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			return appendEscaped(dst, s)
		}
		high |= s[i]
	}
	if high >= utf8.RuneSelf && !utf8.ValidString(s) {
		return appendEscaped(dst, s)
	}
	return append(append(append(dst, '"'), s...), '"')
}

// appendEscaped is appendString of what is not copied as it stands.
func appendEscaped(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, c := range []byte(strings.ToValidUTF8(s, "\uFFFD")) {
		switch {
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
