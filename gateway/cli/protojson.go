package cli

import (
	"bytes"
	"encoding/json"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// protoJSON prints a message as the agency listener's REST does, but for the words of
// enums: they are "answered" and "released", as the demo and the tables have them.
func protoJSON(m proto.Message) (json.RawMessage, error) { return messageJSON(m.ProtoReflect()) }

func messageJSON(m protoreflect.Message) (json.RawMessage, error) {
	if strings.HasPrefix(string(m.Descriptor().FullName()), "google.protobuf.") {
		return protojson.Marshal(m.Interface()) // a value as JSON: what stands in it is no enum
	}
	var members []string
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if !m.Has(f) {
			continue
		}
		value, err := fieldJSON(f, m.Get(f))
		if err != nil {
			return nil, err
		}
		members = append(members, `"`+string(f.Name())+`":`+string(value))
	}
	return json.RawMessage("{" + strings.Join(members, ",") + "}"), nil
}

func fieldJSON(f protoreflect.FieldDescriptor, v protoreflect.Value) (json.RawMessage, error) {
	switch {
	case f.IsList():
		list := make([]json.RawMessage, v.List().Len())
		for i := range list {
			var err error
			if list[i], err = valueJSON(f, v.List().Get(i)); err != nil {
				return nil, err
			}
		}
		return plainJSON(list)
	case f.IsMap():
		entries := make(map[string]json.RawMessage)
		var failed error
		v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			entries[k.String()], failed = valueJSON(f.MapValue(), v)
			return failed == nil
		})
		if failed != nil {
			return nil, failed
		}
		return plainJSON(entries)
	}
	return valueJSON(f, v)
}

func valueJSON(f protoreflect.FieldDescriptor, v protoreflect.Value) (json.RawMessage, error) {
	switch f.Kind() {
	case protoreflect.MessageKind:
		return messageJSON(v.Message())
	case protoreflect.EnumKind:
		return plainJSON(enumWord(f.Enum(), v.Enum()))
	case protoreflect.Int64Kind, protoreflect.Uint64Kind:
		return plainJSON(v.String()) // as protojson: not every reader has 64 bits
	}
	return plainJSON(v.Interface())
}

// enumWord is the name of a value without that of its enum.
func enumWord(e protoreflect.EnumDescriptor, n protoreflect.EnumNumber) string {
	value := e.Values().ByNumber(n)
	if value == nil {
		return "unknown"
	}
	prefix := strings.TrimSuffix(string(e.Values().Get(0).Name()), "UNSPECIFIED")
	return strings.ToLower(strings.TrimPrefix(string(value.Name()), prefix))
}

// plainJSON leaves < > & as they are, like every other output.
func plainJSON(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}
