package gateway_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/exchange"
)

// get asks the agency listener for a document.
func (c *caller) get(path string) response { return c.do(c.two, http.MethodGet, path, "", nil) }

// recordsOf counts the records in a holder's part of a merged answer; -1 if it
// did not answer.
func recordsOf(t *testing.T, r response, holder string) int {
	t.Helper()
	var merged struct {
		Answers []struct {
			Holder, Status string
			Records        []json.RawMessage
		}
	}
	if !r.accepted() {
		t.Fatalf("%d %s", r.status, r.body)
	}
	ok(t, json.Unmarshal([]byte(r.body), &merged))
	for _, a := range merged.Answers {
		if a.Holder == holder && a.Status == "STATUS_ANSWERED" {
			return len(a.Records)
		}
	}
	return -1
}

// A hold and a recall between running gateways, over TLS, decided by officers at
// their agency's listener: UNICEF answers a held child as absent, its recall is
// acknowledged by the recipient's gateway, and what that owes is listed and confirmed.
func TestHoldAndRecallBetweenGateways(t *testing.T) {
	t.Parallel()
	f := newFederation(t, func(_ string, c map[string]any) {
		c["budgets"] = map[string]any{"query_per_hour": 1 << 20} // what must come true is asked for until it does
	})
	ua, pl := f.serve(demo.Origin, gateway.Deps{}), f.serve(demo.Requester, gateway.Deps{})
	f.serve("unicef", gateway.Deps{})
	link, err := ua.Exchange().IssueLink(t.Context(), exchange.LinkRequest{
		Child: f.Child.IDs[demo.Origin], Recipient: demo.Requester, Purpose: "RETURN", Until: time.Now().Add(time.Hour), Leads: []string{"unicef"},
	})
	ok(t, err)
	atUA, atPL := f.agency(ua), f.agency(pl)
	person := map[string]any{"id": "officer-1", "role": "case_officer"}
	ask := func() response {
		return atPL.json("/v1/queries", map[string]any{
			"purpose": "PURPOSE_RETURN", "officer": person, "basis": "GDPR 6(1)(e)", "links": []string{link.Token},
		})
	}
	if r := ask(); recordsOf(t, r, "unicef") != 1 || recordsOf(t, r, demo.Origin) != 1 {
		t.Fatalf("before the hold: %s", r.body)
	}

	hold := map[string]any{"officer": person, "child": f.Child.IDs[demo.Origin], "why": "synthetic"}
	if r := atUA.json("/v1/holds", hold); !r.accepted() {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if n := recordsOf(t, ask(), demo.Origin); n != 0 {
		t.Errorf("the authority of origin gave %d records of the held child", n)
	}
	eventually(t, "unicef answers as absent", patience, func() bool { return recordsOf(t, ask(), "unicef") == 0 })
	eventually(t, "somebody has acknowledged: unicef, the icrc does not run", patience, func() bool {
		return strings.Contains(strings.ReplaceAll(atUA.get("/v1/holds").body, " ", ""), `"acknowledged":true`)
	})
	if r := atUA.json("/v1/holds:lift", hold); r.status != http.StatusBadRequest { // "why" is no member of it
		t.Errorf("an unknown member: %d", r.status)
	}
	delete(hold, "why")
	if r := atUA.json("/v1/holds:lift", hold); !r.accepted() {
		t.Fatalf("%d %s", r.status, r.body)
	}
	eventually(t, "unicef answers again", patience, func() bool { return recordsOf(t, ask(), "unicef") == 1 })

	recall := map[string]any{"officer": person, "child": f.Child.IDs[demo.Origin], "kind": "erased", "why": "synthetic"}
	if r := atUA.json("/v1/recalls", recall); !r.accepted() || !strings.Contains(r.body, demo.Requester) {
		t.Fatalf("%d %s", r.status, r.body)
	}
	eventually(t, "the recall is acknowledged", patience, func() bool {
		return strings.Contains(atUA.get("/v1/recalls").body, "acknowledged")
	})
	confirmAll(t, atPL, ask)
}

// confirmAll: what a recall asks for is there, questions go on until it is due, and
// each is confirmed.
func confirmAll(t *testing.T, pl *caller, ask func() response) {
	t.Helper()
	var list struct {
		Obligations []struct{ ID, State, Text string }
	}
	recalled := func(text string) bool { return strings.HasPrefix(text, "recall=") }
	eventually(t, "the recipient must confirm the recall", patience, func() bool {
		ok(t, json.Unmarshal([]byte(pl.get("/v1/obligations").body), &list))
		for _, o := range list.Obligations {
			if recalled(o.Text) {
				return true
			}
		}
		return false
	})
	if r := ask(); !r.accepted() {
		t.Errorf("asked again before it is due: %d %s", r.status, r.body)
	}
	for _, o := range list.Obligations {
		if !recalled(o.Text) {
			continue
		}
		r := pl.json("/v1/obligations/"+o.ID+":done", map[string]any{
			"officer": map[string]any{"id": "officer-2", "role": "case_officer"}, "how": "deleted",
		})
		if !r.accepted() {
			t.Errorf("%s: %d %s", o.Text, r.status, r.body)
		}
	}
	if n := recordsOf(t, ask(), "unicef"); n != 1 {
		t.Errorf("after all was confirmed: %d records", n)
	}
}
