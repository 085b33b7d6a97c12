package matching_test

import (
	"slices"
	"testing"

	"homeward.example/gateway/internal/matching"
)

// The table of given names: the names of one line are one name.
func TestGivenNames(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"Олександр", "Александр", "Саша", "Сашко", "Шура", "Oleksandr", "Aleksandr", "САШКО"},
		{"Микола", "Николай", "Коля", "Mykola", "Nikolai", "Nikolay"},
		{"Дмитро", "Дмитрий", "Діма", "Митя", "Dmytro", "Dmitrii"},
		{"Олександра", "Александра", "Саша", "Шура"},
		{"Ганна", "Анна", "Аня", "Нюра", "Hanna", "Anna"},
		{"Тетяна", "Татьяна", "Таня", "Tetiana", "Tatiana"},
		{"Юрій", "Юрий", "Георгій", "Юрко", "Yurii", "Iurii"},
		{"Дем'ян", "Демьян", "Дем'янка", "Demian"},
		{"Аліна", "Алиночка", "Alina"},
	} {
		for _, name := range same {
			if !meet(matching.GivenClasses(name), matching.GivenClasses(same[0])) {
				t.Errorf("%s is no form of %s", name, same[0])
			}
		}
	}
	for _, other := range [][2]string{{"Олександр", "Олексій"}, {"Марія", "Марина"}, {"Іван", "Ілля"}, {"Микита", "Микола"}, {"Анна", "Яна"}, {"Дарина", "Карина"}} {
		if meet(matching.GivenClasses(other[0]), matching.GivenClasses(other[1])) {
			t.Errorf("%s and %s are one name", other[0], other[1])
		}
	}
	if len(matching.GivenClasses("Слава")) < 4 {
		t.Error("Слава is short for many names")
	}
	for _, none := range []string{"", "Ґґґґ", "Вокзал"} {
		if got := matching.GivenClasses(none); len(got) > 0 {
			t.Errorf("%q is a given name: %v", none, got)
		}
	}
}

// Patronymics are of the class of the father's name, in both languages and both sexes.
func TestPatronymics(t *testing.T) {
	t.Parallel()
	for father, patronymics := range map[string][]string{
		"Олександр": {"Олександрович", "Олександрівна", "Александрович", "Александровна", "Oleksandrovych", "Aleksandrovna"},
		"Микола":    {"Миколайович", "Миколаївна", "Николаевич", "Николаевна", "Mykolaivna"},
		"Дмитро":    {"Дмитрович", "Дмитрівна", "Дмитриевич", "Дмитриевна"},
		"Ілля":      {"Ілліч", "Іллівна", "Ильич", "Ильинична"},
		"Сергій":    {"Сергійович", "Сергіївна", "Сергеевич", "Сергеевна", "Serhiivna"},
		"Василь":    {"Васильович", "Василівна", "Васильевич", "Васильевна"},
		"Лев":       {"Львович", "Львівна", "Львовна"},
		"Петро":     {"Петрович", "Петрівна", "Петровна"},
		"Григорій":  {"Григорович", "Григорівна", "Григорьевич", "Григорьевна"},
		"Ігор":      {"Ігорович", "Ігорівна", "Игоревич", "Игоревна"},
	} {
		for _, p := range patronymics {
			if !meet(matching.PatronymicClasses(p), matching.GivenClasses(father)) {
				t.Errorf("%s is not of %s: %v", p, father, matching.PatronymicClasses(p))
			}
		}
	}
}

func meet(a, b []uint32) bool {
	return slices.ContainsFunc(a, func(c uint32) bool { return slices.Contains(b, c) })
}

// A facility is one under its many spellings; the words for its kind do not tell it apart.
func TestFacilities(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"Артек", "МДЦ «Артек»", "Международный детский центр Артек", "Artek camp", "табір «Артек»"},
		{"Школа-інтернат № 5", "школа-интернат №5"},
		{"Орлёнок", "ВДЦ «Орленок»"},
	} {
		for _, name := range same {
			if matching.FacilityKey(name) != matching.FacilityKey(same[0]) {
				t.Errorf("%s is not %s", name, same[0])
			}
		}
	}
	for _, kind := range []string{"Детский дом", "дитячий будинок", "Школа-інтернат", "ДОМ РЕБЕНКА", "orphanage", "№", ""} {
		if matching.FacilityKey(kind) != 0 {
			t.Errorf("%q is one facility", kind)
		}
	}
	if matching.FacilityKey("Артек") == matching.FacilityKey("Океан") || matching.FacilityKey("Школа № 5") == matching.FacilityKey("Школа № 6") {
		t.Error("two facilities are one")
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"Харківська область", "Харьковская область", "Kharkiv region", "Kharkivska oblast", "Харківська обл."},
		{"Донецька", "Донецкая область", "Donetsk oblast"},
		{"Маріуполь", "Мариуполь", "Mariupol", "м. Маріуполь"},
	} {
		for _, name := range same {
			if got, want := matching.PlaceKey(name), matching.PlaceKey(same[0]); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
	if matching.PlaceKey("Сумська область") == matching.PlaceKey("Херсонська область") || matching.PlaceKey("область") != "" {
		t.Error("places are mixed up")
	}
}
