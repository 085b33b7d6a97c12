package file

import (
	"strings"
	"testing"

	"homeward.example/adapters"
)

func TestCSVRecord(t *testing.T) {
	t.Parallel()
	const mapping = `
columns:
  Id: {path: record.record_id}
  Прізвище: {path: name.family, kind: original, language: uk, source: icrc, reliability: B, credibility: 2}
  Нове: {path: name.family, kind: imposed, language: ru}
  Також: {path: name.other, kind: alias, split: "|"}
  Дата: {path: birth.birth_date, kind: original, type: date, formats: [DD.MM.YYYY, MM/YYYY, YYYY]}
  Стать: {path: birth.sex, enum: {ч: male, ж: female, "?": ""}}
  Обл: {path: birth.birth_place.oblast, kind: original}
  Місто: {path: birth.birth_place.settlement, kind: original}
  Обл РФ: {path: birth.birth_place.oblast, kind: imposed}
  Мати: {path: "family.members[0].name"}
  Тел: {path: "family.members[0].phone", class: H}
  Батько: {path: "family.members[1].name"}
  Шлях1: {path: "displacement.transfer_route[0].country"}
  Шлях2: {path: "displacement.transfer_route[1].oblast"}
  Вік: {path: listing.listed_age}
  Фото: {path: physical.photo, type: base64}
  Ризик: {path: flags.captor_risk, enum: {так: "yes", ні: "no", "?": unknown}}
  Згода: {path: consent.deny_details.given, type: bool}
  Загроза: {path: protection.concerns, split: ","}
`
	const header = "Id,Прізвище,Нове,Також,Дата,Стать,Обл,Місто,Обл РФ,Мати,Тел,Батько,Шлях1,Шлях2,Вік,Фото,Ризик,Згода,Загроза,Зайве\n"
	s := mustOpen(t, formatCSV, header+
		`1,Шевченко,Морозов,"Саша| Сашко |",09.03.2014,ч,Донецька,Маріуполь,Московская,Оксана,+380,Іван,UA,Ростовская,9,AAEC,ні,0,"a, b",`+canary+"\n"+
		"2,,,,03/2014,?,,,,,,,,,,,?,,,\n"+
		"3,,,,2014,ж,,,,,,,,,,,,,,\n", mapping, nil)
	wantChild(t, mustGet(t, s, "1"), `{
		"record": {"recordId": "1"},
		"name": {"family": [
			{"value": "Морозов", "script": "Cyrl", "language": "ru", "kind": "ASSERTION_KIND_IMPOSED"},
			{"value": "Шевченко", "script": "Cyrl", "language": "uk", "kind": "ASSERTION_KIND_ORIGINAL", "source": "icrc", "reliability": "B", "credibility": 2}],
			"other": [{"value": "Саша", "script": "Cyrl", "kind": "ASSERTION_KIND_ALIAS"}, {"value": "Сашко", "script": "Cyrl", "kind": "ASSERTION_KIND_ALIAS"}]},
		"birth": {"sex": "male", "birthDate": [{"value": "2014-03-09", "kind": "ASSERTION_KIND_ORIGINAL"}], "birthPlace": [
			{"kind": "ASSERTION_KIND_ORIGINAL", "place": {"oblast": "Донецька", "settlement": "Маріуполь"}},
			{"kind": "ASSERTION_KIND_IMPOSED", "place": {"oblast": "Московская"}}]},
		"family": {"members": [{"name": "Оксана", "phone": "+380"}, {"name": "Іван"}]},
		"displacement": {"transferRoute": [{"country": "UA"}, {"oblast": "Ростовская"}]},
		"physical": {"photo": "AAEC"},
		"listing": {"listedAge": 9},
		"protection": {"concerns": ["a", "b"]},
		"consent": {"denyDetails": {"given": "TRISTATE_FALSE"}},
		"flags": {"captorRisk": "TRISTATE_FALSE"}}`)
	wantChild(t, mustGet(t, s, "2"), `{"record": {"recordId": "2"},
		"birth": {"birthDate": [{"value": "2014-03", "kind": "ASSERTION_KIND_ORIGINAL"}]}}`)
	if got := mustGet(t, s, "3").Birth.BirthDate[0].Value; got != "2014" {
		t.Errorf("birth date %q", got)
	}
}

