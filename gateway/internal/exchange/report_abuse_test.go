package exchange_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// receiptOf submits one report past the outbox, and returns gov-ua's signed answer.
func receiptOf(t testing.TB, f *gatewaytest.Federation, from string, s *homewardv1.Sighting) string {
	t.Helper()
	reply, err := f.Member("gov-ua").Report(t.Context(), from, reportOf(t, f, from, s))
	must(t, err)
	return reply
}

// A receipt for a child who is known and one who is not: the same members in the
// same order, and messages of one size class. What differs is random, or a hash.
func TestReceiptsAreAlike(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	hit, miss := listing(f), listing(f)
	miss.ClaimedIdentity.Given, miss.Siblings[0].Given = "Нікомуневідоме", "Також"
	var shapes []string
	var sizes []int
	for _, s := range []*homewardv1.Sighting{hit, miss} {
		sealed := receiptOf(t, f, "gov-00", s)
		sdjwt, err := envelope.Open(sealed, envelope.TypeAnswer, []envelope.PrivateKey{f.Member("gov-00").Keys.Seal})
		must(t, err)
		payload, err := base64.RawURLEncoding.DecodeString(strings.Split(sdjwt, ".")[1])
		must(t, err)
		var m map[string]json.RawMessage
		must(t, json.Unmarshal(payload, &m))
		for _, random := range []string{"jti", "irt", "qh", "decision", "leaf", "iat", "exp"} {
			delete(m, random)
		}
		var receipt envelope.SightingReceipt
		must(t, json.Unmarshal(m["receipt"], &receipt))
		if len(receipt.Reference) != 2 || receipt.Hash == "" {
			t.Errorf("receipt %+v", receipt)
		}
		receipt.Reference, receipt.Filler, receipt.Hash, receipt.Received = nil, "", "", 0
		m["receipt"], err = json.Marshal(receipt)
		must(t, err)
		shape, err := json.Marshal(m)
		must(t, err)
		shapes, sizes = append(shapes, string(shape)), append(sizes, len(sealed))
	}
	if shapes[0] != shapes[1] || sizes[0] != sizes[1] {
		t.Errorf("receipts tell a hit from a miss:\n%s, %d bytes\n%s, %d bytes", shapes[0], sizes[0], shapes[1], sizes[1])
	}
}

// Budgets bound a submitter; what exceeds them waits in its outbox and is not lost.
func TestSubmittersHaveBudgets(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, tuned(with(gatewaytest.Options{}), func(id string, d *exchange.Deps) {
		if id == "gov-ua" {
			d.Budget = &budget.Memory{Limits: budget.Limits{Officer: 3}}
		}
	}))
	for i := range 5 {
		s := listing(f)
		s.ContentSha256 = fmt.Sprintf("%064x", i)
		submit(t, f, "gov-00", s)
	}
	_ = f.Member("gov-00").DeliverDue(t.Context()) // two are refused for now
	if n := len(came(t, f, "gov-ua")); n != 3 {
		t.Errorf("%d came at once, want 3", n)
	}
	f.Clock.Add(2 * time.Hour)
	deliver(t, f, "gov-00")
	if n := len(came(t, f, "gov-ua")); n != 5 {
		t.Errorf("%d came in the end", n)
	}
}

// Thousands of false sightings for one child, by one who floods, move nothing that is
// found for another; the flood is put into quarantine, and its submitter does not learn of it.
func TestPoisonMovesNobody(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	ua, child := f.Member("gov-ua"), f.Child.IDs["gov-ua"]
	ua.Budget = &budget.Memory{Limits: budget.Limits{Officer: 1 << 20, Participant: 1 << 20, Purpose: 1 << 20}}
	submit(t, f, "gov-00", listing(f))
	deliver(t, f, "gov-00")
	id := came(t, f, "gov-ua")[0].GetId()
	before := review(t, f, "gov-ua", id, child, "triaged")
	n := 410
	if soaking() {
		n = 5000
	}
	for i := range n {
		s := listing(f)
		s.ContentSha256 = fmt.Sprintf("%064x", i)
		s.ClaimedIdentity.Given, s.ChildDescription.Age = "Мария", 3
		receiptOf(t, f, "gov-01", s)
	}
	must(t, ua.Housekeep(t.Context()))
	after := review(t, f, "gov-ua", id, child, "triaged")
	if len(before.GetCandidates()) == 0 || len(before.GetCandidates()) != len(after.GetCandidates()) {
		t.Fatalf("candidates %v, then %v", before.GetCandidates(), after.GetCandidates())
	}
	for i, c := range before.GetCandidates() {
		if !proto.Equal(c, after.GetCandidates()[i]) {
			t.Errorf("candidate %d was %v and is %v", i, c, after.GetCandidates()[i])
		}
	}
	marked := 0
	for _, s := range came(t, f, "gov-ua") {
		if s.GetQuarantined() != (s.GetSubmitter() == "gov-01") {
			t.Errorf("%s of %s: quarantined %v", s.GetId(), s.GetSubmitter(), s.GetQuarantined())
		}
		marked++
	}
	if marked == 0 {
		t.Error("none is listed")
	}
	late := listing(f)
	late.ContentSha256 = strings.Repeat("ef", 32)
	sent := submit(t, f, "gov-01", late)[0]
	deliver(t, f, "gov-01")
	if d := sightingStatus(t, f, "gov-01", sent.GetId()).GetDeliveries()[0]; d.GetState() != "delivered" || d.GetReceipt().GetHash() == "" {
		t.Errorf("in quarantine the receipt is %v", d)
	}
	_, err := ua.Quarantine(t.Context(), "gov-01", false, "looked into", envelope.Officer{ID: "o-7", Role: "supervisor"})
	must(t, err)
	must(t, ua.Housekeep(t.Context())) // does not overrule a person
	if s := came(t, f, "gov-ua")[0]; s.GetQuarantined() {
		t.Errorf("still in quarantine: %v", s)
	}
}

// One source of the open web is possibly true at best, and a submitter begins at F6.
func TestGradesAreBounded(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	submit(t, f, "gov-00", listing(f))
	deliver(t, f, "gov-00")
	id, officer := came(t, f, "gov-ua")[0].GetId(), &homewardv1.Officer{Id: "o-7", Role: "tracing_officer"}
	grade := func(reliability string, credibility int32) error {
		_, err := f.Member("gov-ua").ReviewSighting(t.Context(), &homewardv1.ReviewSightingRequest{
			Id: id, Officer: officer, Reliability: reliability, Credibility: credibility,
		})
		return err
	}
	wantProblem(t, grade("B", 2), sightings.CodeGrade)
	must(t, grade("B", 3))
	other := listing(f)
	other.ContentSha256 = strings.Repeat("cd", 32)
	submit(t, f, "gov-00", other)
	deliver(t, f, "gov-00")
	for _, s := range came(t, f, "gov-ua") {
		want := int32(6)
		if s.GetId() == id {
			want = 3
		}
		if s.GetReliability() != "B" || s.GetCredibility() != want {
			t.Errorf("%s is graded %s%d", s.GetId(), s.GetReliability(), s.GetCredibility())
		}
	}
}
