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

func PlaceKey(name string) string { return spell(placeOblast, name).key }

func Distance(a, b string, limit int) int { return distance(a, b, limit) }

func Civil(day int) (y, m, d int) { return civil(day) }

func Numbered(y, m, d int) int { return numbered(y, m, d) }

// Renamed is a row of the table of places. Alone are those of the others that need no region.
type Renamed struct {
	What, Oblast, Today string
	Others, Alone       []string
}

func RenamedPlaces() (out []Renamed) {
	for row := range rows(placeTable) {
		out = append(out, Renamed{row[0], row[1], row[2], append(names(row, 3), names(row, 4)...), names(row, 4)})
	}
	return out
}

// Sounds of a settlement's name, by which the table knows it, and its key.
func Sounds(name string) (sounds, key string) {
	s := spell(placeSettlement, name)
	return s.sounds, s.key
}

func IsClaimed(oblast string) bool {
	key, _ := placesKnown().key(placeOblast, "", oblast)
	return placesKnown().claimed[key]
}

// ReadPlace is the key of a settlement in a region by its key.
func ReadPlace(oblast, name string) string {
	key, _ := placesKnown().key(placeSettlement, oblast, name)
	return key
}
