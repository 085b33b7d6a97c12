package minimize

import (
	"reflect"
	"strconv"

	"homeward.example/schemas/edtf"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// generalise writes less than the leaf says. What cannot be generalised (a date
// that is none, a place without a country) is nothing. "exists" and "yes_no"
// say true or nothing: a leaf that is not set means unknown, never no.
func (s *subject) generalise(dst []byte, f *leaf, to, identity string) ([]byte, bool) {
	switch {
	case to == "pseudonym":
		return appendString(dst, pseudonym(s.keys, s.question, s.Record.ID, s.Matched, s.Set.Both)), s.Record.ID != ""
	case to == "exists" || to == "yes_no":
		return append(dst, "true"...), s.has(f, identity)
	case to == "count":
		return s.count(dst, f)
	case to == "controlled_area":
		return s.controlledArea(dst, f)
	case to == "type":
		return s.facilityType(dst, f)
	case f.Path == pathAge && s.born(identity):
		return s.derivedAge(dst, identity, appendAgeBand)
	case f.Assertions:
		return s.assertions(dst, f, identity, func(dst []byte, a *homewardv1.Assertion) ([]byte, bool) {
			return cutAssertion(dst, a, f.Path, to)
		})
	}
	return walk(dst, s.child, f.steps, func(dst []byte, _ *step, v reflect.Value) ([]byte, bool) {
		if v.Kind() == reflect.String {
			return cutText(dst, v.String(), f.Path, to)
		}
		p, _ := v.Interface().(*homewardv1.Place)
		return cutPlace(dst, p, to)
	})
}

// cutAssertion writes the cut alone: script, language and how a person would
// write a place may say more than the cut does.
func cutAssertion(dst []byte, a *homewardv1.Assertion, path, to string) ([]byte, bool) {
	start, ok := len(dst), false
	if a.GetPlace() != nil {
		dst, ok = cutPlace(append(dst, `{"place":`...), a.GetPlace(), to)
	} else {
		dst, ok = cutText(append(dst, `{"value":`...), a.GetValue(), path, to)
	}
	if !ok {
		return dst[:start], false
	}
	return append(dst, '}'), true
}

// cutText generalises one text.
func cutText(dst []byte, s, path, to string) ([]byte, bool) {
	switch to {
	case "initials":
		return appendCut(dst, s, initials)
	case "last_two":
		return appendCut(dst, s, lastTwo)
	case "band":
		if path == pathAge {
			return appendCut(dst, s, ageBandOf)
		}
		return appendDate(dst, s, edtf.Date.Band)
	case "month":
		return appendDate(dst, s, edtf.Date.Month)
	case "quarter":
		return appendDate(dst, s, edtf.Date.Quarter)
	case "year":
		return appendDate(dst, s, edtf.Date.Year)
	}
	return dst, false
}

func appendCut(dst []byte, s string, cut func(string) (string, bool)) ([]byte, bool) {
	out, ok := cut(s)
	if !ok {
		return dst, false
	}
	return appendString(dst, out), true
}

func appendDate(dst []byte, s string, cut func(edtf.Date) (string, bool)) ([]byte, bool) {
	d, ok := edtf.Parse(s)
	if !ok {
		return dst, false
	}
	out, ok := cut(d)
	if !ok {
		return dst, false
	}
	return appendString(dst, out), true
}

func (s *subject) count(dst []byte, f *leaf) ([]byte, bool) {
	n := 0
	each(s.child, f.steps, func(v reflect.Value) {
		if v.String() != "" {
			n++
		}
	})
	return strconv.AppendInt(dst, int64(n), 10), n > 0
}

// controlledArea says whether the location lies in territory that Ukraine controls.
func (s *subject) controlledArea(dst []byte, f *leaf) ([]byte, bool) {
	switch s.Record.Child.GetCurrent().GetOutsideControlledArea() {
	case homewardv1.Tristate_TRISTATE_FALSE:
		return appendString(dst, "inside"), true
	case homewardv1.Tristate_TRISTATE_TRUE:
		return appendString(dst, "outside"), true
	}
	return appendString(dst, "unknown"), s.has(f, "")
}

// facilityType is the kind of a facility instead of its name. A type that the
// schema does not list is "other": a free text could be the name again.
func (s *subject) facilityType(dst []byte, f *leaf) ([]byte, bool) {
	t := s.Record.Child.GetDisplacement().GetFacilityType()
	if t == "" || !s.has(f, "") {
		return dst, false
	}
	switch t {
	case "camp", "orphanage", "boarding_school", "hospital":
	default:
		t = "other"
	}
	return appendString(dst, t), true
}
