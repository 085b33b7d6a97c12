package minimize

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// One rule on the sample child, the name of the one disclosure and its value; "" for none.
func TestValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rule, want string }{
		{"name.given", `[{"value":"Олександр","script":"Cyrl","language":"uk"},{"value":"Oleksandr","script":"Latn"}]`},
		{"name.given=initials", `[{"value":"О."},{"value":"O."}]`},
		{"name.family=initials", `[{"value":"Ш. Б."}]`},
		{"name.nickname", ``},
		{"birth.birth_date", `[{"value":"2014-03-09"},{"value":"2014"},{"value":"весна"}]`},
		{"birth.birth_date=month", `[{"value":"2014-03"},{"value":"2014"}]`},
		{"birth.birth_date=year", `[{"value":"2014"}]`},
		{"birth.birth_date=band", `[{"value":"2010/2014"}]`},
		{"birth.birth_date_estimated", `"false"`},
		{"birth.age", `[{"value":"11"}]`},
		{"birth.age=band", `[{"value":"10-14"}]`},
		{"birth.birth_place=oblast", `[{"place":{"country":"UA","oblast":"Херсонська"}}]`},
		{"birth.birth_place=country", `[{"place":{"country":"UA"}}]`},
		{"birth.sex", `"male"`},
		{"documents.national_id", `"12345678-90123"`},
		{"documents.national_id=exists", `true`},
		{"documents.national_id=last_two", `"23"`},
		{"documents.passport_no=last_two", ``},
		{"documents.birth_certificate_no=exists", ``},
		{"origin.last_address=raion", `{"country":"UA","oblast":"Херсонська","raion":"Херсонський"}`},
		{"origin.last_address=oblast", `{"country":"UA","oblast":"Херсонська"}`},
		{"family.members.relation", `["mother","aunt"]`},
		{"family.members.phone", `["+380000000001",null]`},
		{"family.members.alive", `[null,"true"]`},
		{"family.members.name", ``},
		{"family.members.current_location=country", `[{"country":"abroad"},{"country":"UA"}]`},
		{"family.sibling_record_ids", `["UA-2","UA-3"]`},
		{"family.sibling_record_ids=count", `2`},
		{"separation.date=month", `"2022-05"`},
		{"displacement.transfer_route=country", `[{"country":"UA"},{"country":"RU"},{"country":"abroad"}]`},
		{"displacement.facility_name=type", `"camp"`},
		{"current.location=country", `{"country":"RU"}`},
		{"current.location=controlled_area", `"outside"`},
		{"current.outside_controlled_area", `"true"`},
		{"physical.photo", `"/9j/4A=="`},
		{"physical.photo=exists", `true`},
		{"protection.concerns=yes_no", `true`},
		{"tracing.reunified_at=quarter", `"2024-01/2024-03"`},
		{"record.record_id", `"UA-1"`},
		{"record.reliability_band", `"medium"`},
		{"flags.captor_risk", ``},
		{"assertion.kind", ``},
		{"assertion.provenance", ``},
	} {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			got := disclosed(t, record(child(t, sample), catalog.Original, set(c.rule)), asked())
			for name, value := range got {
				if value != c.want {
					t.Errorf("%s = %s, want %s", name, value, c.want)
				}
			}
			if (len(got) == 1) != (c.want != "") {
				t.Errorf("%d disclosures: %v", len(got), got)
			}
		})
	}
}

