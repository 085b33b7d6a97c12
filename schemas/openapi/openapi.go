// Package openapi makes the one OpenAPI 3.1 document of a gateway's REST from
// what protoc-gen-openapiv3 writes, which is alpha: it knows neither the names
// that our JSON has, nor problem documents, nor streams of lines, nor bodies
// that are not JSON. exchange.json is the hand-written part: Exchange carries
// application/jose.
package openapi

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

//go:embed exchange.json
var exchange []byte

const (
	problemRef = "#/components/schemas/homeward.v1.Problem"
	statusName = "google.rpc.Status"
	refPrefix  = "#/components/schemas/"
)

type object = map[string]any

// Merge makes the document from the generated ones. Those of Exchange are
// replaced by the hand-written part, which must name the same paths.
func Merge(generated ...[]byte) ([]byte, error) {
	var head object
	if err := json.Unmarshal(exchange, &head); err != nil {
		return nil, fmt.Errorf("exchange.json: %w", err)
	}
	byHand := slices.Sorted(maps.Keys(at(head, "paths")))
	replaced := []string{}
	for _, b := range generated {
		var doc object
		if err := json.Unmarshal(b, &doc); err != nil {
			return nil, err
		}
		for path, item := range at(doc, "paths") {
			if slices.Contains(byHand, path) {
				replaced = append(replaced, path)
				continue
			}
			at(head, "paths")[path] = item
		}
		maps.Copy(at(head, "components", "schemas"), at(doc, "components", "schemas"))
	}
	if slices.Sort(replaced); !slices.Equal(replaced, byHand) {
		return nil, fmt.Errorf("exchange.json describes %v, the schema has %v", byHand, replaced)
	}
	if err := finish(head); err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(head, "", "  ")
	return append(b, '\n'), err
}

// finish makes the document true of what the listeners do.
func finish(doc object) error {
	schemas := at(doc, "components", "schemas")
	delete(schemas, statusName)
	delete(schemas, "homeward.v1.SealedMessage")
	if schemas["homeward.v1.Problem"] == nil {
		return errors.New("the schema has no Problem")
	}
	walk(doc, snake)
	for path, item := range at(doc, "paths") {
		methods, _ := item.(object)
		for _, operation := range methods {
			if op, ok := operation.(object); ok {
				responses(op, strings.HasSuffix(path, ":stream"))
				op["x-homeward-listener"] = "agency"
				if strings.HasPrefix(path, "/v1/exchange/") {
					op["x-homeward-listener"] = "federation"
				}
				strict(op["requestBody"], schemas)
			}
		}
	}
	return nil
}

// snake gives members the names of the schema: query_id, not queryId.
func snake(o object) {
	properties, ok := o["properties"].(object)
	if !ok {
		return
	}
	renamed := make(object, len(properties))
	for name, schema := range properties {
		var b strings.Builder
		for _, c := range name {
			if unicode.IsUpper(c) {
				b.WriteByte('_')
			}
			b.WriteRune(unicode.ToLower(c))
		}
		renamed[b.String()] = schema
	}
	o["properties"] = renamed
}

// responses says what errors and streams look like.
func responses(op object, stream bool) {
	all := at(op, "responses")
	all["default"] = object{
		"description": "A problem (RFC 9457): what is wrong, and what to do about it.",
		"content":     object{"application/problem+json": object{"schema": object{"$ref": problemRef}}},
	}
	if !stream {
		return
	}
	ok := at(all, "200")
	ok["description"] = "One line of JSON for each answer as it comes; a last line with error if not all of them came."
	content := at(ok, "content")
	line := at(content, "application/json")
	at(line, "schema", "properties")["error"] = object{"$ref": problemRef}
	ok["content"] = object{"application/x-ndjson": line}
}

// strict closes a request's objects: a member that the schema does not have is refused.
func strict(body any, schemas object) {
	walk(body, func(o object) {
		if o["properties"] != nil {
			o["additionalProperties"] = false
		}
		if ref, ok := o["$ref"].(string); ok {
			if schema, ok := schemas[strings.TrimPrefix(ref, refPrefix)].(object); ok && schema["additionalProperties"] == nil {
				strict(schema, schemas)
			}
		}
	})
}

// walk visits every object of a document.
func walk(v any, visit func(object)) {
	switch v := v.(type) {
	case object:
		visit(v)
		for _, child := range v {
			walk(child, visit)
		}
	case []any:
		for _, child := range v {
			walk(child, visit)
		}
	}
}

// at finds an object by its path; it makes what is missing, so that a caller can write there.
func at(o object, path ...string) object {
	for _, name := range path {
		child, ok := o[name].(object)
		if !ok {
			child = object{}
			o[name] = child
		}
		o = child
	}
	return o
}
