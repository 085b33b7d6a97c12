package file

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	"homeward.example/adapters"
	"homeward.example/adapters/adaptertest"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// backend fills one file, in one format.
type backend struct {
	source *Source
	path   string
	encode func([]*homewardv1.ChildRecord) []byte
	paths  []string
	t      testing.TB
}

func (b *backend) Fill(children ...*homewardv1.ChildRecord) error {
	if err := replace(b.path, b.encode(children)); err != nil {
		return err
	}
	return b.source.Reload(b.t.Context())
}

func (b *backend) Adapter() adapters.Adapter { return b.source }
func (b *backend) Paths() []string           { return b.paths }

// replace writes a file as a careful exporter does: whole, then renamed.
func replace(path string, content []byte) error {
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func factory(name string, values map[string]any, encode func([]*homewardv1.ChildRecord) []byte, paths []string) adaptertest.Factory {
	return func(t *testing.T) adaptertest.Backend {
		dir := t.TempDir()
		b := &backend{path: filepath.Join(dir, name), encode: encode, paths: paths, t: t}
		for file, content := range map[string][]byte{name: encode(adaptertest.Children(1)), "mapping.yaml": []byte(fullMapping)} {
			if err := os.WriteFile(filepath.Join(dir, file), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		b.source = openIn(t, dir, merge(map[string]any{"path": name}, values))
		return b
	}
}

func merge(a, b map[string]any) map[string]any {
	out := make(map[string]any)
	for _, m := range []map[string]any{a, b} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

// openIn opens a source over a folder and closes it at the test's end.
func openIn(t testing.TB, dir string, values map[string]any) *Source {
	t.Helper()
	s, err := New(t.Context(), adapters.Settings{Values: values, Dir: dir})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestConformance(t *testing.T) {
	t.Parallel()
	t.Run("jsonl", func(t *testing.T) {
		t.Parallel()
		adaptertest.Run(t, factory("children.jsonl", nil, encodeJSONL, nil))
	})
	t.Run("pfif", func(t *testing.T) {
		t.Parallel()
		adaptertest.Run(t, factory("children.xml", nil, encodePFIF, []string{
			"record.record_id", "record.origin_system", "record.created_at", "record.updated_at", "record.retention_until",
			"name.full", "name.given", "name.family", "name.other",
			"birth.birth_date", "birth.age", "birth.sex", "origin.last_address", "current.location", "physical.marks",
			"tracing.status", "tracing.matched_request_ids", "evidence.custody", "evidence.source_urls",
		}))
	})
	t.Run("csv", func(t *testing.T) {
		t.Parallel()
		adaptertest.Run(t, factory("children.csv", map[string]any{
			"mapping": "mapping.yaml", "origin": "icrc",
			"defaults": map[string]any{"flags": map[string]any{"captor_risk": true}, "consent": map[string]any{"deny_details": false}},
		}, encodeCSV, []string{
			"record.record_id", "record.origin_system", "name.given", "name.family",
			"birth.birth_date", "birth.birth_place", "birth.sex", "documents.national_id", "documents.icrc_ref",
			"family.members.name", "family.members.alive", "family.sibling_record_ids",
			"displacement.transfer_route", "current.location", "physical.photo", "listing.listed_age",
			"consent.deny_details.given", "flags.location_protected", "flags.captor_risk",
		}))
	})
}

func encodeJSONL(children []*homewardv1.ChildRecord) []byte {
	var b bytes.Buffer
	for _, c := range children {
		line, _ := protojson.Marshal(c)
		b.Write(line)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// fullMapping has one column of each kind.
const fullMapping = `
delimiter: ";"
columns:
  id: {path: record.record_id}
  прізвище: {path: name.family, kind: original, language: uk}
  ім'я: {path: name.given, kind: original, language: uk}
  народження: {path: birth.birth_date, kind: original, type: date, formats: [DD.MM.YYYY, MM.YYYY, YYYY]}
  область: {path: birth.birth_place.oblast, kind: original}
  стать: {path: birth.sex, enum: {ч: male, ж: female, і: other}}
  РНОКПП: {path: documents.national_id, class: H}
  ref: {path: documents.icrc_ref, class: restricted}
  мати: {path: "family.members[0].name"}
  мати жива: {path: "family.members[0].alive", enum: {так: "yes", ні: "no"}}
  брати: {path: family.sibling_record_ids, split: ","}
  через: {path: "displacement.transfer_route[0].country"}
  де: {path: current.location.country}
  фото: {path: physical.photo}
  вік у списку: {path: listing.listed_age}
  захист: {path: flags.location_protected}
`

func encodeCSV(children []*homewardv1.ChildRecord) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = ';'
	_ = w.Write([]string{"id", "прізвище", "ім'я", "народження", "область", "стать", "РНОКПП", "ref", "мати", "мати жива",
		"брати", "через", "де", "фото", "вік у списку", "захист", "нічого"})
	words := map[string]string{"male": "ч", "female": "ж", "other": "і"}
	for _, c := range children {
		y, m, d := c.Birth.BirthDate[0].Value[:4], c.Birth.BirthDate[0].Value[5:7], c.Birth.BirthDate[0].Value[8:]
		row := []string{c.Record.RecordId, c.Name.Family[0].Value, c.Name.Given[0].Value, d + "." + m + "." + y, "", words[c.Birth.Sex]}
		if c.Documents != nil { // a full one
			row[4] = c.Birth.BirthPlace[0].Place.Oblast
			row = append(row, c.Documents.NationalId, c.Documents.IcrcRef, c.Family.Members[0].Name, "так",
				"a,b", "UA", "RU", base64.StdEncoding.EncodeToString(c.Physical.Photo),
				strconv.Itoa(int(c.Listing.ListedAge)), "false", "dropped")
		} else {
			row = append(row, make([]string, 11)...)
		}
		_ = w.Write(row)
	}
	w.Flush()
	return b.Bytes()
}

func encodePFIF(children []*homewardv1.ChildRecord) []byte {
	var b strings.Builder
	tag := func(name, text string) {
		if text == "" {
			return
		}
		fmt.Fprintf(&b, "<p:%s>", name)
		_ = xml.EscapeText(&b, []byte(text))
		fmt.Fprintf(&b, "</p:%s>\n", name)
	}
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><p:pfif xmlns:p="http://zesty.ca/pfif/1.4">`)
	for _, c := range children {
		b.WriteString("<p:person>")
		tag("person_record_id", c.Record.RecordId)
		tag("source_date", c.Record.CreatedAt)
		tag("entry_date", c.Record.UpdatedAt)
		tag("expiry_date", c.Record.RetentionUntil)
		tag("given_name", c.Name.Given[0].Value)
		tag("family_name", c.Name.Family[0].Value)
		tag("date_of_birth", c.Birth.BirthDate[0].Value)
		tag("sex", c.Birth.Sex)
		if c.Documents != nil { // a full one
			tag("full_name", c.Name.Full[0].Value)
			tag("alternate_names", c.Name.Other[0].Value)
			tag("age", c.Birth.Age[0].Value)
			tag("home_country", c.Origin.LastAddress.Country)
			tag("home_state", c.Origin.LastAddress.Oblast)
			tag("description", c.Physical.Marks)
			tag("source_name", c.Evidence.Custody[0])
			tag("photo_url", c.Evidence.SourceUrls[0])
			b.WriteString("<p:note>")
			tag("source_date", "2024-05-06T07:08:09Z")
			tag("status", "believed_missing")
			tag("linked_person_record_id", c.Tracing.MatchedRequestIds[0])
			tag("last_known_location", c.Current.Location.Settlement)
			b.WriteString("</p:note>")
		}
		b.WriteString("</p:person>\n")
	}
	b.WriteString("</p:pfif>")
	return []byte(b.String())
}
