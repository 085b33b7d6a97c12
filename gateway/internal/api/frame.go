package api

import (
	"encoding/binary"
	"net/http"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"homeward.example/gateway/internal/problem"
)

// isGRPC tells the transports apart. gRPC needs HTTP/2; anything else is REST.
func isGRPC(r *http.Request) bool {
	t := r.Header.Get("Content-Type")
	return r.ProtoMajor == 2 && (t == "application/grpc" || t == "application/grpc+proto")
}

// checkFrame wants exactly one uncompressed gRPC message of the method's type,
// without a field that the schema does not have. Anything else the library would
// answer in its own words, inflate, or pass over.
func checkFrame(path string, body []byte) error {
	if len(body) < 5 || body[0] != 0 || uint64(binary.BigEndian.Uint32(body[1:5])) != uint64(len(body)-5) {
		return problem.Mismatch(problem.CodeInvalidRequest, "body", "one uncompressed gRPC message", "something else")
	}
	input, ok := inputOf(path)
	if !ok {
		return problem.New(problem.CodeNotFound, "path")
	}
	if err := proto.Unmarshal(body[5:], input); err != nil {
		return problem.Mismatch(problem.CodeInvalidRequest, "body", string(input.ProtoReflect().Descriptor().FullName()), "something else")
	}
	if m := withUnknown(input.ProtoReflect()); m != "" {
		return problem.Mismatch(problem.CodeInvalidRequest, "message "+m, "the fields of the schema", "an unknown one")
	}
	return nil
}

// inputOf makes an empty request of the method at a path: "/homeward.v1.Agency/Ask".
func inputOf(path string) (proto.Message, bool) {
	name := strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", ".")
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return nil, false
	}
	method, ok := d.(protoreflect.MethodDescriptor)
	if !ok {
		return nil, false
	}
	t, err := protoregistry.GlobalTypes.FindMessageByName(method.Input().FullName())
	if err != nil {
		return nil, false
	}
	return t.New().Interface(), true
}

// withUnknown returns the name of the first message that has an unknown field.
func withUnknown(m protoreflect.Message) (name string) {
	if len(m.GetUnknown()) > 0 {
		return string(m.Descriptor().Name())
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Message() == nil || f.IsMap():
		case f.IsList():
			for i := 0; i < v.List().Len() && name == ""; i++ {
				name = withUnknown(v.List().Get(i).Message())
			}
		default:
			name = withUnknown(v.Message())
		}
		return name == ""
	})
	return name
}
