package file

import (
	"slices"
	"strings"
	"testing"

	"homeward.example/adapters"
)

// population is a few synthetic children who are easily mistaken for each other.
var population = strings.Join([]string{
	`{"record":{"recordId":"ivan"},"name":{"family":[{"value":"Коваленко"}],"given":[{"value":"Іван"}]},"birth":{"sex":"male","birthDate":[{"value":"2012-04-05"}],"birthPlace":[{"place":{"oblast":"Донецька область"}}]}}`,
	`{"record":{"recordId":"year"},"name":{"family":[{"value":"Коваленко"}],"given":[{"value":"Іван"}]},"birth":{"sex":"male","birthDate":[{"value":"2012"}]}}`,
	`{"record":{"recordId":"older"},"name":{"family":[{"value":"Коваленко"}],"given":[{"value":"Іван"}]},"birth":{"sex":"male","birthDate":[{"value":"2010-04-05"}]}}`,
	`{"record":{"recordId":"sister"},"name":{"family":[{"value":"Коваленко"}],"given":[{"value":"Юлія"}]},"birth":{"sex":"female","birthDate":[{"value":"2012-05-04"}]}}`,
	`{"record":{"recordId":"renamed"},"name":{"family":[{"value":"Бойко","kind":"ASSERTION_KIND_ORIGINAL"},{"value":"Коваленко","kind":"ASSERTION_KIND_IMPOSED"}]},"birth":{"birthDate":[{"value":"2008"},{"value":"2012","kind":"ASSERTION_KIND_IMPOSED"}]}}`,
	`{"record":{"recordId":"listed"},"listing":{"listedName":"Олежка"},"birth":{"sex":"male","birthDate":[{"value":"2015-01-01"}]},"documents":{"birthCertificateNo":"І-СН 123456"}}`,
}, "\n") + "\n"

// TestSearchOrder: the likeliest come first, so that a limit cuts the others.
func TestSearchOrder(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, formatJSONL, population, "", nil)
	for name, c := range map[string]struct {
		criteria adapters.Criteria
		want     string // in this order, others may follow
	}{
		"exact":                 {adapters.Criteria{Family: "Коваленко", Given: "Іван", Born: "2012-04-05"}, "ivan year sister older"},
		"day and month swapped": {adapters.Criteria{Family: "Коваленко", Born: "2012-05-04"}, "sister ivan"},
		"by the imposed year":   {adapters.Criteria{Family: "Kovalenko", Given: "Petro", Born: "2012-11"}, "year renamed"},
		"the given name counts": {adapters.Criteria{Family: "Коваленко", Given: "Юлия", Sex: "female"}, "sister"},
		"by the original name":  {adapters.Criteria{Family: "Бойко", Born: "2008"}, "renamed"},
		"by the listing":        {adapters.Criteria{Given: "Олежка", Sex: "male"}, "listed"},
		"document, look-alikes": {adapters.Criteria{Document: "I-CH123 456"}, "listed"},
		"date and oblast":       {adapters.Criteria{Born: "2012", BirthOblast: "Донецька обл."}, "ivan"},
		"sex and oblast":        {adapters.Criteria{Sex: "male", BirthOblast: "Donetska"}, "ivan"},
		"oblast breaks a tie":   {adapters.Criteria{Family: "Коваленко", Born: "2012", BirthOblast: "Донецька"}, "ivan year sister"},
		"full name":             {adapters.Criteria{Full: "КОВАЛЕНКО Юлія", Born: "2012"}, "sister"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := strings.Fields(c.want)
			ids, err := s.Search(t.Context(), c.criteria, len(want))
			if err != nil || !slices.Equal(ids, want) {
				t.Errorf("%v, want %v (%v)", ids, want, err)
			}
		})
	}
	for name, c := range map[string]adapters.Criteria{
		"another name": {Family: "Мельник", Given: "Остап"}, "another document": {Document: "123457"}, "another oblast": {Sex: "male", BirthOblast: "Львівська"},
		"a date alone": {Born: "2012"}, "sex alone": {Sex: "male"}, "nothing": {}, "an unreadable date": {Born: "09.03.2014", BirthOblast: "x"},
	} {
		if ids, err := s.Search(t.Context(), c, 10); err != nil || len(ids) > 0 {
			t.Errorf("%s: %v, %v", name, ids, err)
		}
	}
}

func TestSwapped(t *testing.T) {
	t.Parallel()
	for day, want := range map[int]int{20120405: 20120504, 20120505: 0, 20120413: 0, 20120431: 0, 20121201: 20120112} {
		if got := swapped(day); got != want {
			t.Errorf("swapped(%d) = %d, want %d", day, got, want)
		}
	}
}
