package minimize

import (
	"bytes"
	"reflect"
	"slices"

	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// appender writes one value of a leaf as JSON.
type appender func(dst []byte, s *step, v reflect.Value) ([]byte, bool)

// release writes a leaf as it stands in the record.
func (s *subject) release(dst []byte, f *leaf, identity string) ([]byte, bool) {
	switch {
	case f.Path == pathReliability:
		return s.reliability(dst)
	case f.Path == pathAge && s.born(identity):
		return s.derivedAge(dst, identity, appendAge)
	case f.Assertions:
		parts := s.parts(identity)
		return s.assertions(dst, f, identity, func(dst []byte, a *homewardv1.Assertion) ([]byte, bool) {
			return appendAssertion(dst, a, parts)
		})
	}
	return walk(dst, s.child, f.steps, appendValue)
}

// walk goes down to a leaf and writes it: one value, an array of the values of
// a list, or an array aligned with the messages of a list (family.members).
func walk(dst []byte, m reflect.Value, steps []step, one appender) ([]byte, bool) {
	here, v := &steps[0], m.Field(steps[0].at)
	switch {
	case here.list && v.Len() == 0, !here.list && v.IsZero():
		return dst, false
	case len(steps) > 1 && here.list:
		return aligned(dst, v, steps[1:], one)
	case len(steps) > 1:
		return walk(dst, v.Elem(), steps[1:], one)
	case here.list:
		return array(dst, v.Len(), func(dst []byte, i int) ([]byte, bool) { return one(dst, here, v.Index(i)) })
	}
	return one(dst, here, v)
}

// aligned keeps the place of each message of a list: null where it has no value.
func aligned(dst []byte, list reflect.Value, steps []step, one appender) ([]byte, bool) {
	start, found := len(dst), false
	dst = append(dst, '[')
	for i := range list.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		ok := false
		if m := list.Index(i); !m.IsNil() {
			dst, ok = walk(dst, m.Elem(), steps, one)
		}
		if !ok {
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
func (s *subject) assertions(dst []byte, f *leaf, identity string, one func([]byte, *homewardv1.Assertion) ([]byte, bool)) ([]byte, bool) {
	list := s.assertionsOf(f)
	return array(dst, len(list), func(dst []byte, i int) ([]byte, bool) {
		if catalog.IdentityOf(list[i]) != identity {
			return dst, false
		}
		return one(dst, list[i])
	})
}

// assertionsOf returns the assertions of all identities.
func (s *subject) assertionsOf(f *leaf) []*homewardv1.Assertion {
	m := s.child
	for _, step := range f.steps {
		if m.Kind() == reflect.Pointer {
			if m.IsNil() {
				return nil
			}
			m = m.Elem()
		}
		m = m.Field(step.at)
	}
	list, _ := m.Addr().Interface().(*[]*homewardv1.Assertion) // a copy of the slice would be allocated
	if list == nil {
		return nil
	}
	return *list
}

// has says whether a leaf is set; of an assertion list, for an identity.
func (s *subject) has(f *leaf, identity string) bool {
	if f.Assertions {
		return slices.ContainsFunc(s.assertionsOf(f), func(a *homewardv1.Assertion) bool {
			return catalog.IdentityOf(a) == identity && (a.GetValue() != "" || a.GetPlace() != nil)
		})
	}
	found := false
	each(s.child, f.steps, func(v reflect.Value) { found = found || v.Kind() != reflect.String || v.Len() > 0 })
	return found
}

// each goes down to a leaf and sees each of its values.
func each(m reflect.Value, steps []step, see func(reflect.Value)) {
	v := m.Field(steps[0].at)
	if !steps[0].list {
		if !v.IsZero() {
			eachBelow(v, steps, see)
		}
		return
	}
	for i := range v.Len() {
		eachBelow(v.Index(i), steps, see)
	}
}

func eachBelow(v reflect.Value, steps []step, see func(reflect.Value)) {
	if len(steps) == 1 {
		see(v)
	} else if !v.IsNil() {
		each(v.Elem(), steps[1:], see)
	}
}