func TestCSVBadCells(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ column, cell, want string }{
		"date":            {"{path: birth.birth_date, kind: original, type: date, formats: [DD.MM.YYYY]}", "2014-03-09", "c.csv:3:3: birth.birth_date: is no date"},
		"impossible date": {"{path: birth.birth_date, kind: original, type: date, formats: [DD.MM.YYYY]}", "31.02.2014", "is no date"},
		"letters in date": {"{path: birth.birth_date, kind: original, type: date, formats: [DD.MM.YYYY]}", "aa.bb.cccc", "is no date"},
		"longer date":     {"{path: birth.birth_date, kind: original, type: date, formats: [YYYY]}", "20145", "is no date"},
		"iso date":        {"{path: birth.birth_date, kind: original, type: date}", canary, "is no date"},
		"untyped date":    {"{path: birth.birth_date, kind: original}", canary, "birth.birth_date.value: is no date"},
		"number":          {"{path: listing.listed_age}", canary, "listing.listed_age: is no whole number"},
		"negative":        {"{path: listing.listed_age}", "-1", "listing.listed_age: is out of range"},
		"bool":            {"{path: flags.captor_risk}", canary, "flags.captor_risk: is neither"},
		"base64":          {"{path: physical.photo}", "АБВ", "physical.photo: is no base64"},
		"enum":            {"{path: birth.sex, enum: {M: male}}", canary, "birth.sex: is no word"},
		"vocabulary":      {"{path: birth.sex}", canary, "birth.sex: is none of"},
		"country":         {"{path: current.location.country}", "Росія", "current.location.country: is no ISO"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mapping := "columns:\n  id: {path: record.record_id}\n  x: " + c.column + "\n"
			s := mustOpen(t, formatCSV, "id,x\n1,\n2,"+c.cell+"\n3,\n", mapping, nil)
			wantBad(t, s, c.want)
		})
	}
}

