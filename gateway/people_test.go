package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
)

// call posts to an agency listener (or gets, without a body) and reads the answer.
func call(t *testing.T, c *caller, path string, body any) map[string]any {
	t.Helper()
	var r response
	if body == nil {
		r = c.do(c.two, http.MethodGet, path, "", nil)
	} else {
		r = c.json(path, body)
	}
	if !r.accepted() {
		t.Fatalf("%s: %d %s %v", path, r.status, r.body, r.err)
	}
	out := make(map[string]any)
	ok(t, json.Unmarshal([]byte(r.body), &out))
	return out
}

type object = map[string]any

// verdictAt is what one holder's answer says of a path.
func verdictAt(resp object, holder, path string) (status, verdict string) {
	answers, _ := resp["answers"].([]any)
	for _, a := range answers {
		answer, _ := a.(object)
		if answer["holder"] != holder {
			continue
		}
		status, _ = answer["status"].(string)
		records, _ := answer["records"].([]any)
		for _, r := range records {
			record, _ := r.(object)
			fields, _ := record["fields"].([]any)
			for _, f := range fields {
				if field, _ := f.(object); field["path"] == path {
					verdict, _ = field["verdict"].(string)
				}
			}
		}
	}
	return status, verdict
}

func person(id, role string) object { return object{"id": id, "role": role} }

// What people decide, over real listeners, keys and stores: a go-ahead, then
// break-glass with its two approvals and its review.
func TestPeopleDecide(t *testing.T) {
	t.Parallel()
	f := newFederation(t, nil)
	ua, pl := f.serve(demo.Origin, gateway.Deps{}), f.serve(demo.Requester, gateway.Deps{})
	link, err := ua.Exchange().IssueLink(t.Context(), exchange.LinkRequest{
		Child: f.Child.IDs[demo.Origin], Recipient: demo.Requester, Purpose: "RETURN", Until: time.Now().Add(time.Hour),
		Officer: envelope.Officer{ID: "ua-1", Role: "case_officer"},
	})
	ok(t, err)
	uaDesk, plDesk := f.agency(ua), f.agency(pl)
	question := func(links ...string) object {
		return object{"purpose": "PURPOSE_RETURN", "basis": "GDPR 6(1)(e)", "officer": person("pl-1", "case_officer"), "links": links}
	}
	want := func(what string, resp object, path, status, verdict string) {
		t.Helper()
		if s, v := verdictAt(resp, demo.Origin, path); s != status || v != verdict {
			t.Errorf("%s: %q and %s %q, want %q and %q", what, s, path, v, status, verdict)
		}
	}
	const answered, withheld, released = "STATUS_ANSWERED", "VERDICT_WITHHELD", "VERDICT_RELEASED"

	want("the link alone", call(t, plDesk, "/v1/queries", question(link.Token)), "physical.marks", answered, withheld)
	goAhead := call(t, uaDesk, "/v1/goaheads", object{
		"officer": person("ua-1", "case_officer"), "link": link.Token, "columns": []string{"photo"}, "until": time.Now().Add(30 * time.Minute).Format(time.RFC3339),
	})
	token, _ := goAhead["token"].(string)
	want("with a go-ahead", call(t, plDesk, "/v1/queries", question(link.Token, token)), "physical.marks", answered, released)

	const why = "Synthetic: a travel document for the flight home"
	approval := call(t, plDesk, "/v1/approvals", object{
		"officer": person("pl-2", "supervisor"), "asking": person("pl-1", "case_officer"), "holder": demo.Origin, "purpose": "PURPOSE_RETURN",
		"link": link.Token, "columns": []string{"documents"}, "why": why, "hours": 2,
	})
	token, _ = approval["token"].(string)
	glass := question(link.Token, token)
	glass["break_glass"] = object{"columns": []string{"documents"}, "why": why}
	waiting := call(t, plDesk, "/v1/queries", glass)
	want("by break-glass", waiting, "", "STATUS_PENDING", "")
	list, _ := call(t, uaDesk, "/v1/pending", nil)["pending"].([]any)
	if len(list) != 1 {
		t.Fatalf("%d questions wait", len(list))
	}
	pending, _ := list[0].(object)
	id, _ := pending["id"].(string)
	call(t, uaDesk, "/v1/pending/"+id+":approve", object{"officer": person("ua-2", "supervisor")})
	if state := call(t, uaDesk, "/v1/pending/"+id, nil)["state"]; state != "approved" {
		t.Errorf("it is %v", state)
	}
	collected := call(t, plDesk, fmt.Sprintf("/v1/queries/%s:collect", waiting["query_id"]), object{"officer": person("pl-1", "case_officer")})
	want("collected", collected, "documents.passport_no", answered, released)
	reviews, _ := call(t, uaDesk, "/v1/reviews", nil)["reviews"].([]any)
	if len(reviews) != 1 {
		t.Fatalf("%d reviews wait", len(reviews))
	}
	review, _ := reviews[0].(object)
	closed := call(t, uaDesk, fmt.Sprintf("/v1/reviews/%s:close", review["id"]), object{
		"officer": person("ua-3", "reviewer"), "finding": "justified", "note": "synthetic",
	})
	if closed["state"] != "closed" {
		t.Errorf("the review is %v", closed["state"])
	}
}

// The reply to FOUND is as long for a hit as for a miss, and says the same, on
// both transports; the authority of origin learns of each.
func TestFoundOverTheWire(t *testing.T) {
	t.Parallel()
	f := newFederation(t, nil)
	ua := f.serve(demo.Origin, gateway.Deps{})
	pl := f.peer(ua, demo.Requester)
	for name, send := range map[string]func(method, sealed string) response{"REST": pl.rest, "gRPC": pl.grpc} {
		var size, words [2]string
		for i, given := range []string{f.Child.Original.Given, "Ніхтося"} {
			r := send("query", f.sealed(f.question(time.Now(), func(q *envelope.Query) {
				q.Purpose, q.Present = "FOUND", true
				q.Criteria["given"] = given
			})))
			if !r.accepted() {
				t.Fatalf("%s: %d %s %v", name, r.status, r.grpc, r.err)
			}
			a := f.opened(r.body)
			if a.Status != envelope.StatusAnswered || len(a.Records) != 0 || a.Advice == nil || a.Advice.Contact == "" {
				t.Errorf("%s: %+v", name, a)
			}
			a.Claims, a.InReplyTo, a.QueryHash, a.Decision, a.Leaf = envelope.Claims{}, "", "", "", ""
			text, err := json.Marshal(a)
			ok(t, err)
			size[i], words[i] = fmt.Sprint(len(r.body)), string(text)
		}
		if size[0] != size[1] || words[0] != words[1] {
			t.Errorf("%s: a hit of %s is told from a miss of %s", name, size[0], size[1])
		}
	}
	hits, err := ua.Store().Hits(context.Background(), 10)
	ok(t, err)
	records := 0
	for _, h := range hits {
		if h.Record != "" {
			records++
		}
	}
	if len(hits) != 4 || records != 2 {
		t.Errorf("%d reports, %d of a record; want 4 and 2", len(hits), records)
	}
}
