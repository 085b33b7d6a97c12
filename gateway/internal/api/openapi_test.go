package api

import (
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"google.golang.org/protobuf/types/known/structpb"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// document is the committed OpenAPI document with every object closed, so that
// a member which it does not describe is found.
func document(t *testing.T) (map[string]any, *jsonschema.Compiler) {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(must(os.ReadFile("../../../schemas/gen/openapi/homeward.openapi.json")), &doc); err != nil {
		t.Fatal(err)
	}
	closeObjects(doc)
	c := jsonschema.NewCompiler()
	if err := c.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return doc, c
}

func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		if v["properties"] != nil {
			v["additionalProperties"] = false
		}
		for _, child := range v {
			closeObjects(child)
		}
	case []any:
		for _, child := range v {
			closeObjects(child)
		}
	}
}

// fullAnswer has every member set.
func fullAnswer() *homewardv1.HolderAnswer {
	return &homewardv1.HolderAnswer{
		Holder: "gov-ua", Status: homewardv1.Status_STATUS_ANSWERED, DecisionId: "d1", PendingUntil: "2026-12-01T00:00:00Z",
		Advice: &homewardv1.Advice{Contact: "+380 00 000 0000", Text: map[string]string{"en": "Keep the child safe."}},
		Links:  []string{"a.b.c~"}, Evidence: "a.b.c~", Leaf: "AAAA",
		Problem: Problem(problem.New("rate_limited", "officer"), "en"),
		Records: []*homewardv1.RecordAnswer{{Obligations: []string{"no_onward_transfer"}, Fields: []*homewardv1.FieldAnswer{{
			Path: "name.family", Verdict: homewardv1.Verdict_VERDICT_GENERALISED, GeneralisedTo: "initials", Basis: "6(1)(e)",
			Identity: "original", Value: must(structpb.NewValue(map[string]any{"value": "Т. (synthetic)"})),
		}}}},
	}
}

// Every reply of the listeners is what the document says, and every request
// that the document describes is taken.
func TestRepliesAreAsDocumented(t *testing.T) {
	t.Parallel()
	doc, compiler := document(t)
	s := agency(t, &fakeAsker{full: true}, "case_officer", ledger.RoleReviewer)
	covered := map[string]bool{}
	check := func(path, method, status, body, contentType string) {
		t.Helper()
		covered[path] = true
		at := "openapi.json#/paths/" + pointer(path) + "/" + method + "/responses/" + status + "/content/" + pointer(contentType) + "/schema"
		valid(t, compiler, at, body)
	}
	ask := goodJSON()
	for _, c := range []struct{ path, url, body string }{
		{"/v1/queries", "/v1/queries", ask},
		{"/v1/queries:plan", "/v1/queries:plan", ask},
		{"/v1/queries:forward", "/v1/queries:forward", `{"messages":[{"holder":"icrc","jws":"a.b.c~"}]}`},
		{"/v1/queries/{query_id}:collect", "/v1/queries/q-1:collect", `{"officer":{"id":"o","role":"case_officer"}}`},
		{"/v1/queries:stream", streamPath, ask},
	} {
		valid(t, compiler, "openapi.json#/paths/"+pointer(c.path)+"/post/requestBody/content/application~1json/schema", c.body)
		r := s.do(s.http(true), "POST", c.url, jsonType, c.body)
		for line := range strings.Lines(r.body) {
			check(c.path, "post", "200", line, r.header.Get("Content-Type"))
		}
		refused := s.do(s.http(true), "POST", c.url, jsonType, `{"x":1}`)
		check(c.path, "post", "default", refused.body, refused.header.Get("Content-Type"))
	}
	for path, url := range map[string]string{"/v1/decisions": "/v1/decisions?limit=3", "/v1/decisions/{id}": "/v1/decisions/d7", "/v1/ledger/search": "/v1/ledger/search?requester=gov-pl&limit=2&break_glass=true&from=2026-11-22T00:00:00Z"} {
		r := s.do(s.http(true), "GET", url, "", "")
		check(path, "get", "200", r.body, r.header.Get("Content-Type"))
	}
	everybody := agency(t, &fakeAsker{}, "case_officer", "tracing_officer", "supervisor", "duty_officer", "reviewer", "legal_reviewer")
	for _, c := range slices.Concat(caseworkCalls, obligationCalls, sightingCalls) {
		method := strings.ToLower(c.method)
		if c.body != "" {
			valid(t, compiler, "openapi.json#/paths/"+pointer(c.path)+"/post/requestBody/content/application~1json/schema", c.body)
		}
		r := everybody.do(everybody.http(true), c.method, c.url, jsonFor(c.method), c.body)
		check(c.path, method, "200", r.body, r.header.Get("Content-Type"))
	}
	for path := range doc["paths"].(map[string]any) {
		if !covered[path] && !strings.HasPrefix(path, exchangePath) {
			t.Errorf("%s is documented and not tried", path)
		}
	}
}

func TestExchangeIsAsDocumented(t *testing.T) {
	t.Parallel()
	doc, compiler := document(t)
	target := newTarget(envelope.TypeQuery)
	token := must(envelope.Seal(signedQuery(target), envelope.TypeQuery, target.SealTo))
	valid(t, compiler, "openapi.json#/components/requestBodies/Sealed/content/application~1jose/schema", string(must(json.Marshal(token))))
	bound := doc["components"].(map[string]any)["schemas"].(map[string]any)["Sealed"].(map[string]any)["maxLength"]
	if bound != float64(envelope.MaxSealed) {
		t.Errorf("maxLength %v, messages have %d", bound, envelope.MaxSealed)
	}
	s := federation(t, fakeFederation{}, Limits{})
	for path := range doc["paths"].(map[string]any) {
		if strings.HasPrefix(path, exchangePath) {
			if r := s.do(s.http(true), "POST", path, joseType, "a.b.c"); r.status != 200 || r.header.Get("Content-Type") != joseType {
				t.Errorf("%s: %d %q", path, r.status, r.body)
			}
		}
	}
	r := s.do(s.http(true), "POST", exchangePath+"query", "text/plain", "x")
	valid(t, compiler, "openapi.json#/paths/"+pointer(exchangePath+"query")+"/post/responses/default/content/"+pointer(problem.ContentType)+"/schema", r.body)
}

func signedQuery(t *target) string {
	payload, ds := t.Payload()
	return must(envelope.Sign(payload, ds, envelope.TypeQuery, t.Keys[0]))
}

func pointer(s string) string {
	return url.PathEscape(strings.ReplaceAll(strings.ReplaceAll(s, "~", "~0"), "/", "~1"))
}

func valid(t *testing.T, c *jsonschema.Compiler, at, body string) {
	t.Helper()
	schema, err := c.Compile(at)
	if err != nil {
		t.Errorf("%s: %v", at, err)
		return
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err == nil {
		err = schema.Validate(v)
	}
	if err != nil {
		t.Errorf("%s: %v\n%s", at, err, body)
	}
}
