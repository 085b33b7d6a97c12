package file

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/testing/protocmp"

	"homeward.example/adapters"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// doc is a PFIF document of a version around a body.
func doc(version, body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><pfif xmlns="http://zesty.ca/pfif/` + version + `">` + body + `</pfif>`
}

// wantChild compares with the JSON of a record.
func wantChild(t *testing.T, got *homewardv1.ChildRecord, want string) {
	t.Helper()
	w := new(homewardv1.ChildRecord)
	if err := protojson.Unmarshal([]byte(want), w); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, got, protocmp.Transform()); diff != "" {
		t.Errorf("record differs (-want +got):\n%s", diff)
	}
}

// personFinder is Person Finder's own test file, as far as both versions have it.
const personFinder = `{
	"record": {"recordId": "test.google.com/person.21009", "originSystem": "test.google.com",
		"createdAt": "2000-01-01T00:00:00Z", "updatedAt": "2000-01-16T02:07:57Z"},
	"name": {
		"full": FULL,
		"given": [{"value": "GIVEN", "script": "Latn", "kind": "ASSERTION_KIND_ORIGINAL", "source": "test.google.com", "assertedAt": "2000-01-01"}],
		"family": [{"value": "FAMILY", "script": "Latn", "kind": "ASSERTION_KIND_ORIGINAL", "source": "test.google.com", "assertedAt": "2000-01-01"}],
		"other": OTHER},
	"birth": {"sex": "female",
		"birthDate": [{"value": "1970-01", "kind": "ASSERTION_KIND_ORIGINAL", "source": "test.google.com", "assertedAt": "2000-01-01"}],
		"age": [{"value": "35-45", "kind": "ASSERTION_KIND_ORIGINAL", "source": "test.google.com", "assertedAt": "2000-01-01"}]},
	"origin": {"lastAddress": {"country": "US", "oblast": "_test_home_state", "settlement": "_test_home_city",
		"point": "_test_home_street, _test_home_neighborhood, _test_home_postal_code"}},
	"current": {"location": {"point": "19.16592425362802 -71.9384765625"}},
	"physical": {"marks": "_test_description"},
	"tracing": {"status": "in_contact", "matchedRequestIds": ["test.google.com/person.999"]},
	"evidence": {"custody": ["_test_source_name"], "sourceUrls": URLS}
}`

func TestPersonFinderFiles(t *testing.T) {
	t.Parallel()
	const shared = "../../../shared/data/pfif"
	name := func(v, kind string) string {
		return `{"value": "` + v + `", "script": "Latn", ` + kind + `"source": "test.google.com", "assertedAt": "2000-01-01"}`
	}
	const original = `"kind": "ASSERTION_KIND_ORIGINAL", `
	for version, replace := range map[string][]string{
		"1.2": {"FULL", "[]", "GIVEN", "_test_first_name", "FAMILY", "_test_last_name", "OTHER", "[]",
			"URLS", `["_test_source_url", "_test_photo_url"]`},
		"1.4": {"FULL", "[" + name("_test_full_name1", original) + "," + name("_test_full_name2", original) + "]",
			"GIVEN", "_test_given_name", "FAMILY", "_test_family_name",
			"OTHER", "[" + name("_test_alternate_name1", "") + "," + name("_test_alternate_name2", "") + "]",
			"URLS", `["_test_source_url", "_test_photo_url", "_test_profile_url1", "_test_profile_url2"]`},
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join(shared, "test.pfif-"+version+".xml"))
			if err != nil && os.Getenv("CI") == "true" {
				t.Fatalf("Person Finder's file is missing: %v", err)
			}
			if err != nil {
				t.Logf("Person Finder's file is not here, so it was not tried: %v", err)
				return
			}
			s := mustOpen(t, formatPFIF, string(text), "", nil)
			if r := s.Report(); r.Bad != 0 || r.Loaded != 1 {
				t.Errorf("report: %+v", r)
			}
			wantChild(t, mustGet(t, s, "test.google.com/person.21009"), strings.NewReplacer(replace...).Replace(personFinder))
		})
	}
}

// TestPFIFVersions: the names that older versions have.
func TestPFIFVersions(t *testing.T) {
	t.Parallel()
	const head = `<person><person_record_id>x.example/1</person_record_id>`
	for _, c := range []struct{ name, version, body, want string }{
		{"1.1", "1.1", `<first_name>МАРІЯ</first_name><last_name>КОВАЛЬ</last_name><home_city>X</home_city><home_zip>123</home_zip>` +
			`<other>description:
    red coat
  two lines
other_section:
    secret</other>`,
			`"name":{"given":[{"value":"МАРІЯ","script":"Cyrl","kind":"ASSERTION_KIND_ORIGINAL","source":"x.example"}],
			 "family":[{"value":"КОВАЛЬ","script":"Cyrl","kind":"ASSERTION_KIND_ORIGINAL","source":"x.example"}]},
			 "birth":{},"origin":{"lastAddress":{"settlement":"X","point":"123"}},"physical":{"marks":"red coat\ntwo lines"}`},
		{"1.3 free text", "1.3", `<full_name>A Б</full_name><other>a red coat</other>`,
			`"name":{"full":[{"value":"A Б","kind":"ASSERTION_KIND_ORIGINAL","source":"x.example"}]},"physical":{"marks":"a red coat"}`},
		{"unknown and foreign elements are dropped", "1.4",
			`<full_name>A</full_name><author_name>B</author_name><shoe_size>40</shoe_size><z:full_name xmlns:z="urn:z"><z:b/>C</z:full_name>`,
			`"name":{"full":[{"value":"A","script":"Latn","kind":"ASSERTION_KIND_ORIGINAL","source":"x.example"}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := mustOpen(t, formatPFIF, doc(c.version, head+c.body+`</person>`), "", nil)
			want := `{"record":{"recordId":"x.example/1","originSystem":"x.example"},` + c.want + `}`
			wantChild(t, mustGet(t, s, "x.example/1"), strings.Replace(want, `"birth":{},`, "", 1))
		})
	}
}

