package exchange_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// A link for one child is not spent on another: of all ways to present its
// disclosures, only the whole reference and the whole identity are answered.
func TestEverySubsetOfALink(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{Tune: generous})
	token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef", "icrc"}})
	var names []string
	_, err := envelope.Present(token, func(d envelope.Disclosure) bool {
		names = append(names, d.Name+string(d.Value))
		return true
	})
	must(t, err)
	complete := map[string]func(shown string) bool{
		"gov-ua": func(shown string) bool { return has(shown, "record_id", "identity") },
		"unicef": func(shown string) bool {
			return has(shown, "given", "family", "born") && strings.Contains(shown, `"unicef"`)
		},
	}
	for subset := range 1 << len(names) {
		shown, i := "", 0
		cut, err := envelope.Present(token, func(d envelope.Disclosure) bool {
			keep := subset&(1<<i) != 0
			if keep {
				shown += " " + d.Name + string(d.Value)
			}
			i++
			return keep
		})
		must(t, err)
		for holder, enough := range complete {
			answer := answerTo(t, f, holder, envelope.Query{Purpose: "RETURN", Links: []string{cut}})
			if released := len(answer.Records) > 0; released != enough(shown) {
				t.Errorf("%s, shown%s: %s with %d records", holder, shown, answer.Status, len(answer.Records))
			}
		}
	}
}

func has(shown string, names ...string) bool {
	for _, n := range names {
		if !strings.Contains(shown, " "+n+`"`) {
			return false
		}
	}
	return true
}

// answerTo is what a holder says to a question of gov-pl that its own gateway did not make.
func answerTo(t *testing.T, f *gatewaytest.Federation, holder string, q envelope.Query) envelope.Answer {
	t.Helper()
	now := f.Clock.Now()
	q.Claims = envelope.Claims{
		Issuer: "gov-pl", Audience: holder, ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix(),
	}
	q.Officer, q.Basis, q.Schema = envelope.Officer{ID: "officer-1", Role: "case_officer"}, "GDPR 6(1)(e)", envelope.Schema
	payload, ds, err := envelope.QueryPayload(q)
	must(t, err)
	reply, err := f.Member(holder).Answer(t.Context(), "gov-pl", sealTo(t, f, holder, payload, ds, envelope.TypeQuery, f.Member("gov-pl").Keys.Sign))
	must(t, err)
	answer, err := f.Member("gov-pl").Inspect(holder, reply)
	must(t, err)
	return answer
}

func sealTo(t *testing.T, f *gatewaytest.Federation, holder string, payload []byte, ds []envelope.Disclosure, typ envelope.Type, key envelope.PrivateKey) string {
	t.Helper()
	jws, err := envelope.Sign(payload, ds, typ, key)
	must(t, err)
	jwe, err := envelope.Seal(jws, typ, f.Member(holder).Keys.Seal.Public(holder, envelope.UseSeal))
	must(t, err)
	return jwe
}

// fromICRC gives every record one name that came from the ICRC.
type fromICRC struct{ adapters.Adapter }

func (s fromICRC) Get(ctx context.Context, id string, mask adapters.Mask) (adapters.Record, error) {
	r, err := s.Adapter.Get(ctx, id, mask)
	for _, a := range r.Child.GetName().GetGiven() {
		a.Source = "ICRC-Kyiv"
	}
	return r, err
}

// What came from the ICRC, and what is made from it, does not leave with another
// holder, whatever was asked for beside it; what did not come from it does.
func TestProvenanceOfASubsetOfFields(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
		generous(id, d)
		if id == "gov-ua" {
			d.Source = fromICRC{d.Source}
		}
	}})
	token := link(t, f, exchange.LinkRequest{})
	shown, err := exchange.Shown(token, "gov-ua", "gov-ua")
	must(t, err)
	for _, fields := range [][]string{nil, {"name.given", "separation.place"}, {"record.reliability_band", "record.status"}, {"names_birth"}} {
		a := answerTo(t, f, "gov-ua", envelope.Query{Purpose: "RETURN", Links: []string{shown}, Fields: fields})
		if len(a.Records) != 1 {
			t.Fatalf("asked for %v: %d records", fields, len(a.Records))
		}
		for _, path := range []string{"name.given", "record.reliability_band"} {
			if value, left := a.Records[0].Values[path]; left {
				t.Errorf("asked for %v: %s of the ICRC left by another holder: %s", fields, path, value)
			}
		}
		if len(a.Records[0].Values) == 0 {
			t.Errorf("asked for %v: nothing left", fields)
		}
	}
}

