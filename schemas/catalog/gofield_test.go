package catalog

import (
	"reflect"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Every field of every message of the record has a member, each its own.
func TestGoField(t *testing.T) {
	t.Parallel()
	seen := make(map[protoreflect.FullName]bool)
	var visit func(rt reflect.Type, md protoreflect.MessageDescriptor)
	visit = func(rt reflect.Type, md protoreflect.MessageDescriptor) {
		if seen[md.FullName()] {
			return
		}
		seen[md.FullName()] = true
		for i := range md.Fields().Len() {
			fd := md.Fields().Get(i)
			at, ok := GoField(rt, fd)
			if !ok {
				t.Errorf("%s has no member", fd.FullName())
				continue
			}
			if got := rt.Field(at); got.Tag.Get("json") != string(fd.Name())+",omitempty" {
				t.Errorf("%s is taken for %s", fd.FullName(), got.Name)
			}
			if fd.Message() != nil {
				sub := rt.Field(at).Type
				for sub.Kind() != reflect.Struct {
					sub = sub.Elem()
				}
				visit(sub, fd.Message())
			}
		}
	}
	visit(reflect.TypeFor[homewardv1.ChildRecord](), (&homewardv1.ChildRecord{}).ProtoReflect().Descriptor())
	if len(seen) < 10 {
		t.Errorf("%d messages were seen", len(seen))
	}
	if _, ok := GoField(reflect.TypeFor[homewardv1.Place](), (&homewardv1.ChildRecord{}).ProtoReflect().Descriptor().Fields().ByNumber(15)); ok {
		t.Error("a place has no field 15")
	}
}