func note(fields string) string {
	return `<note><source_date>2023-01-01T00:00:00Z</source_date>` + fields + `</note>`
}

// TestPFIFNotes: the newest note with a status speaks; a wrong note is reported, and the person loads.
func TestPFIFNotes(t *testing.T) {
	t.Parallel()
	older := `<note><source_date>2020-01-01T00:00:00Z</source_date><status>believed_dead</status></note>`
	for _, c := range []struct{ name, notes, status, issue string }{
		{"none", "", "", ""},
		{"sought", note(`<status>information_sought</status>`), "sought", ""},
		{"missing", note(`<status>believed_missing</status>`), "missing", ""},
		{"alive", note(`<status>believed_alive</status>`), "believed_alive", ""},
		{"author", note(`<status>is_note_author</status>`), "in_contact", ""},
		{"dead stays a belief", note(`<status>believed_dead</status>`), "believed_dead", ""},
		{"the newest counts", note(`<status>believed_alive</status>`) + older, "believed_alive", ""},
		{"contact", note(`<author_made_contact>true</author_made_contact>`), "in_contact", ""},
		{"found, as 1.2 says it", older + note(`<found>true</found>`), "in_contact", ""},
		{"no contact says nothing", older + note(`<author_made_contact>false</author_made_contact><status></status>`), "believed_dead", ""},
		{"no such status", older + note(`<status>`+canary+`</status>`), "believed_dead", "c.xml:1:"},
		{"of another person", older + note(`<person_record_id>x.example/2</person_record_id><status>believed_alive</status>`), "believed_dead", "person_record_id"},
		{"a broken date", older + `<note><source_date>` + canary + `</source_date></note>`, "believed_dead", "source_date"},
		{"elements inside", older + note(`<status><b/></status>`), "believed_dead", "status: has elements inside"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := mustOpen(t, formatPFIF, doc("1.4", `<person><person_record_id>x.example/1</person_record_id><full_name>A</full_name>`+c.notes+`</person>`), "", nil)
			if got := mustGet(t, s, "x.example/1").GetTracing().GetStatus(); got != c.status {
				t.Errorf("status %q, want %q", got, c.status)
			}
			wantIssues(t, s, c.issue)
		})
	}
}

// wantIssues wants one issue with that text, or none if it is empty.
func wantIssues(t *testing.T, s *Source, want string) {
	t.Helper()
	issues := s.Report().Issues
	switch {
	case want == "" && len(issues) == 0:
	case want == "" || len(issues) != 1 || !strings.Contains(issues[0].Error(), want):
		t.Errorf("issues %v, want %q", issues, want)
	default:
		noCanary(t, issues[0].Error())
	}
}

func TestPFIFNotesOutsideTheirPerson(t *testing.T) {
	t.Parallel()
	const p = `<person><person_record_id>x.example/1</person_record_id><full_name>A</full_name></person>`
	s := mustOpen(t, formatPFIF, doc("1.4",
		note(`<person_record_id>x.example/1</person_record_id><status>believed_alive</status><last_known_location>Ростов</last_known_location>`)+p+
			note(`<person_record_id>x.example/`+canary+`</person_record_id>`)), "", nil)
	c := mustGet(t, s, "x.example/1")
	if c.GetTracing().GetStatus() != "believed_alive" || c.GetCurrent().GetLocation().GetPoint() != "Ростов" {
		t.Errorf("the note outside did not reach its person: %v", c)
	}
	wantIssues(t, s, "no person of this file")
}

