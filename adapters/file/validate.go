package file

import (
	"regexp"
	"strings"
	"unicode"

	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/schemas/edtf"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Bounds of one record. They are far above any record of use.
const (
	maxString = 64 << 10
	maxBytes  = 4 << 20
	maxList   = 256
	maxID     = 200
)

// dates are the paths that hold an EDTF date.
var dates = map[string]bool{
	"record.created_at": true, "record.updated_at": true, "record.retention_until": true,
	"birth.birth_date.value": true, "separation.date": true, "tracing.reunified_at": true,
}

// words are the paths with a closed vocabulary (domain.md). Free text there
// would leave as the generalisation of something else.
var words = map[string]string{
	"birth.sex":                  "female male other unknown",
	"separation.cause":           "filtration detention evacuation camp_stay institution death_of_parents other",
	"current.care_type":          "family adoption institution camp military detention other",
	"displacement.facility_type": "camp orphanage boarding_school hospital other",
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// validate returns the first thing wrong with a record: the field and what;
// "" if all is well. It never returns a value.
func validate(child *homewardv1.ChildRecord) (field, what string) {
	id := child.GetRecord().GetRecordId()
	switch {
	case id == "":
		return "record.record_id", "is missing"
	case len(id) > maxID || strings.ContainsFunc(id, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }):
		return "record.record_id", "is too long or has white space"
	}
	return check(child.ProtoReflect(), "")
}

func check(m protoreflect.Message, prefix string) (field, what string) {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		path := prefix + string(fd.Name())
		field, what = checkField(fd, v, path)
		return what == ""
	})
	return field, what
}

func checkField(fd protoreflect.FieldDescriptor, v protoreflect.Value, path string) (field, what string) {
	if fd.IsList() {
		l := v.List()
		if l.Len() > maxList {
			return path, "has too many entries"
		}
		for i := range l.Len() {
			if field, what = checkValue(fd, l.Get(i), path); what != "" {
				return field, what
			}
		}
		return "", ""
	}
	return checkValue(fd, v, path)
}

func checkValue(fd protoreflect.FieldDescriptor, v protoreflect.Value, path string) (field, what string) {
	switch fd.Kind() {
	case protoreflect.MessageKind:
		return check(v.Message(), path+".")
	case protoreflect.StringKind:
		return checkString(v.String(), path, string(fd.Name()))
	case protoreflect.BytesKind:
		if len(v.Bytes()) > maxBytes {
			return path, "is larger than 4 MiB"
		}
	case protoreflect.EnumKind:
		if fd.Enum().Values().ByNumber(v.Enum()) == nil {
			return path, "is no value that the schema has"
		}
	case protoreflect.Int32Kind:
		if v.Int() < 0 || v.Int() > 1000 || fd.Name() == "credibility" && v.Int() > 6 {
			return path, "is out of range"
		}
	}
	return "", ""
}

func checkString(s, path, name string) (field, what string) {
	vocabulary, closed := words[path]
	switch {
	case len(s) > maxString:
		return path, "is longer than 64 KiB"
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' }):
		return path, "has a control character"
	case closed && !contains(vocabulary, s):
		return path, "is none of " + strings.ReplaceAll(vocabulary, " ", ", ")
	case name == "country" && !country.MatchString(s):
		return path, "is no ISO 3166-1 code of two capital letters"
	case name == "reliability" && (len(s) != 1 || s < "A" || s > "F"):
		return path, "is no letter from A to F"
	case dates[path] || name == "asserted_at" || strings.HasPrefix(path, "consent.") && strings.HasSuffix(name, "date"):
		if _, ok := calendar(s); !ok {
			return path, "is no date; write YYYY, YYYY-MM or YYYY-MM-DD"
		}
	}
	return "", ""
}

func contains(vocabulary, word string) bool {
	for w := range strings.FieldsSeq(vocabulary) {
		if w == word {
			return true
		}
	}
	return false
}

// calendar reads a date in EDTF.
func calendar(s string) (edtf.Date, bool) { return edtf.Parse(s) }
