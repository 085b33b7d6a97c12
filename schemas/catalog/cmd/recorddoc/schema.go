package main

import (
	"encoding/json"
	"math"

	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// schema is the part of JSON Schema 2020-12 that is needed here.
type schema struct {
	Dialect     string             `json:"$schema,omitempty"`
	ID          string             `json:"$id,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Ref         string             `json:"$ref,omitempty"`
	Type        string             `json:"type,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Minimum     *int64             `json:"minimum,omitempty"`
	Maximum     *int64             `json:"maximum,omitempty"`
	Encoding    string             `json:"contentEncoding,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Additional  *bool              `json:"additionalProperties,omitempty"`
	Leaf        *leaf              `json:"x-homeward,omitempty"`
	Defs        map[string]*schema `json:"$defs,omitempty"`
}

// leaf repeats the annotation, for tools that read the schema.
type leaf struct {
	Class      string   `json:"class"`
	Group      string   `json:"group"`
	Generalise []string `json:"generalise,omitempty"`
	Fact       bool     `json:"fact,omitempty"`
}

// base64 as protojson reads it: the standard or the URL alphabet, padded or not.
const base64 = `^[A-Za-z0-9+/_-]*={0,2}$`

func recordSchema() ([]byte, error) {
	defs := make(map[string]*schema)
	root := message((&homewardv1.ChildRecord{}).ProtoReflect().Descriptor(), defs)
	top := *defs[root]
	delete(defs, root)
	top.Dialect, top.ID = "https://json-schema.org/draft/2020-12/schema", "https://homeward.example/schemas/record.schema.json"
	top.Title, top.Description = "Child record", "Made from schemas/proto by recorddoc: do not edit. RECORD.md is the same as a table."
	top.Defs = defs
	b, err := json.MarshalIndent(top, "", "  ")
	return append(b, '\n'), err
}

// message adds the definition of a message and of all that it holds, and returns its name.
func message(md protoreflect.MessageDescriptor, defs map[string]*schema) string {
	name := string(md.Name())
	if defs[name] != nil {
		return name
	}
	closed := false
	s := &schema{Type: "object", Properties: make(map[string]*schema), Additional: &closed}
	defs[name] = s
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		p := value(fd, defs)
		if fd.IsList() {
			p = &schema{Type: "array", Items: p}
		}
		p.Leaf = annotation(fd)
		s.Properties[string(fd.Name())] = p
	}
	return name
}

func value(fd protoreflect.FieldDescriptor, defs map[string]*schema) *schema {
	switch fd.Kind() {
	case protoreflect.MessageKind:
		return &schema{Ref: "#/$defs/" + message(fd.Message(), defs)}
	case protoreflect.EnumKind:
		s := &schema{Type: "string"}
		for i := range fd.Enum().Values().Len() {
			s.Enum = append(s.Enum, string(fd.Enum().Values().Get(i).Name()))
		}
		return s
	case protoreflect.Int32Kind:
		low, high := int64(math.MinInt32), int64(math.MaxInt32)
		return &schema{Type: "integer", Minimum: &low, Maximum: &high}
	case protoreflect.BytesKind:
		return &schema{Type: "string", Encoding: "base64", Pattern: base64}
	}
	return &schema{Type: "string"}
}

// annotation of a field; nil of one that is no leaf, or that shares its attribute's.
func annotation(fd protoreflect.FieldDescriptor) *leaf {
	a := catalog.Annotation(fd)
	if a == nil || a.GetInherit() {
		return nil
	}
	f := catalog.Of(fd)
	return &leaf{Class: f.Class, Group: f.Group, Generalise: f.Generalise, Fact: f.Fact}
}