// Only holders make notices, and only about participants that exist.
func TestForgedNotices(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	for _, c := range []struct{ from, requester, code string }{
		{"gov-pl", "gov-ca", string(exchange.CodeNotHolder)},
		{"unicef", "nobody-at-all", string(exchange.CodeUnknownParticipant)},
		{"unicef", "gov-pl", ""},
	} {
		now := f.Clock.Now()
		payload, ds, err := envelope.NoticePayload(envelope.Notice{
			Claims: envelope.Claims{Issuer: c.from, Audience: "gov-ua", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()},
			Event:  "match_hit", Requester: c.requester, Purpose: "MATCH", Query: envelope.NewID(), Schema: envelope.Schema,
		})
		must(t, err)
		reply, err := f.Member("gov-ua").Notify(t.Context(), c.from, sealTo(t, f, "gov-ua", payload, ds, envelope.TypeNotice, f.Member(c.from).Keys.Sign))
		must(t, err)
		answer, err := f.Member(c.from).Inspect("gov-ua", reply)
		must(t, err)
		code := ""
		if answer.Problem != nil {
			code = answer.Problem.Code
		}
		if code != c.code {
			t.Errorf("%s about %s: %q, want %q", c.from, c.requester, code, c.code)
		}
	}
	hits, err := f.Member("gov-ua").Store.Hits(t.Context(), 10)
	if err != nil || len(hits) != 1 {
		t.Errorf("%d hits, %v; want the one honest notice", len(hits), err)
	}
}

// Asking again has a budget too, and repetitions do not fill the ledger.
func TestCollectHasABudget(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	_, id := askID(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f)})
	refusedAt := 0
	for i := range 40 {
		if a := collect(t, f, id)["gov-ua"]; a.GetStatus() == refused && refusedAt == 0 {
			if refusedAt = i; a.GetProblem().GetCode() != "rate_limited" {
				t.Errorf("refused with %v", a.GetProblem())
			}
		}
	}
	if refusedAt == 0 {
		t.Error("forty collects of one question were answered")
	}
	query := sealedQuery(t, f, link(t, f, exchange.LinkRequest{}))
	coarse := 0
	for range 300 {
		if _, err := f.Member("gov-ua").Answer(t.Context(), "gov-pl", query); err != nil {
			coarse++
		}
	}
	if coarse == 0 {
		t.Error("three hundred copies of one message made a row each")
	}
}

// The beat on which an answer leaves is fixed when the message arrives: work
// that takes a little longer does not leave later, whenever it was sent.
func TestDepartureIsFixedOnArrival(t *testing.T) {
	t.Parallel()
	const tick = 250 * time.Millisecond
	start := time.Now().Truncate(tick)
	for phase := time.Duration(0); phase < tick; phase += time.Millisecond {
		arrived := start.Add(phase)
		want := exchange.Departure(arrived, arrived, tick)
		if wait := want.Sub(arrived); wait < tick || wait > 2*tick {
			t.Fatalf("phase %v: leaves after %v", phase, wait)
		}
		for work := time.Duration(0); work <= tick; work += 5 * time.Millisecond {
			if got := exchange.Departure(arrived, arrived.Add(work), tick); got != want {
				t.Fatalf("phase %v, work %v: leaves %v later", phase, work, got.Sub(want))
			}
		}
		if late := exchange.Departure(arrived, want.Add(time.Millisecond), tick); late != want.Add(tick) {
			t.Fatalf("phase %v: overlong work leaves at %v", phase, late.Sub(arrived))
		}
	}
}
