package minimize

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// All children in these tests are synthetic.

var (
	testRef  = envelope.PolicyRef{Bundle: "sha256:test", Version: "1"}
	testKeys = Keys{Pseudonym: bytes.Repeat([]byte{7}, 32)}
)

func asked() question {
	return question{recipient: "gov-pl", purpose: "RETURN", jti: "jti-1", at: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
}

// sample is a child with two identities.
const sample = `{
  "record": {"record_id": "UA-1"},
  "name": {
    "given": [
      {"value": "Олександр", "script": "Cyrl", "language": "uk", "kind": "ASSERTION_KIND_ORIGINAL", "source": "registry", "reliability": "A", "credibility": 1},
      {"value": "Oleksandr", "script": "Latn", "kind": "ASSERTION_KIND_TRANSLITERATED", "transliteration_of": "IDENTITY_ORIGINAL", "reliability": "F", "credibility": 6},
      {"value": "Александр", "script": "Cyrl", "language": "ru", "kind": "ASSERTION_KIND_IMPOSED", "reliability": "C", "credibility": 3},
      {"value": "Aleksandr", "kind": "ASSERTION_KIND_TRANSLITERATED", "transliteration_of": "IDENTITY_IMPOSED"},
      {"value": "Nobody knows whose"},
      {"value": "Nobody knows whose either", "kind": "ASSERTION_KIND_TRANSLITERATED"}
    ],
    "family": [{"value": "Шевченко-Бондар", "kind": "ASSERTION_KIND_BIRTH", "reliability": "B", "credibility": 3}]
  },
  "birth": {
    "birth_date": [
      {"value": "2014-03-09", "kind": "ASSERTION_KIND_ORIGINAL", "reliability": "A", "credibility": 2},
      {"value": "2014", "kind": "ASSERTION_KIND_ALIAS"},
      {"value": "2016-01-01", "kind": "ASSERTION_KIND_IMPOSED"},
      {"value": "весна", "kind": "ASSERTION_KIND_ORIGINAL"}
    ],
    "birth_date_estimated": "TRISTATE_FALSE",
    "birth_place": [
      {"value": "м. Херсон", "kind": "ASSERTION_KIND_ORIGINAL", "place": {"country": "UA", "oblast": "Херсонська", "raion": "Херсонський", "settlement": "Херсон", "katottg": "UA65100150010000000"}},
      {"value": "somewhere", "kind": "ASSERTION_KIND_ORIGINAL"}
    ],
    "sex": "male"
  },
  "documents": {"national_id": "12345678-90123", "passport_no": "AB12", "imposed_passport_no": "45 07 123456"},
  "origin": {"imposed_citizenship": "RU", "last_address": {"country": "UA", "oblast": "Херсонська", "raion": "Херсонський", "settlement": "Херсон", "point": "вул. Синтетична 1"}},
  "family": {
    "members": [
      {"relation": "mother", "phone": "+380000000001", "current_location": {"country": "PL", "oblast": "Mazowieckie"}},
      {"relation": "aunt", "alive": "TRISTATE_TRUE", "current_location": {"country": "UA", "oblast": "Київська"}}
    ],
    "sibling_record_ids": ["UA-2", "UA-3"]
  },
  "separation": {"date": "2022-05-17"},
  "displacement": {
    "transfer_route": [{"country": "UA", "settlement": "Херсон"}, {"country": "RU", "oblast": "Крым"}, {"country": "RU"}, {"country": "KZ"}, {"settlement": "?"}],
    "facility_name": "Табір «Синтетичний»", "facility_type": "camp"
  },
  "current": {"location": {"country": "RU", "oblast": "Пермский край"}, "outside_controlled_area": "TRISTATE_TRUE"},
  "physical": {"photo": "/9j/4A=="},
  "listing": {"listed_age": 9},
  "protection": {"concerns": ["asthma"]},
  "tracing": {"reunified_at": "2024-03-05"}
}`

func child(t testing.TB, text string) *homewardv1.ChildRecord {
	t.Helper()
	c := new(homewardv1.ChildRecord)
	if err := protojson.Unmarshal([]byte(text), c); err != nil {
		t.Fatal(err)
	}
	return c
}

// rule is "path", "path=month" or "path#imposed=month": released, or generalised.
func set(rules ...string) *decide.Set {
	wanted := make(map[string]string)
	for _, rule := range rules {
		name, to, _ := strings.Cut(rule, "=")
		wanted[name] = "=" + to
	}
	out := &decide.Set{Answer: []byte(`[{"path":"x","verdict":"withheld"}]`)}
	for _, f := range catalog.Fields() {
		for _, identity := range f.Identities {
			v := decide.Verdict{Path: f.Path, Identity: identity, Verdict: envelope.VerdictWithheld}
			name := f.Path
			if identity == catalog.Imposed {
				name += "#imposed"
			}
			if to, ok := wanted[name]; ok {
				v.Verdict, v.To = envelope.VerdictReleased, to[1:]
				if v.To != "" {
					v.Verdict = envelope.VerdictGeneralised
				}
			}
			out.Verdicts = append(out.Verdicts, v)
		}
	}
	return out
}

func record(c *homewardv1.ChildRecord, matched string, s *decide.Set) decide.RecordVerdicts {
	return decide.RecordVerdicts{Record: adapters.Record{ID: "UA-1", Version: "1", Child: c}, Matched: matched, Set: s}
}

// disclosed returns the disclosures by name.
func disclosed(t testing.TB, r decide.RecordVerdicts, q question) map[string]string {
	t.Helper()
	ds, err := apply(r, testKeys, q)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string, len(ds))
	for _, d := range ds {
		if !json.Valid(d.Value) {
			t.Fatalf("%s is no JSON: %s", d.Name, d.Value)
		}
		out[d.Name] = string(d.Value)
	}
	if len(out) != len(ds) {
		t.Fatalf("%d disclosures under %d names", len(ds), len(out))
	}
	return out
}
