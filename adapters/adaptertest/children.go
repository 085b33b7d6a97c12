package adaptertest

import (
	"fmt"

	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/adapters"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// ID is the id of a synthetic child of this package. It is fit for PFIF, whose
// ids begin with a domain.
func ID(n int) string { return fmt.Sprintf("synthetic.example/child-%d", n) }

// Criteria that find Child(n) and Full(n).
func Criteria(n int) adapters.Criteria {
	c := Child(n)
	return adapters.Criteria{
		Given: c.Name.Given[0].Value, Family: c.Name.Family[0].Value, Born: c.Birth.BirthDate[0].Value,
	}
}

// Children returns Child(0) to Child(n-1).
func Children(n int) []*homewardv1.ChildRecord {
	out := make([]*homewardv1.ChildRecord, n)
	for i := range out {
		out[i] = Child(i)
	}
	return out
}

// Child is a synthetic child with a name and a birth date. Names repeat after
// ten; the same number gives the same child.
func Child(n int) *homewardv1.ChildRecord {
	families := [...]string{"Шевченко", "Зґурський", "Дем'янчук", "Їжакевич", "Щербак", "Нечуй-Левицький", "Юрченко", "Гнатюк", "Хмара", "Цюпа"}
	givens := [...]string{"Олександр", "Марія", "Юлія", "Євген", "Ольга"}
	sexes := [...]string{"male", "female", "female", "male", "female"}
	return &homewardv1.ChildRecord{
		Record: &homewardv1.RecordInfo{RecordId: ID(n)},
		Name:   &homewardv1.Name{Family: original(families[n%10]), Given: original(givens[n%5])},
		Birth: &homewardv1.Birth{
			BirthDate: original(fmt.Sprintf("%d-%02d-%02d", 2008+n%10, 1+n%12, 1+n%28)), Sex: sexes[n%5],
		},
	}
}

func original(value string) []*homewardv1.Assertion {
	return []*homewardv1.Assertion{{Value: value, Kind: homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL}}
}

// Full is Child(n) with every leaf of the schema filled, whatever leaves the schema has.
func Full(n int) *homewardv1.ChildRecord {
	c := Child(n)
	c.Birth.Age = original("10")
	fill(c.ProtoReflect(), n)
	return c
}

// fill sets what is not set yet.
func fill(m protoreflect.Message, n int) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		fd := fields.Get(i)
		switch {
		case m.Has(fd) && (fd.Message() == nil || catalog.Annotation(fd) != nil):
		case fd.IsList() && fd.Message() != nil:
			fill(m.Mutable(fd).List().AppendMutable().Message(), n)
		case fd.IsList():
			m.Mutable(fd).List().Append(scalar(fd, n))
		case fd.Message() != nil:
			fill(m.Mutable(fd).Message(), n)
		default:
			m.Set(fd, scalar(fd, n))
		}
	}
}

// scalar is a value that the field may have.
func scalar(fd protoreflect.FieldDescriptor, n int) protoreflect.Value {
	switch fd.Kind() {
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes(fmt.Appendf(nil, "synthetic photo %d", n))
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(int32(1 + n%5))
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(1)
	}
	return protoreflect.ValueOfString(text(fd, n))
}

func text(fd protoreflect.FieldDescriptor, n int) string {
	switch fd.FullName() {
	case "homeward.v1.Birth.sex":
		return "other"
	case "homeward.v1.RecordInfo.retention_until":
		return "2999-12-31T00:00:00Z"
	case "homeward.v1.RecordInfo.created_at", "homeward.v1.RecordInfo.updated_at":
		return "2024-05-06T07:08:09Z"
	case "homeward.v1.Assertion.asserted_at", "homeward.v1.Separation.date", "homeward.v1.Tracing.reunified_at",
		"homeward.v1.ConsentItem.date", "homeward.v1.ConsentItem.review_date":
		return "2024-05-06"
	case "homeward.v1.Assertion.reliability":
		return "B"
	case "homeward.v1.Place.country":
		return "UA"
	case "homeward.v1.Separation.cause":
		return "camp_stay"
	case "homeward.v1.Current.care_type", "homeward.v1.Displacement.facility_type":
		return "camp"
	case "homeward.v1.Tracing.status":
		return "missing"
	}
	return fmt.Sprintf("synthetic-%s-%d", fd.Name(), n)
}
