package api

import (
	"encoding/json"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

var officer = Caller{Name: "registry-office", Roles: []string{"case_officer"}}

func TestCheckAsk(t *testing.T) {
	t.Parallel()
	if err := checkAsk(good(), officer); err != nil {
		t.Fatal(err)
	}
	linked := good()
	linked.Criteria, linked.Links = nil, []string{"a.b.c~d~"}
	if err := checkAsk(linked, officer); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spoil func(*homewardv1.AskRequest)
		code  problem.Code
		where string
	}{
		"no purpose":       {func(r *homewardv1.AskRequest) { r.Purpose = 0 }, problem.CodeInvalidRequest, "purpose"},
		"unknown purpose":  {func(r *homewardv1.AskRequest) { r.Purpose = 99 }, problem.CodeInvalidRequest, "purpose"},
		"no officer":       {func(r *homewardv1.AskRequest) { r.Officer = nil }, problem.CodeInvalidRequest, "officer.id"},
		"officer's name":   {func(r *homewardv1.AskRequest) { r.Officer.Id = "Jan Kowalski" }, problem.CodeInvalidRequest, "officer.id"},
		"another role":     {func(r *homewardv1.AskRequest) { r.Officer.Role = "reviewer" }, problem.CodeForbidden, "officer.role"},
		"no role":          {func(r *homewardv1.AskRequest) { r.Officer.Role = "" }, problem.CodeForbidden, "officer.role"},
		"no basis":         {func(r *homewardv1.AskRequest) { r.Basis = "" }, problem.CodeInvalidRequest, "basis"},
		"long case":        {func(r *homewardv1.AskRequest) { r.Case = strings.Repeat("я", 201) }, problem.CodeInvalidRequest, "case"},
		"line in case":     {func(r *homewardv1.AskRequest) { r.Case = "a\nlevel=error" }, problem.CodeInvalidRequest, "case"},
		"nothing asked":    {func(r *homewardv1.AskRequest) { r.Criteria = nil }, problem.CodeInvalidRequest, "criteria"},
		"one criterion":    {func(r *homewardv1.AskRequest) { r.Criteria = &homewardv1.Criteria{Family: "Тестенко"} }, problem.CodeInvalidRequest, "criteria"},
		"link and name":    {func(r *homewardv1.AskRequest) { r.Links = []string{"a.b.c~"} }, problem.CodeInvalidRequest, "criteria"},
		"wildcard":         {func(r *homewardv1.AskRequest) { r.Criteria.Family = "Тест*" }, problem.CodeInvalidRequest, "criteria.family"},
		"wildcard of SQL":  {func(r *homewardv1.AskRequest) { r.Criteria.Given = "%" }, problem.CodeInvalidRequest, "criteria.given"},
		"NUL":              {func(r *homewardv1.AskRequest) { r.Criteria.Given = "a\x00" }, problem.CodeInvalidRequest, "criteria.given"},
		"date of two days": {func(r *homewardv1.AskRequest) { r.Criteria.Born = "2014-02-30" }, problem.CodeInvalidRequest, "criteria.born"},
		"sex":              {func(r *homewardv1.AskRequest) { r.Criteria.Sex = "f" }, problem.CodeInvalidRequest, "criteria.sex"},
		"many links":       {func(r *homewardv1.AskRequest) { r.Criteria, r.Links = nil, make([]string, 9) }, problem.CodeInvalidRequest, "links"},
		"no link":          {func(r *homewardv1.AskRequest) { r.Criteria, r.Links = nil, []string{"a.b.c~", "a b"} }, problem.CodeInvalidRequest, "links[1]"},
		"unknown field":    {func(r *homewardv1.AskRequest) { r.Fields = []string{"name.family", "name.x"} }, problem.CodeInvalidRequest, "fields[1]"},
		"many fields":      {func(r *homewardv1.AskRequest) { r.Fields = make([]string, 201) }, problem.CodeInvalidRequest, "fields"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := good()
			c.spoil(r)
			p := problem.Of(checkAsk(r, officer))
			if p == nil || p.Code != c.code || p.Where != c.where {
				t.Fatalf("problem %v", p)
			}
			for _, value := range []string{"Тест", "Синтетична", "2014", "Kowalski"} {
				if strings.Contains(p.Found, value) || strings.Contains(p.Where, value) {
					t.Errorf("the problem quotes the request: %v", p)
				}
			}
		})
	}
}

func TestCheckForwardAndCollect(t *testing.T) {
	t.Parallel()
	message := func(holder, jws string) *homewardv1.SignedMessage {
		return &homewardv1.SignedMessage{Holder: holder, Jws: jws}
	}
	for where, messages := range map[string][]*homewardv1.SignedMessage{
		"":                   {message("gov-ua", "a.b.c~"), message("icrc", "a.b.c~")},
		"messages":           nil,
		"messages[1].holder": {message("gov-ua", "a.b.c~"), message("gov-ua", "a.b.c~")},
		"messages[0].holder": {message("Gov UA", "a.b.c~")},
		"messages[0].jws":    {message("gov-ua", "a.b.c~ ")},
	} {
		if p := problem.Of(checkForward(&homewardv1.ForwardRequest{Messages: messages})); (p == nil) != (where == "") || (p != nil && p.Where != where) {
			t.Errorf("%q: %v", where, p)
		}
	}
	for _, id := range []string{"", "../x", "a b", strings.Repeat("a", 65)} {
		if checkCollect(&homewardv1.CollectRequest{QueryId: id, Officer: good().GetOfficer()}, officer) == nil {
			t.Errorf("query_id %q passed", id)
		}
	}
	if checkCollect(&homewardv1.CollectRequest{QueryId: "q1"}, officer) == nil {
		t.Error("nobody may collect")
	}
}

