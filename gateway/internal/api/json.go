package api

import (
	"regexp"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"homeward.example/gateway/internal/problem"
)

// strictJSON is the JSON of the agency's REST: names as in the schema
// (query_id), a member that the schema does not have refused by name.
type strictJSON struct{}

var marshalOptions = protojson.MarshalOptions{UseProtoNames: true}

func (strictJSON) ContentType(any) string { return jsonType }

func (strictJSON) Marshal(v any) ([]byte, error) {
	m, ok := v.(proto.Message)
	if !ok {
		return nil, problem.New(problem.CodeInternal, "not a message")
	}
	return marshalOptions.Marshal(m)
}

func (strictJSON) Unmarshal(b []byte, v any) error {
	m, ok := v.(proto.Message)
	if !ok {
		return problem.New(problem.CodeInternal, "not a message")
	}
	if err := protojson.Unmarshal(b, m); err != nil {
		return badJSON{err}
	}
	return nil
}

// badJSON says what is wrong with a request and quotes nothing of it but the
// name of a member: protojson's own text quotes values, and those may be a child's.
type badJSON struct{ err error }

var (
	jsonPlace  = regexp.MustCompile(`line (\d{1,9}):(\d{1,9})\)`)
	jsonMember = regexp.MustCompile(`(unknown field|duplicate field|for \w+ field) "?([A-Za-z_][A-Za-z0-9_.]{0,63})"?`)
)

func (b badJSON) Error() string {
	text := b.err.Error()
	out := "JSON"
	if m := jsonPlace.FindStringSubmatch(text); m != nil {
		out += " line " + m[1] + ", column " + m[2]
	}
	switch m := jsonMember.FindStringSubmatch(text); {
	case m == nil:
		return out + ": not the JSON of this request"
	case m[1] == "unknown field" || m[1] == "duplicate field":
		return out + ": " + m[1] + " " + m[2]
	default:
		return out + ": wrong kind of value in field " + m[2]
	}
}