// TestMappings: a mapping that could let a value pass as something else is refused with its place.
func TestMappings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ column, want string }{
		"unknown path":      {"{path: name.famly}", "mapping.yaml:3:3: name.famly: is no field of the schema (the nearest is name.family)"},
		"no path":           {"{}", "is no field"},
		"group":             {"{path: name}", "name: is a group of fields"},
		"place":             {"{path: separation.place}", "is a place (name its part, for example separation.place.oblast)"},
		"no such part":      {"{path: separation.place.planet}", "is no field"},
		"part of no place":  {"{path: birth.sex.oblast}", "is no field"},
		"list of members":   {"{path: family.members.name}", "is a list (say which: members[0])"},
		"list of places":    {"{path: displacement.transfer_route.country}", "is a list of places"},
		"index too high":    {`{path: "family.members[64].name"}`, "is no field"},
		"index of no list":  {`{path: "birth[0].sex"}`, "is no field"},
		"hostile path":      {`{path: "birth..sex; DROP"}`, "is no field"},
		"pseudo path":       {"{path: assertion.kind}", "is no field"},
		"no kind":           {"{path: name.family}", "name.family: needs a kind"},
		"unknown kind":      {"{path: name.family, kind: unspecified}", "needs a kind"},
		"kind of no list":   {"{path: birth.sex, kind: original}", "is no list of assertions"},
		"grade of no list":  {"{path: birth.sex, credibility: 2}", "is no list of assertions"},
		"stricter class":    {"{path: birth.sex, class: H}", "is of class official, and the column is stricter"},
		"unknown class":     {"{path: name.family, kind: original, class: secretish}", "is of class restricted, and the column is stricter"},
		"wrong type":        {"{path: birth.sex, type: number}", "takes type text"},
		"unknown type":      {"{path: listing.listed_age, type: blob}", "takes type number"},
		"formats of text":   {"{path: birth.sex, formats: [YYYY]}", "has formats and is no date"},
		"format, no year":   {"{path: separation.date, type: date, formats: [DD.MM]}", "without YYYY"},
		"format, no month":  {"{path: separation.date, type: date, formats: [DD.YYYY]}", "without YYYY"},
		"format, Go's":      {"{path: separation.date, type: date, formats: [02.01.2006]}", "without YYYY"},
		"unknown key":       {"{path: birth.sex, enun: {}}", "mapping.yaml:3:24: columns.x.enun: unknown key (the nearest is enum)"},
		"unknown key above": {"{path: birth.sex}\ndelimeter: x", "mapping.yaml:4:1: delimeter: unknown key (the nearest is delimiter)"},
		"delimiter":         {"{path: birth.sex}\ndelimiter: \"ab\"", "delimiter: is not one letter"},
		"quote delimiter":   {"{path: birth.sex}\ndelimiter: '\"'", "delimiter: is not one letter"},
		"column twice":      {"{path: birth.sex}\n  x: {path: birth.sex}", "already defined"},
		"no YAML":           {"{", "mapping.yaml"},
		"wrong shape":       {"[1, 2]", "mapping.yaml"},
		"alias of itself":   {"&a {enum: *a}", "mapping.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tryOpen(t, formatCSV, "id,x\n1,a\n", "columns:\n  id: {path: record.record_id}\n  x: "+c.column+"\n", nil)
			wantIssue(t, err, c.want)
		})
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":        {"# nothing\n", "is empty"},
		"no id":        {"columns:\n  x: {path: birth.sex}\n", "no column is mapped to record.record_id"},
		"not UTF-8":    {"columns:\n  \xff: {path: birth.sex}\n", "is not UTF-8"},
		"large":        {strings.Repeat("#\n", maxMapping), "larger than 1 MiB"},
		"aliases":      {"a: &a [1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n", "unknown key"},
		"a scalar":     {"x", "mapping.yaml"},
		"two of it":    {"columns: {}\ncolumns: {}\n", "already defined"},
		"a tab":        {"columns:\n\tid: x\n", "mapping.yaml"},
		"just a quote": {"'", "mapping.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tryOpen(t, formatCSV, "id,x\n1,a\n", c.text, nil)
			wantIssue(t, err, c.want)
		})
	}
}

// TestMappingClasses: a class that is no stricter than the path's is accepted.
func TestMappingClasses(t *testing.T) {
	t.Parallel()
	for _, class := range []string{"P", "public", "O", "official", "r", "Restricted", ""} {
		c := column{Path: "name.family", Kind: "original", Class: class}
		if _, err := c.ready("x"); err != nil {
			t.Errorf("class %q: %v", class, err)
		}
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	const rows = `{"record":{"recordId":"1"}}
{"record":{"recordId":"2","originSystem":"icrc"},"flags":{"captorRisk":"TRISTATE_TRUE"},"consent":{"denyDetails":{"given":"TRISTATE_TRUE"}}}
`
	s := mustOpen(t, formatJSONL, rows, "", map[string]any{"origin": "unicef", "defaults": map[string]any{
		"flags": map[string]any{"captor_risk": false}, "consent": map[string]any{"deny_details": false},
	}})
	mask := adapters.Mask{"flags.captor_risk", "consent.deny_details.given", "record.origin_system"}
	r, _ := s.Get(t.Context(), "1", mask)
	wantChild(t, r.Child, `{"record":{"originSystem":"unicef"},"flags":{"captorRisk":"TRISTATE_FALSE"},"consent":{"denyDetails":{"given":"TRISTATE_FALSE"}}}`)
	if got := strings.Join(r.Defaulted, " "); got != "record.origin_system flags.captor_risk consent.deny_details.given" {
		t.Errorf("defaulted: %s", got)
	}
	r, _ = s.Get(t.Context(), "2", mask)
	wantChild(t, r.Child, `{"record":{"originSystem":"icrc"},"flags":{"captorRisk":"TRISTATE_TRUE"},"consent":{"denyDetails":{"given":"TRISTATE_TRUE"}}}`)
	if len(r.Defaulted) > 0 {
		t.Errorf("a default over what the file states: %v", r.Defaulted)
	}
}
