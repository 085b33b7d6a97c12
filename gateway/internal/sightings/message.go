package sightings

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"

	"google.golang.org/protobuf/encoding/protojson"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// CodeSighting refuses a report whose form is not that of the schema. Its text names
// the member and never quotes it.
const CodeSighting problem.Code = "bad_sighting"

// Values takes a report apart, so that each member is one disclosure.
func Values(s *homewardv1.Sighting) (map[string]json.RawMessage, error) {
	b, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(s)
	if err != nil {
		return nil, problem.New(CodeSighting, "sighting") // protojson's text may quote a value
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(b, &values); err != nil {
		return nil, problem.New(CodeSighting, "sighting")
	}
	for name, v := range values { // in the one form that encoding/json keeps, so that a hash over it stays
		if values[name], err = json.Marshal(v); err != nil {
			return nil, problem.New(CodeSighting, "sighting")
		}
	}
	return values, nil
}

// Join puts together the members that a message may have, and drops others: a later
// version may send more, and policy may want less.
func Join(values map[string]json.RawMessage, members []string) (*homewardv1.Sighting, error) {
	kept := make(map[string]json.RawMessage, len(values))
	for _, name := range members {
		if v, ok := values[name]; ok {
			kept[name] = v
		}
	}
	s := &homewardv1.Sighting{}
	b, err := json.Marshal(kept)
	if err != nil {
		return nil, problem.New(CodeSighting, "report")
	}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(b, s); err != nil {
		return nil, problem.New(CodeSighting, "report: a member that the schema does not have so")
	}
	return s, nil
}

// Keep drops all values but those of the members.
func Keep(values map[string]json.RawMessage, members []string) map[string]json.RawMessage {
	out := maps.Clone(values)
	maps.DeleteFunc(out, func(name string, _ json.RawMessage) bool { return !slices.Contains(members, name) })
	return out
}

// Hash names a report for whoever has it: base64url SHA-256 over its id and each
// value as it was sent, in the order of names, each with its length before it.
func Hash(report string, values map[string]json.RawMessage) string {
	h := sha256.New()
	add := func(b []byte) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(b)))
		h.Write(size[:])
		h.Write(b)
	}
	add([]byte(report))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		add([]byte(name))
		add(values[name])
	}
	return envelope.Base64(h.Sum(nil))
}
