package decide

import (
	"testing"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// A child is at an organisation's own site by all that the go-ahead names of it; what
// is no point in a settlement is nobody's site, and what is not known is not there.
func TestAtSite(t *testing.T) {
	t.Parallel()
	at := func(p *homewardv1.Place) *homewardv1.ChildRecord {
		return &homewardv1.ChildRecord{Current: &homewardv1.Current{Location: p}}
	}
	here := at(&homewardv1.Place{Country: "PL", Settlement: "Вигадане", Point: "Дім № 1"}) // synthetic
	site := map[string]string{"settlement": "вигадане", "point": " Дім  № 1"}
	for name, c := range map[string]struct {
		child *homewardv1.ChildRecord
		own   ownership
		facts Facts
		want  Tri
	}{
		"there":                        {here, allOwn(), Facts{Sites: []map[string]string{site}}, Yes},
		"at one of two":                {here, allOwn(), Facts{Sites: []map[string]string{{"settlement": "Інше", "point": "Дім № 1"}, site}}, Yes},
		"no site":                      {here, allOwn(), Facts{}, Unknown},
		"another house":                {here, allOwn(), Facts{Sites: []map[string]string{{"settlement": "Вигадане", "point": "Дім № 2"}}}, No},
		"another country":              {here, allOwn(), Facts{Sites: []map[string]string{{"country": "CZ", "settlement": "Вигадане", "point": "Дім № 1"}}}, No},
		"a code that the file lacks":   {here, allOwn(), Facts{Sites: []map[string]string{{"katottg": "UA1", "point": "Дім № 1"}}}, No},
		"a settlement":                 {here, allOwn(), Facts{Sites: []map[string]string{{"settlement": "Вигадане"}}}, No},
		"a word that is no member":     {here, allOwn(), Facts{Sites: []map[string]string{{"settlement": "Вигадане", "point": "Дім № 1", "room": "2"}}}, No},
		"nobody knows where":           {at(nil), allOwn(), Facts{Sites: []map[string]string{site}}, Unknown},
		"a file of the ICRC's":         {here, ownership{}, Facts{Sites: []map[string]string{site}}, Unknown},
		"a file that it released":      {here, ownership{}, Facts{ICRCRelease: Yes, Sites: []map[string]string{site}}, Yes},
		"a file of the ICRC, by it":    {here, ownership{}, Facts{Holder: Party{Kind: "icrc"}, Sites: []map[string]string{site}}, Yes},
		"an empty place, empty member": {at(&homewardv1.Place{}), allOwn(), Facts{Sites: []map[string]string{{"settlement": " ", "point": "-"}}}, No},
	} {
		if got := atSite(c.child, c.own, c.facts); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
