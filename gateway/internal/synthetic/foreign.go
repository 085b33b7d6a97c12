package synthetic

import (
	"bufio"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
)

const (
	unicefID = "unicef"
	icrcID   = "icrc"
)

var icrc = holder{id: icrcID, prefix: "icrc"}

func pfifID(n int) string { return fmt.Sprintf("unicef.example/person.%06d", n) }

// pfifField is one element; a slice of them keeps the format's order.
type pfifField struct{ name, text string }

// writePFIF writes the first 150 of n children as PFIF 1.4, which has no flags and no
// consent: the settings state what this holder can say of all of them, and say
// nothing of the captor's risk.
func (m *maker) writePFIF(dir string, n int) (Holder, error) {
	const name = "unicef.pfif.xml"
	count := min(150, n)
	err := create(filepath.Join(dir, name), func(out io.Writer) error {
		w := bufio.NewWriter(out)
		fmt.Fprintln(w, `<?xml version="1.0" encoding="UTF-8"?>`)
		fmt.Fprintln(w, `<pfif:pfif xmlns:pfif="http://zesty.ca/pfif/1.4">`)
		for n := range count {
			p := m.person(n)
			fmt.Fprintln(w, "  <pfif:person>")
			pfifFields(w, "    ", pfifPerson(p))
			fmt.Fprintln(w, "    <pfif:note>")
			pfifFields(w, "      ", pfifNote(p))
			fmt.Fprintln(w, "    </pfif:note>\n  </pfif:person>")
		}
		fmt.Fprintln(w, "</pfif:pfif>")
		return w.Flush()
	})
	return Holder{ID: unicefID, Records: count, Settings: map[string]any{
		"path": name, "format": "pfif",
		"origins": []any{map[string]any{"domain": "unicef.example", "participant": unicefID}},
		"defaults": map[string]any{
			"flags": map[string]any{
				"location_protected": false, "publicity_forbidden": false, "litigation_hold": false,
				"hold_by_origin": false, "safe_and_reachable": false,
			},
			"consent": map[string]any{"deny_details": false},
		},
	}}, err
}

func pfifPerson(p person) []pfifField {
	fields := []pfifField{
		{"person_record_id", pfifID(p.n)},
		{"entry_date", "2026-04-02T09:00:00Z"},
		{"expiry_date", "2060-12-31T00:00:00Z"},
		{"author_name", Mark},
		{"source_name", Mark},
		{"source_date", "2022-07-15T12:00:00Z"},
		{"full_name", p.given.uk + " " + p.patronymic + " " + p.family},
		{"given_name", p.given.uk},
		{"family_name", p.family},
		{"alternate_names", title(p.given.uk) + " " + title(p.family)},
		{"description", "Synthetic description."},
		{"sex", p.sex()},
		{"date_of_birth", p.birthDate()},
		{"age", strconv.Itoa(2022 - p.born.Year())},
		{"home_city", p.place[2]},
		{"home_state", p.place[0]},
		{"home_country", "UA"},
	}
	if p.full {
		fields = append(fields, pfifField{"photo_url", fmt.Sprintf("https://photos.example/synthetic/%d", p.n)})
	}
	return fields
}

func pfifNote(p person) []pfifField {
	return []pfifField{
		{"note_record_id", fmt.Sprintf("unicef.example/note.%06d", p.n)},
		{"person_record_id", pfifID(p.n)},
		{"entry_date", "2026-04-02T09:00:00Z"},
		{"author_name", Mark},
		{"source_date", "2023-01-10T12:00:00Z"},
		{"author_made_contact", "false"},
		{"status", "believed_missing"},
		{"last_known_location", p.place[2]},
		{"text", Mark},
	}
}

func pfifFields(w *bufio.Writer, indent string, fields []pfifField) {
	for _, f := range fields {
		fmt.Fprintf(w, "%s<pfif:%s>", indent, f.name)
		_ = xml.EscapeText(w, []byte(f.text)) // the writer keeps its error for Flush
		fmt.Fprintf(w, "</pfif:%s>\n", f.name)
	}
}