// An answer shows the identity that was asked by, and no other (never 7).
func TestIdentities(t *testing.T) {
	t.Parallel()
	rules := []string{
		"name.given", "name.given#imposed", "birth.age=band", "birth.age#imposed=band", "documents.national_id=exists",
		"documents.imposed_passport_no#imposed=last_two", "birth.sex", "record.reliability_band",
	}
	original := map[string]string{
		"name.given":              `[{"value":"Олександр","script":"Cyrl","language":"uk"},{"value":"Oleksandr","script":"Latn"}]`,
		"birth.age":               `[{"value":"10-14"}]`,
		"documents.national_id":   `true`,
		"birth.sex":               `"male"`,
		"record.reliability_band": `"medium"`,
	}
	imposed := map[string]string{
		"name.given":                    `[{"value":"Александр","script":"Cyrl","language":"ru"},{"value":"Aleksandr"}]`,
		"birth.age":                     `[{"value":"10-14"}]`,
		"documents.imposed_passport_no": `"56"`,
		"birth.sex":                     `"male"`,
		"record.reliability_band":       `"low"`,
	}
	both := maps.Clone(original)
	for name, value := range imposed {
		if f, _ := catalog.ByPath(name); !f.Neutral() {
			both[name+"#imposed"] = value
		}
	}
	for name, c := range map[string]struct {
		matched string
		both    bool
		want    map[string]string
	}{
		"original": {catalog.Original, false, original},
		"imposed":  {catalog.Imposed, false, imposed},
		"both":     {catalog.Original, true, both},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := set(rules...)
			s.Both = c.both
			got := disclosed(t, record(child(t, sample), c.matched, s), asked())
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPartsOfAssertions(t *testing.T) {
	t.Parallel()
	s := set("name.given", "assertion.kind", "assertion.provenance", "name.given#imposed", "assertion.kind#imposed")
	s.Both = true
	got := disclosed(t, record(child(t, sample), catalog.Original, s), asked())
	want := map[string]string{
		"name.given": `[{"value":"Олександр","script":"Cyrl","language":"uk","kind":"original","source":"registry","reliability":"A","credibility":1},` +
			`{"value":"Oleksandr","script":"Latn","kind":"transliterated","transliteration_of":"original","reliability":"F","credibility":6}]`,
		"name.given#imposed": `[{"value":"Александр","script":"Cyrl","language":"ru","kind":"imposed"},` +
			`{"value":"Aleksandr","kind":"transliterated","transliteration_of":"imposed"}]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Verdicts that do not fit the schema release nothing at all.
func TestMisfits(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(s *decide.Set){
		"unknown path":       func(s *decide.Set) { s.Verdicts[0].Path = "record.secret" },
		"unknown identity":   func(s *decide.Set) { s.Verdicts[5].Identity = "third" },
		"unknown word":       func(s *decide.Set) { s.Verdicts[5].Verdict = "allowed" },
		"empty word":         func(s *decide.Set) { s.Verdicts[5].Verdict = "" },
		"not on this leaf":   func(s *decide.Set) { s.Verdicts[0].Verdict, s.Verdicts[0].To = envelope.VerdictGeneralised, "month" },
		"to nothing":         func(s *decide.Set) { s.Verdicts[0].Verdict = envelope.VerdictGeneralised },
		"released to":        func(s *decide.Set) { s.Verdicts[0].Verdict, s.Verdicts[0].To = envelope.VerdictReleased, "month" },
		"twice":              func(s *decide.Set) { s.Verdicts = append(s.Verdicts[:1:1], s.Verdicts...) },
		"out of order":       func(s *decide.Set) { s.Verdicts[3], s.Verdicts[4] = s.Verdicts[4], s.Verdicts[3] },
		"withheld elsewhere": func(s *decide.Set) { s.Verdicts = append(s.Verdicts, decide.Verdict{Path: "x", Verdict: "withheld"}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := set("name.family")
			change(s)
			ds, err := apply(record(child(t, sample), catalog.Original, s), testKeys, asked())
			if !errors.Is(err, problem.New(CodeVerdict, "")) || ds != nil {
				t.Errorf("%d disclosures, error %v", len(ds), err)
			}
		})
	}
	if _, err := apply(record(child(t, sample), "", set("name.family")), testKeys, asked()); !errors.Is(err, problem.New(CodeVerdict, "")) {
		t.Errorf("no identity: %v", err)
	}
	if _, err := apply(record(child(t, sample), catalog.Original, set()), Keys{Pseudonym: make([]byte, 31)}, asked()); !errors.Is(err, problem.New(CodeKey, "")) {
		t.Errorf("short key: %v", err)
	}
}

// A verdict that is missing withholds; an empty and a missing child say nothing.
func TestNothing(t *testing.T) {
	t.Parallel()
	all := everything()
	for name, r := range map[string]decide.RecordVerdicts{
		"no verdicts": record(child(t, sample), catalog.Original, &decide.Set{}),
		"empty child": record(new(homewardv1.ChildRecord), catalog.Original, all),
		"no child":    record(nil, catalog.Original, all),
	} {
		if got := disclosed(t, r, asked()); len(got) > 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// everything releases all of both identities.
func everything() *decide.Set {
	s := set()
	s.Both = true
	for i := range s.Verdicts {
		s.Verdicts[i].Verdict = envelope.VerdictReleased
	}
	return s
}

// Keys that are ready give the pseudonyms of those that are not, however often they are used.
func TestReadyKeys(t *testing.T) {
	t.Parallel()
	ready := testKeys.Ready()
	for _, id := range []string{"UA-1", "UA-2", "UA-1", strings.Repeat("long", 100)} {
		if got, want := pseudonym(ready, asked(), id, catalog.Original, false), pseudonym(testKeys, asked(), id, catalog.Original, false); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}