func TestRequestsThatAreNoRequests(t *testing.T) {
	t.Parallel()
	s := agency(t, &fakeAsker{}, "case_officer")
	ask := goodJSON()
	for name, c := range map[string]struct {
		method, path, contentType, body string
		status                          int
		detail                          string
	}{
		"unknown member":      {"POST", "/v1/queries", jsonType, `{"porpose":"PURPOSE_RETURN"}`, 400, "unknown field porpose"},
		"unknown deep":        {"POST", "/v1/queries", jsonType, "{\n\"criteria\":{\"famly\":\"Тестенко\"}}", 400, "line 2, column 13: unknown field famly"},
		"duplicate":           {"POST", "/v1/queries", jsonType, `{"basis":"a","basis":"b"}`, 400, "duplicate field basis"},
		"number for text":     {"POST", "/v1/queries", jsonType, `{"criteria":{"born":20140309}}`, 400, "wrong kind of value in field born"},
		"unknown word":        {"POST", "/v1/queries", jsonType, `{"purpose":"PURPOSE_X"}`, 400, "wrong kind of value in field purpose"},
		"not JSON":            {"POST", "/v1/queries", jsonType, `{"purpose"`, 400, "not the JSON"},
		"two documents":       {"POST", "/v1/queries", jsonType, ask + ask, 400, "not the JSON"},
		"an array":            {"POST", "/v1/queries", jsonType, "[]", 400, "not the JSON"},
		"deep":                {"POST", "/v1/queries", jsonType, strings.Repeat(`{"criteria":`, 20000), 400, "JSON"},
		"nothing":             {"POST", "/v1/queries", jsonType, "", 400, "not the JSON"},
		"stream, unknown":     {"POST", streamPath, jsonType, `{"porpose":1}`, 400, "unknown field porpose"},
		"form":                {"POST", "/v1/queries", "application/x-www-form-urlencoded", ask, 415, "Content-Type"},
		"query string":        {"POST", "/v1/queries?purpose=1", jsonType, ask, 400, "query string"},
		"double slash":        {"POST", "//v1/queries", jsonType, ask, 404, "path"},
		"encoded":             {"GET", "/v1/decisions/%64", "", "", 404, "path"},
		"another path":        {"POST", "/v1/query", jsonType, ask, 404, "path"},
		"put":                 {"PUT", "/v1/queries", jsonType, ask, 405, "method"},
		"get of a post":       {"GET", "/v1/queries", "", "", 405, "path"},
		"unknown page member": {"GET", "/v1/decisions?limit=1&all=1", "", "", 400, "query string"},
		"twice a member":      {"GET", "/v1/decisions?limit=1&limit=2", "", "", 400, "query string"},
		"collect, other id":   {"POST", "/v1/queries/q1:collect", jsonType, `{"query_id":"q2","officer":{"id":"a","role":"reviewer"}}`, 403, "officer.role"},
		"reviewer's page":     {"GET", "/v1/decisions", "", "", 403, "role"},
		"reviewer's search":   {"GET", "/v1/ledger/search?requester=gov-pl", "", "", 403, "legal_reviewer"},
		"unknown to a search": {"GET", "/v1/ledger/search?name=1", "", "", 400, "query string"},
	} {
		r := s.do(s.http(true), c.method, c.path, c.contentType, c.body)
		var d problem.Document
		if err := json.Unmarshal([]byte(r.body), &d); err != nil || r.status != c.status || d.Status != c.status || !strings.Contains(d.Detail, c.detail) {
			t.Errorf("%s: %d %q", name, r.status, r.body)
		}
		if strings.Contains(r.body, "Тестенко") || strings.Contains(r.body, "20140309") {
			t.Errorf("%s: the problem quotes a value: %q", name, r.body)
		}
	}
}

// Whatever is read strictly can be written and read again as the same, and what
// is refused is refused without a word of it.
func FuzzStrictJSON(f *testing.F) {
	f.Add([]byte(goodJSON()))
	f.Add([]byte(`{"officer":{"id":"secret-value","role":1}}`))
	f.Add([]byte(`{"secret-value":1}`))
	f.Add([]byte(`{"links":["a","b"],"fields":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var first, second homewardv1.AskRequest
		if err := (strictJSON{}).Unmarshal(b, &first); err != nil {
			if len(err.Error()) > 160 {
				t.Errorf("a problem of %d bytes", len(err.Error()))
			}
			return
		}
		again := must(strictJSON{}.Marshal(&first))
		if err := (strictJSON{}).Unmarshal(again, &second); err != nil || !proto.Equal(&first, &second) {
			t.Errorf("%s became %s: %v", b, again, err)
		}
		_ = checkAsk(&first, officer) // must not panic
	})
}

func FuzzFrame(f *testing.F) {
	f.Add([]byte(frame(0, 3, must(proto.Marshal(&homewardv1.SealedMessage{Jose: "a"})))))
	f.Add([]byte{0, 0, 0, 0, 0})
	f.Add([]byte{1, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, path := range []string{homewardv1.Exchange_Query_FullMethodName, homewardv1.Agency_Ask_FullMethodName, string(b)} {
			_ = checkFrame(path, b)
		}
	})
}
