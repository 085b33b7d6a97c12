package minimize

import (
	"encoding/base64"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Every append function of this package returns dst as it was, and false, where
// there is nothing to say.

// appendValue writes one value as it stands in the record.
func appendValue(dst []byte, fd protoreflect.FieldDescriptor, v reflect.Value) ([]byte, bool) {
	switch fd.Kind() {
	case protoreflect.StringKind:
		return appendString(dst, v.String()), v.Len() > 0
	case protoreflect.BytesKind:
		return appendBase64(dst, v.Bytes()), v.Len() > 0
	case protoreflect.Int32Kind:
		return strconv.AppendInt(dst, v.Int(), 10), true
	case protoreflect.EnumKind:
		return appendEnum(dst, fd.Enum(), protoreflect.EnumNumber(v.Int()))
	case protoreflect.MessageKind:
		p, ok := v.Interface().(*homewardv1.Place)
		if !ok {
			return dst, false
		}
		return appendPlace(dst, p)
	}
	return dst, false
}

// appendEnum writes the name without the prefix that is its type's: "true" of
// TRISTATE_TRUE. What is unspecified or unknown is nothing.
func appendEnum(dst []byte, ed protoreflect.EnumDescriptor, n protoreflect.EnumNumber) ([]byte, bool) {
	value := ed.Values().ByNumber(n)
	if value == nil || n == 0 {
		return dst, false
	}
	unspecified := string(ed.Values().ByNumber(0).Name())
	prefix := strings.TrimSuffix(unspecified, "UNSPECIFIED")
	return appendString(dst, strings.ToLower(strings.TrimPrefix(string(value.Name()), prefix))), true
}

// appendAssertion writes one assertion. What links the identities and what
// tells where it came from are written only where they were released themselves.
func appendAssertion(dst []byte, a *homewardv1.Assertion, kind, provenance bool) ([]byte, bool) {
	if a.GetValue() == "" && a.GetPlace() == nil {
		return dst, false
	}
	o := object{dst: append(dst, '{')}
	o.text("value", a.GetValue())
	o.text("script", a.GetScript())
	o.text("language", a.GetLanguage())
	o.place("place", a.GetPlace())
	if kind {
		o.enum("kind", a.GetKind())
		o.enum("transliteration_of", a.GetTransliterationOf())
	}
	if provenance {
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
	if o.any {
		o.dst = append(o.dst, ',')
	}
	o.any = true
	o.dst = append(o.dst, '"')
	o.dst = append(o.dst, name...)
	o.dst = append(o.dst, '"', ':')
}

func (o *object) text(name, value string) {
	if value != "" {
		o.key(name)
		o.dst = appendString(o.dst, value)
	}
}

func (o *object) enum(name string, e protoreflect.Enum) {
	if e.Number() != 0 {
		before := *o
		o.key(name)
		dst, ok := appendEnum(o.dst, e.Descriptor(), e.Number())
		o.take(before, dst, ok)
	}
}

func (o *object) place(name string, p *homewardv1.Place) {
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
	const hex = "0123456789abcdef"
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	dst = append(dst, '"')
	plain := 0 // where the bytes begin that need no escape and are not yet written
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[plain:i]...)
		plain = i + 1
		if c < ' ' {
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		} else {
			dst = append(dst, '\\', c)
		}
	}
	dst = append(dst, s[plain:]...)
	return append(dst, '"')
}