func TestPFIFBadPersons(t *testing.T) {
	t.Parallel()
	const id = `<person_record_id>x.example/2</person_record_id>`
	for name, c := range map[string]struct{ body, want string }{
		"no id":             {`<full_name>` + canary + `</full_name>`, "record.record_id: is missing"},
		"field twice":       {id + `<sex>male</sex><sex>female</sex>`, "sex: is there twice"},
		"elements inside":   {id + `<full_name><b>` + canary + `</b></full_name>`, "full_name: has elements inside"},
		"text between":      {id + canary, "has text between its fields"},
		"long field":        {id + `<full_name>` + strings.Repeat("a", maxField+1) + `</full_name>`, "full_name: is longer"},
		"source date":       {id + `<source_date>` + canary + `</source_date>`, "source_date: is no date"},
		"expiry date":       {id + `<full_name>A</full_name><expiry_date>never</expiry_date>`, "expiry_date: is no date"},
		"birth date":        {id + `<date_of_birth>09.03.2014</date_of_birth>`, "birth.birth_date.value: is no date"},
		"age":               {id + `<age>` + canary + `</age>`, "age: is neither"},
		"sex":               {id + `<sex>` + canary + `</sex>`, "birth.sex: is none of"},
		"country":           {id + `<home_country>Ukraine</home_country>`, "origin.last_address.country"},
		"unknown field bad": {id + `<` + canary + `>a<b/></` + canary + `>`, "has elements inside"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good := strings.TrimSuffix(goodPFIF, "</p:pfif>")
			body := "\n<p:person>" + qualify(c.body) + "</p:person>\n<p:person><p:person_record_id>9</p:person_record_id><p:sex>male</p:sex></p:person>"
			s := mustOpen(t, formatPFIF, good+body+"</p:pfif>", "", nil)
			wantBad(t, s, c.want)
			if got := s.Report().Issues[0].Line; got != 2 {
				t.Errorf("line %d, want 2", got)
			}
		})
	}
}

// qualify gives elements the prefix of goodPFIF.
func qualify(body string) string {
	return strings.NewReplacer("</", "</p:", "<", "<p:").Replace(body)
}

// TestPFIFExpiry: an expired person and a placeholder are tombstones, wherever they stand.
func TestPFIFExpiry(t *testing.T) {
	t.Parallel()
	p := func(id, more string) string {
		return `<person><person_record_id>x.example/` + id + `</person_record_id>` + more + `</person>`
	}
	const expired, later = `<expiry_date>2026-11-22T12:00:00Z</expiry_date>`, `<expiry_date>2026-11-22T12:00:01Z</expiry_date>`
	s := mustOpen(t, formatPFIF, doc("1.4",
		p("live", `<full_name>A</full_name>`+later)+
			p("expired", `<full_name>B</full_name>`+expired)+
			p("placeholder", `<source_date>2026-01-01T00:00:00Z</source_date><entry_date>2026-01-01T00:00:00Z</entry_date>`+expired)+
			p("wiped", later)+
			p("revoked", `<full_name>C</full_name>`)+p("revoked", expired)), "", nil)
	if r := s.Report(); r.Loaded != 1 || r.Tombstones != 4 || r.Bad != 0 {
		t.Errorf("report %+v", r)
	}
	changes, _, err := s.Changes(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var dead []string
	for _, c := range changes {
		if c.Deleted {
			dead = append(dead, c.ID)
		}
	}
	slices.Sort(dead)
	if want := []string{"x.example/expired", "x.example/placeholder", "x.example/revoked", "x.example/wiped"}; !slices.Equal(dead, want) {
		t.Errorf("tombstones %v, want %v", dead, want)
	}
	for _, id := range dead {
		if _, err := s.Get(t.Context(), id, nil); err == nil {
			t.Errorf("%s is served", id)
		}
	}
	mustGet(t, s, "x.example/live")
}

func TestPFIFAlternateNamesAndOrigins(t *testing.T) {
	t.Parallel()
	body := doc("1.4", `<person><person_record_id>RFL.example/1</person_record_id><full_name>A</full_name><alternate_names>B</alternate_names></person>`)
	s := mustOpen(t, formatPFIF, body, "", map[string]any{
		"alternate_names": "imposed", "origin": "unicef",
		"origins": []any{map[string]any{"domain": "rfl.example", "participant": "icrc"}},
	})
	c := mustGet(t, s, "RFL.example/1")
	if got := c.Name.Other[0].Kind; got != homewardv1.AssertionKind_ASSERTION_KIND_IMPOSED {
		t.Errorf("alternate name is %v", got)
	}
	if c.Record.OriginSystem != "icrc" || c.Name.Full[0].Source != "icrc" {
		t.Errorf("a copy of the ICRC's record comes from %q", c.Record.OriginSystem)
	}
	s = mustOpen(t, formatPFIF, body, "", map[string]any{"origin": "unicef"})
	if got := mustGet(t, s, "RFL.example/1").Record.OriginSystem; got != "RFL.example" {
		t.Errorf("a copy of somebody else's record passes as %q", got)
	}
	if r, _ := s.Get(t.Context(), "RFL.example/1", adapters.Mask{}); len(r.Defaulted) > 0 {
		t.Errorf("defaulted: %v", r.Defaulted)
	}
}
