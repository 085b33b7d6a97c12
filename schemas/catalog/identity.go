package catalog

import homewardv1 "homeward.example/schemas/gen/go/homeward/v1"

// IdentityOf returns the identity that an assertion speaks of: Original,
// Imposed, or "" if it does not say. A transliteration belongs to what it was
// made from. What speaks of no identity is released to nobody and matches nothing.
func IdentityOf(a *homewardv1.Assertion) string {
	switch a.GetKind() {
	case homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL,
		homewardv1.AssertionKind_ASSERTION_KIND_BIRTH,
		homewardv1.AssertionKind_ASSERTION_KIND_ALIAS:
		return Original
	case homewardv1.AssertionKind_ASSERTION_KIND_IMPOSED:
		return Imposed
	case homewardv1.AssertionKind_ASSERTION_KIND_TRANSLITERATED:
		return transliterated(a)
	}
	return ""
}

func transliterated(a *homewardv1.Assertion) string {
	switch a.GetTransliterationOf() {
	case homewardv1.Identity_IDENTITY_ORIGINAL:
		return Original
	case homewardv1.Identity_IDENTITY_IMPOSED:
		return Imposed
	}
	return ""
}

// Needs returns the further leaves that must be read to release or to
// generalise one: an age is derived from birth dates, a facility is generalised
// to its type. Most leaves need none.
func Needs(path string) []string {
	switch path {
	case "birth.age":
		return []string{"birth.birth_date"}
	case "record.reliability_band":
		return Graded()
	case "current.location":
		return []string{"current.outside_controlled_area"}
	case "displacement.facility_name":
		return []string{"displacement.facility_type"}
	}
	return nil
}

// Graded returns the leaves whose grades make up record.reliability_band.
func Graded() []string {
	return []string{"name.full", "name.given", "name.family", "birth.birth_date"}
}
