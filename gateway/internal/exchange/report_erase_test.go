package exchange_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// litigation is a source whose records are under a litigation hold while it is on.
type litigation struct {
	adapters.Adapter
	on *atomic.Bool
}

func (l litigation) Get(ctx context.Context, id string, mask adapters.Mask) (adapters.Record, error) {
	r, err := l.Adapter.Get(ctx, id, mask)
	if err == nil {
		held := homewardv1.Tristate_TRISTATE_FALSE
		if l.on.Load() {
			held = homewardv1.Tristate_TRISTATE_TRUE
		}
		r.Child.Flags = &homewardv1.Flags{LitigationHold: held}
	}
	return r, err
}

func litigated(o gatewaytest.Options, on *atomic.Bool) gatewaytest.Options {
	return tuned(with(o), func(id string, d *exchange.Deps) {
		if id == "gov-ua" {
			d.Source = litigation{d.Source, on}
		}
	})
}

// toldOf is all that a gateway can still read of a sighting: what it shows, its row, and
// the messages that carried it.
func toldOf(t *testing.T, f *gatewaytest.Federation, at, id string) string {
	t.Helper()
	m, db := f.Member(at), f.Member(at).Store
	body, err := json.Marshal(m.Opened(t.Context(), id))
	must(t, err)
	var b strings.Builder
	b.Write(body)
	for _, kind := range []string{ledger.KindSighted, ledger.KindReported} {
		page, err := db.Search(t.Context(), ledger.Query{Kind: kind, Limit: ledger.MaxPage})
		must(t, err)
		for _, found := range page.Found {
			if k, err := db.Exchange(t.Context(), found.ID); err == nil && len(k.Disclosed) > 0 {
				fmt.Fprintf(&b, " disclosed in %s", found.Kind)
			}
		}
	}
	return b.String()
}

// What a report said is erased when it is withdrawn, at both ends: in its row and in the
// messages that carried it. Custody and hashes stay.
func TestWithdrawnIsErased(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, with(o))
		sent := submit(t, f, "gov-00", listing(f))[0]
		deliver(t, f, "gov-00")
		id := came(t, f, "gov-ua")[0].GetId()
		if told := toldOf(t, f, "gov-ua", id); !strings.Contains(told, "witness 7") || !strings.Contains(told, "disclosed") {
			t.Fatalf("the test sees nothing: %s", told)
		}
		review(t, f, "gov-ua", id, "", "triaged", "under_review")
		_, err := f.Member("gov-00").WithdrawSighting(t.Context(), &homewardv1.WithdrawSightingRequest{Id: sent.GetId(), Officer: reporter})
		must(t, err)
		deliver(t, f, "gov-00")
		f.Clock.Add(time.Second)
		for _, at := range []string{"gov-00", "gov-ua"} {
			must(t, f.Member(at).ForgetSightings(t.Context(), 0))
		}
		for at, id := range map[string]string{"gov-00": sent.GetId(), "gov-ua": id} {
			for _, left := range []string{"witness", "Александр", "screenshot", "f-3", "listing.example", "synthetic", "disclosed"} {
				if told := toldOf(t, f, at, id); strings.Contains(told, left) {
					t.Errorf("%s still has %q in %s", at, left, told)
				}
			}
		}
		got := triaged(t, f, "gov-ua", id)
		if got.GetState() != "withdrawn" || got.GetErasedAt() == "" || len(got.GetSteps()) != 3 || got.GetSteps()[0].GetOfficer().GetId() != "o-7" || got.GetSubmitter() != "gov-00" {
			t.Errorf("custody is %v", got)
		}
		if s := sightingStatus(t, f, "gov-00", sent.GetId()); s.GetErasedAt() == "" || s.GetHash() != sent.GetHash() || s.GetContentSha256() != sent.GetContentSha256() {
			t.Errorf("at the submitter %v", s)
		}
	})
}

// What is as old as its class is kept is erased, and nothing that is younger; a second
// look erases nothing twice, and nobody works on what was erased.
func TestOldReportsAreErased(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	const keep = 100 * 24 * time.Hour
	old := submit(t, f, "gov-00", listing(f))[0]
	deliver(t, f, "gov-00")
	f.Clock.Add(keep / 2)
	other := listing(f)
	other.ContentSha256 = strings.Repeat("cd", 32)
	young := submit(t, f, "gov-00", other)[0]
	deliver(t, f, "gov-00")
	f.Clock.Add(keep/2 + time.Second)
	decisions := make(map[string]int)
	for range 2 {
		for _, at := range []string{"gov-00", "gov-ua"} {
			must(t, f.Member(at).ForgetSightings(t.Context(), keep))
			page, err := f.Member(at).Store.Search(t.Context(), ledger.Query{Kind: ledger.KindTriaged, Outcome: "erased", Limit: ledger.MaxPage})
			must(t, err)
			decisions[at] = len(page.Found)
		}
	}
	if decisions["gov-00"] != 1 || decisions["gov-ua"] != 1 {
		t.Errorf("recorded %v", decisions)
	}
	for i, s := range came(t, f, "gov-ua") { // the newest first
		if erased := s.GetErasedAt() != ""; erased != (i == 1) || erased == (s.GetSighting().GetClaimedIdentity() != nil) {
			t.Errorf("%d is erased: %v, %v", i, erased, s.GetSighting())
		}
		if i == 1 {
			_, err := f.Member("gov-ua").ReviewSighting(t.Context(), &homewardv1.ReviewSightingRequest{Id: s.GetId(), Officer: triager, State: "triaged"})
			wantProblem(t, err, sightings.CodeTransition)
		}
	}
	if a, b := sightingStatus(t, f, "gov-00", old.GetId()), sightingStatus(t, f, "gov-00", young.GetId()); a.GetErasedAt() == "" || b.GetErasedAt() != "" {
		t.Errorf("at the submitter %v, %v", a, b)
	}
}

