package matching

import "homeward.example/adapters"

// Form, Stem and GivenClasses for tests: of one word as it is written.
func Form(word string) string { return form(adapters.Normalise(marks.Replace(word))) }

func Stem(word string) string { return stem(Form(word)) }

func GivenClasses(name string) []uint32 {
	known, _, _ := classes().of(Form(name))
	return known
}

func PatronymicClasses(name string) []uint32 { return classes().patronymic[Form(name)] }

func FacilityKey(name string) uint32 { return facilityKey(name) }

func PlaceKey(name string) string { return placeKey(name) }

func Distance(a, b string, limit int) int { return distance(a, b, limit) }

func Civil(day int) (y, m, d int) { return civil(day) }

func Numbered(y, m, d int) int { return numbered(y, m, d) }
