package sightings

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"buf.build/go/protovalidate"
	"golang.org/x/text/unicode/norm"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/edtf"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// CodeLookalike refuses text that reads as something else than it is: a word of
// letters from two alphabets, or signs that are not seen.
const CodeLookalike problem.Code = "lookalike_text"

// MaxAtOnce is how many reports one call may submit.
const MaxAtOnce = 40

// Check says what is wrong with a message of this service: first its form by the
// rules of the schema, then what they cannot say. Nothing of it is quoted.
func Check(m proto.Message) error {
	if err := protovalidate.Validate(m); err != nil {
		return violated(err)
	}
	return texts(m.ProtoReflect(), "")
}

// CheckSighting is Check, with the dates of a report.
func CheckSighting(s *homewardv1.Sighting) error {
	if err := Check(s); err != nil {
		return err
	}
	for _, d := range []struct{ name, value string }{
		{"observed_at", s.GetObservedAt()}, {"claimed_identity.born", s.GetClaimedIdentity().GetBorn()},
	} {
		if _, ok := edtf.Parse(d.value); !ok && d.value != "" {
			return problem.Mismatch(CodeSighting, d.name, "a date as 2015, 2015-03 or 2015-03-09", "another text")
		}
	}
	for _, t := range append([]string{s.GetCapturedAt()}, custodyTimes(s)...) {
		if _, err := time.Parse(time.RFC3339, t); err != nil && t != "" {
			return problem.Mismatch(CodeSighting, "captured_at, custody", "RFC 3339, e.g. 2026-11-20T14:05:00Z", "another text")
		}
	}
	return nil
}

func custodyTimes(s *homewardv1.Sighting) (out []string) {
	for _, c := range s.GetCustody() {
		out = append(out, c.GetAt())
	}
	return out
}

// violated names the first rule that is broken, by its field.
func violated(err error) error {
	broken, ok := errors.AsType[*protovalidate.ValidationError](err)
	if !ok || len(broken.Violations) == 0 {
		return problem.New(CodeSighting, "the rules of the schema cannot be applied")
	}
	v := broken.Violations[0].Proto
	where := protovalidate.FieldPathString(v.GetField())
	if where == "" {
		where = "sighting"
	}
	return problem.Mismatch(CodeSighting, where, v.GetMessage(), "another")
}

// texts looks at every text of a message, however deep, in the order of the schema.
func texts(m protoreflect.Message, path string) error {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if !m.Has(f) || addresses(f) {
			continue
		}
		if err := field(m.Get(f), f, path+string(f.Name())); err != nil {
			return err
		}
	}
	return nil
}

func field(v protoreflect.Value, f protoreflect.FieldDescriptor, path string) error {
	if f.IsMap() {
		return nil
	}
	if !f.IsList() {
		return value(v, f, path)
	}
	for i := range v.List().Len() {
		if err := value(v.List().Get(i), f, path+"["+strconv.Itoa(i)+"]"); err != nil {
			return err
		}
	}
	return nil
}

func value(v protoreflect.Value, f protoreflect.FieldDescriptor, path string) error {
	switch f.Kind() {
	case protoreflect.MessageKind:
		return texts(v.Message(), path+".")
	case protoreflect.StringKind:
		return legible(v.String(), path)
	}
	return nil
}

// addresses may hold any letters: nobody reads or opens them.
func addresses(f protoreflect.FieldDescriptor) bool {
	return slices.Contains([]protoreflect.Name{"url", "archive_url"}, f.Name())
}

// legible refuses signs that are not seen and words that mix alphabets.
func legible(s, where string) error {
	if strings.ContainsFunc(s, unseen) {
		return problem.Mismatch(CodeLookalike, where, "letters, digits and signs that can be seen", "a control or direction sign")
	}
	for word := range strings.FieldsFuncSeq(norm.NFC.String(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if alphabets(norm.NFKC.String(word)) > 1 { // a bold Latin letter of mathematics is a Latin one
			return problem.Mismatch(CodeLookalike, where, "each word in the letters of one alphabet", "a word that mixes alphabets which look alike")
		}
	}
	return nil
}

// unseen are controls, and format signs that turn, join or hide text.
func unseen(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point) || r == unicode.ReplacementChar
}

func alphabets(word string) (n int) {
	for _, script := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu} {
		if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(script, r) }) {
			n++
		}
	}
	return n
}