// A litigation hold on the record that people chose keeps what was reported, whether it
// is old or withdrawn, and what the ledger has of it; nobody is shown what was withdrawn.
func TestLitigationHoldKeepsReports(t *testing.T) {
	t.Parallel()
	var on atomic.Bool
	on.Store(true)
	f := gatewaytest.New(t, litigated(gatewaytest.Options{}, &on))
	sent := submit(t, f, "gov-00", listing(f))[0]
	deliver(t, f, "gov-00")
	ua := f.Member("gov-ua")
	id := came(t, f, "gov-ua")[0].GetId()
	review(t, f, "gov-ua", id, f.Child.IDs["gov-ua"], "triaged", "under_review", "possible")
	_, err := f.Member("gov-00").WithdrawSighting(t.Context(), &homewardv1.WithdrawSightingRequest{Id: sent.GetId(), Officer: reporter})
	must(t, err)
	deliver(t, f, "gov-00")
	f.Clock.Add(time.Second)
	for range 2 {
		must(t, ua.ForgetSightings(t.Context(), time.Hour))
	}
	if told := toldOf(t, f, "gov-ua", id); !strings.Contains(told, "witness 7") || !strings.Contains(told, "disclosed") {
		t.Error("erased under a litigation hold")
	}
	if got := triaged(t, f, "gov-ua", id); got.GetState() != "withdrawn" || got.GetSighting().GetClaimedIdentity() != nil || got.GetErasedAt() != "" {
		t.Errorf("what was withdrawn is shown: %v", got)
	}
	kept := func() bool {
		page, err := ua.Store.Search(t.Context(), ledger.Query{Kind: ledger.KindSighted, Outcome: envelope.EventSubmitted, Limit: 10})
		must(t, err)
		row, err := ua.Store.Decision(t.Context(), page.Found[0].ID)
		must(t, err)
		keeps, err := ua.KeepsDecision(t.Context(), row)
		must(t, err)
		return keeps
	}
	if !kept() {
		t.Error("the ledger forgets what a litigation hold keeps")
	}
	on.Store(false)
	must(t, ua.ForgetSightings(t.Context(), 0)) // it is not asked for at once
	if got := triaged(t, f, "gov-ua", id); got.GetErasedAt() != "" {
		t.Error("asked for the hold again at once")
	}
	f.Clock.Add(31 * 24 * time.Hour)
	must(t, ua.ForgetSightings(t.Context(), 0))
	if told := toldOf(t, f, "gov-ua", id); strings.Contains(told, "witness") || strings.Contains(told, "disclosed") || kept() {
		t.Errorf("kept after the hold: %s", told)
	}
}

// What is listed comes in pages that together are all, each once, whatever comes meanwhile.
func TestSightingsInPages(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	for i := range 7 {
		s := listing(f)
		s.ContentSha256 = strings.Repeat("0", 63) + string(rune('0'+i))
		submit(t, f, "gov-00", s)
	}
	deliver(t, f, "gov-00")
	seen := make(map[string]bool)
	next, pages := "", 0
	for {
		resp, err := f.Member("gov-ua").ListSightings(t.Context(), &homewardv1.ListSightingsRequest{Limit: 3, Page: next, State: "received"})
		must(t, err)
		for _, s := range resp.GetSightings() {
			if seen[s.GetId()] {
				t.Errorf("%s twice", s.GetId())
			}
			seen[s.GetId()] = true
		}
		if pages++; pages == 1 { // what comes now is on no later page
			late := listing(f)
			late.ContentSha256 = strings.Repeat("f", 64)
			f.Clock.Add(time.Second)
			submit(t, f, "gov-00", late)
			deliver(t, f, "gov-00")
		}
		if next = resp.GetNext(); next == "" {
			break
		}
	}
	if len(seen) != 7 || pages != 3 {
		t.Errorf("%d on %d pages", len(seen), pages)
	}
	mine, err := f.Member("gov-00").SightingStatus(t.Context(), &homewardv1.SightingStatusRequest{Limit: 5})
	must(t, err)
	rest, err := f.Member("gov-00").SightingStatus(t.Context(), &homewardv1.SightingStatusRequest{Limit: 5, Page: mine.GetNext()})
	if err != nil || len(mine.GetSightings()) != 5 || len(rest.GetSightings()) != 3 || rest.GetNext() != "" {
		t.Errorf("%d and %d, %v", len(mine.GetSightings()), len(rest.GetSightings()), err)
	}
	none, err := f.Member("gov-ua").ListSightings(t.Context(), &homewardv1.ListSightingsRequest{State: "confirmed"})
	if err != nil || len(none.GetSightings()) != 0 {
		t.Errorf("confirmed: %v, %v", none, err)
	}
	for name, req := range map[string]*homewardv1.ListSightingsRequest{
		"no token": {Page: "x"}, "no time": {Page: "a.sg-1"}, "no id": {Page: "1."}, "signs": {Page: "1.a b"},
		"too many": {Limit: 1001}, "fewer than none": {Limit: -1}, "no state": {State: "lost"},
	} {
		if _, err := f.Member("gov-ua").ListSightings(t.Context(), req); err == nil {
			t.Errorf("%s: listed", name)
		}
	}
}
