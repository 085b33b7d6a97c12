package file

import (
	"regexp"
	"slices"
	"strings"
	"sync"
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

// words are the paths with a closed vocabulary (domain.md). Free text there
// would leave as the generalisation of something else.
var words = map[string]string{
	"birth.sex":                  "female male other unknown",
	"separation.cause":           "filtration detention evacuation camp_stay institution death_of_parents other",
	"current.care_type":          "family adoption institution camp military detention other",
	"displacement.facility_type": "camp orphanage boarding_school hospital other",
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// rule is what must be true of one field, with its path.
type rule struct {
	path   string
	text   func(s string) (what string) // of a string; nil if anything may stand there
	line   bool                         // it is one line
	max    int64                        // of a number
	fields []*rule                      // of a message, by field number
}

var rules = sync.OnceValue(func() *rule {
	return rulesOf("", (&homewardv1.ChildRecord{}).ProtoReflect().Descriptor())
})

func rulesOf(prefix string, md protoreflect.MessageDescriptor) *rule {
	r := &rule{path: prefix}
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		path := prefix + string(fd.Name())
		sub := &rule{path: path, text: textRule(path, string(fd.Name())), line: isLine(path), max: 1000}
		if fd.Name() == "credibility" {
			sub.max = 6
		}
		if fd.Message() != nil {
			sub = rulesOf(path+".", fd.Message())
			sub.path = path
		}
		for len(r.fields) <= int(fd.Number()) {
			r.fields = append(r.fields, nil)
		}
		r.fields[fd.Number()] = sub
	}
	return r
}

func textRule(path, name string) func(string) string {
	vocabulary, closed := words[path]
	switch {
	case closed:
		allowed := strings.Fields(vocabulary)
		return func(s string) string {
			if slices.Contains(allowed, s) {
				return ""
			}
			return "is none of " + strings.Join(allowed, ", ")
		}
	case name == "country":
		return matching(country, "is no ISO 3166-1 code of two capital letters")
	case name == "reliability":
		return matching(regexp.MustCompile(`^[A-F]$`), "is no letter from A to F")
	case isDate(path, name):
		return func(s string) string {
			if _, ok := edtf.Parse(s); ok {
				return ""
			}
			return "is no date; write YYYY, YYYY-MM or YYYY-MM-DD"
		}
	}
	return nil
}

func matching(re *regexp.Regexp, what string) func(string) string {
	return func(s string) string {
		if re.MatchString(s) {
			return ""
		}
		return what
	}
}

// isDate names the paths that hold an EDTF date.
func isDate(path, name string) bool {
	switch path {
	case "record.created_at", "record.updated_at", "record.retention_until",
		"birth.birth_date.value", "separation.date", "tracing.reunified_at":
		return true
	}
	return name == "asserted_at" || strings.HasPrefix(path, "consent.") && (name == "date" || name == "review_date")
}

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
	return rules().message(child.ProtoReflect())
}

func (r *rule) message(m protoreflect.Message) (field, what string) {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		field, what = r.fields[fd.Number()].field(fd, v)
		return what == ""
	})
	return field, what
}

func (r *rule) field(fd protoreflect.FieldDescriptor, v protoreflect.Value) (field, what string) {
	if !fd.IsList() {
		return r.value(fd, v)
	}
	l := v.List()
	if l.Len() > maxList {
		return r.path, "has too many entries"
	}
	for i := range l.Len() {
		if field, what = r.value(fd, l.Get(i)); what != "" {
			return field, what
		}
	}
	return "", ""
}

func (r *rule) value(fd protoreflect.FieldDescriptor, v protoreflect.Value) (field, what string) {
	switch fd.Kind() {
	case protoreflect.MessageKind:
		return r.message(v.Message())
	case protoreflect.StringKind:
		what = r.string(v.String())
	case protoreflect.BytesKind:
		if len(v.Bytes()) > maxBytes {
			what = "is larger than 4 MiB"
		}
	case protoreflect.EnumKind:
		if fd.Enum().Values().ByNumber(v.Enum()) == nil {
			what = "is no value that the schema has"
		}
	case protoreflect.Int32Kind:
		if v.Int() < 0 || v.Int() > r.max {
			what = "is out of range"
		}
	}
	return r.path, what
}

func (r *rule) string(s string) (what string) {
	switch {
	case len(s) > maxString:
		return "is longer than 64 KiB"
	case strings.ContainsFunc(s, isControl):
		return "has a control character"
	case r.line && strings.ContainsAny(s, "\n\r"):
		return "has a line break; look for a quote that is left open"
	case r.text != nil && s != "":
		return r.text(s)
	}
	return ""
}

// isLine names what is written on one line: in a table with a stray quote the next
// children's rows would else be read as part of a name.
func isLine(path string) bool {
	for _, of := range []string{"name.", "birth.", "documents.", "origin.nationality", "origin.language", "family.members.name", "listing.listed_name"} {
		if strings.HasPrefix(path, of) {
			return true
		}
	}
	return false
}

func isControl(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' }
