package minimize

import (
	"bytes"

	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// appender writes one value of a leaf as JSON.
type appender func(dst []byte, fd protoreflect.FieldDescriptor, v protoreflect.Value) ([]byte, bool)

// release writes a leaf as it stands in the record.
func (s *subject) release(dst []byte, f *catalog.Field, identity string) ([]byte, bool) {
	switch {
	case f.Path == pathReliability:
		return s.reliability(dst)
	case f.Path == pathAge && s.born(identity):
		return s.derivedAge(dst, identity, appendAge)
	case f.Assertions:
		kind, provenance := s.released(catalog.PathKind, identity), s.released(catalog.PathProvenance, identity)
		return s.assertions(dst, f, identity, func(dst []byte, a *homewardv1.Assertion) ([]byte, bool) {
			return appendAssertion(dst, a, kind, provenance)
		})
	}
	return walk(dst, s.child, f.Steps, appendValue)
}

// walk goes down to a leaf and writes it: one value, an array of the values of
// a list, or an array aligned with the messages of a list (family.members).
func walk(dst []byte, m protoreflect.Message, steps []protoreflect.FieldDescriptor, one appender) ([]byte, bool) {
	fd := steps[0]
	if !m.Has(fd) {
		return dst, false
	}
	v := m.Get(fd)
	switch {
	case len(steps) > 1 && fd.IsList():
		return aligned(dst, v.List(), steps[1:], one)
	case len(steps) > 1:
		return walk(dst, v.Message(), steps[1:], one)
	case fd.IsList():
		list := v.List()
		return array(dst, list.Len(), func(dst []byte, i int) ([]byte, bool) { return one(dst, fd, list.Get(i)) })
	}
	return one(dst, fd, v)
}

// aligned keeps the place of each message of a list: null where it has no value.
func aligned(dst []byte, list protoreflect.List, steps []protoreflect.FieldDescriptor, one appender) ([]byte, bool) {
	start, found := len(dst), false
	dst = append(dst, '[')
	for i := range list.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		var ok bool
		if dst, ok = walk(dst, list.Get(i).Message(), steps, one); !ok {
			dst = append(dst, "null"...)
		}
		found = found || ok
	}
	if !found {
		return dst[:start], false
	}
	return append(dst, ']'), true
}

// array writes n values that have something to say. A value equal to the one
// before it is left out: what generalises to the same is the same.
func array(dst []byte, n int, one func(dst []byte, i int) ([]byte, bool)) ([]byte, bool) {
	start := len(dst)
	dst = append(dst, '[')
	var last []byte
	for i := range n {
		at := len(dst)
		if last != nil {
			dst = append(dst, ',')
		}
		from := len(dst)
		next, ok := one(dst, i)
		if !ok || bytes.Equal(next[from:], last) {
			dst = next[:at]
			continue
		}
		dst, last = next, next[from:]
	}
	if last == nil {
		return dst[:start], false
	}
	return append(dst, ']'), true
}

// assertions writes those of one identity.
func (s *subject) assertions(dst []byte, f *catalog.Field, identity string, one func([]byte, *homewardv1.Assertion) ([]byte, bool)) ([]byte, bool) {
	m, last := s.child, len(f.Steps)-1
	for _, fd := range f.Steps[:last] {
		m = m.Get(fd).Message()
	}
	if !m.Has(f.Steps[last]) {
		return dst, false
	}
	list := m.Get(f.Steps[last]).List()
	return array(dst, list.Len(), func(dst []byte, i int) ([]byte, bool) {
		a, ok := list.Get(i).Message().Interface().(*homewardv1.Assertion)
		if !ok || catalog.IdentityOf(a) != identity {
			return dst, false
		}
		return one(dst, a)
	})
}

// has says whether a leaf is set; of an assertion list, for an identity.
func (s *subject) has(f *catalog.Field, identity string) bool {
	if f.Assertions {
		_, ok := s.assertions(nil, f, identity, func(dst []byte, a *homewardv1.Assertion) ([]byte, bool) {
			return append(dst, '1'), a.GetValue() != "" || a.GetPlace() != nil
		})
		return ok
	}
	_, ok := walk(nil, s.child, f.Steps, func(dst []byte, fd protoreflect.FieldDescriptor, v protoreflect.Value) ([]byte, bool) {
		return append(dst, '1'), fd.Kind() != protoreflect.StringKind || v.String() != ""
	})
	return ok
}