// icrcMapping says what the columns of the CSV file mean. "note" is not mapped,
// and so dropped.
const icrcMapping = `# Columns of icrc.csv (synthetic children).
delimiter: ";"
columns:
  Ref:            {path: record.record_id, class: official}
  Mark:           {path: "evidence.custody", class: highly_restricted}
  Family name:    {path: name.family, kind: original, language: uk, source: icrc, reliability: B, credibility: 2}
  First name:     {path: name.given, kind: original, language: uk, source: icrc, reliability: B, credibility: 2}
  Father's name:  {path: name.patronymic, kind: original, language: uk, source: icrc, reliability: B, credibility: 2}
  Also known as:  {path: name.full, kind: imposed, language: ru, source: icrc, reliability: C, credibility: 3}
  Born:           {path: birth.birth_date, kind: original, type: date, formats: [DD.MM.YYYY, MM.YYYY, YYYY], source: icrc}
  Sex:            {path: birth.sex, enum: {M: male, F: female}}
  Birth oblast:   {path: birth.birth_place.oblast, kind: original, source: icrc}
  Birth country:  {path: birth.birth_place.country, kind: original, source: icrc}
  RFL number:     {path: documents.icrc_ref, class: restricted}
  Mother:         {path: "family.members[0].name"}
  Relation:       {path: "family.members[0].relation"}
  Mother's phone: {path: "family.members[0].phone", class: H}
  Separated:      {path: separation.date, type: date, formats: [MM.YYYY]}
  Cause:          {path: separation.cause, enum: {filtration: filtration, evacuation: evacuation}}
  From oblast:    {path: separation.place.oblast}
  From country:   {path: separation.place.country}
  Country now:    {path: current.location.country, class: H}
  Tracing:        {path: tracing.status, enum: {open: sought, closed: closed}}
  Protected:      {path: flags.location_protected, enum: {"0": "no", "1": "yes", "?": unknown}}
  No publicity:   {path: flags.publicity_forbidden, enum: {"0": "no", "1": "yes", "?": unknown}}
  Captor risk:    {path: flags.captor_risk, enum: {"0": "no", "1": "yes", "?": unknown}}
  On hold:        {path: flags.hold_by_origin, enum: {"0": "no", "1": "yes", "?": unknown}}
  Denied:         {path: consent.deny_details.given, enum: {"0": "no", "1": "yes", "?": unknown}}
`

// writeCSV writes children 0, 1 and 75 to 172, of n, as a table with its mapping.
func (m *maker) writeCSV(dir string, n int) (Holder, error) {
	const name, mapping = "icrc.csv", "icrc.mapping.yaml"
	numbers := append([]int{0, 1}, span(75, min(173, n))...)
	err := create(filepath.Join(dir, mapping), func(w io.Writer) error {
		_, err := io.WriteString(w, icrcMapping)
		return err
	})
	if err != nil {
		return Holder{}, err
	}
	err = create(filepath.Join(dir, name), func(out io.Writer) error {
		w := csv.NewWriter(out)
		w.Comma = ';'
		_ = w.Write([]string{
			"Ref", "Mark", "Family name", "First name", "Father's name", "Also known as", "Born", "Sex", "Birth oblast", "Birth country",
			"RFL number", "Mother", "Relation", "Mother's phone", "Separated", "Cause", "From oblast", "From country", "Country now",
			"Tracing", "Protected", "No publicity", "Captor risk", "On hold", "Denied", "Note",
		})
		for _, n := range numbers {
			_ = w.Write(icrcRow(m.person(n)))
		}
		w.Flush()
		return w.Error()
	})
	return Holder{ID: icrcID, Records: len(numbers), Settings: map[string]any{
		"path": name, "format": "csv", "mapping": mapping, "origin": icrcID,
	}}, err
}

func icrcRow(p person) []string {
	known := ""
	if p.renamed {
		known = p.given.ru + " " + p.imposedFamily
	}
	flag := func(b bool) string {
		switch {
		case !p.flags:
			return "?"
		case b:
			return "1"
		}
		return "0"
	}
	return []string{
		icrc.recordID(p.n), Mark, p.family, p.given.uk, p.patronymic, known, p.born.Format("02.01.2006"),
		map[bool]string{true: "F", false: "M"}[p.girl], p.place[0], "UA",
		fmt.Sprintf("SYN-%06d", p.serial), p.mother, "mother", fmt.Sprintf("+380000%06d", p.n),
		fmt.Sprintf("%02d.2022", 3+p.n%9), "filtration", p.place[0], "UA", p.facility[1],
		"open", flag(p.protectedHome), flag(p.captorRisk && p.protectedHome), flag(p.captorRisk), flag(false), flag(false), "not mapped",
	}
}
