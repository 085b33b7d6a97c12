package exchange_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/trust"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// with makes gov-00 and gov-01 NGOs, and the agreement last for years.
func with(o gatewaytest.Options) gatewaytest.Options {
	o.Holders = 2
	o.Prepare = func(r *trust.Registry) {
		for i, p := range r.Participants {
			if strings.HasPrefix(p.ID, "gov-0") {
				r.Participants[i].Kind, r.Participants[i].Holder = "ngo", false
			}
		}
		far := r.IssuedAt.Add(10000 * time.Hour)
		r.Expires, r.Agreements[0].Until = far, far
	}
	return o
}

var reporter = &homewardv1.Officer{Id: "f-3", Role: "case_officer"}

// listing is a page that shows the demo's child under the Russian form of its name.
func listing(f *gatewaytest.Federation) *homewardv1.Sighting {
	age := f.Clock.Now().Year() - 2014
	return &homewardv1.Sighting{
		SourceType: "open_web", Url: "https://listing.example/synthetic/1", ContentSha256: strings.Repeat("ab", 32),
		CapturedAt: f.Clock.Now().UTC().Format(time.RFC3339), Place: &homewardv1.SightedPlace{Country: "RU"},
		ClaimedIdentity: &homewardv1.ClaimedIdentity{Given: "Александр"}, ChildDescription: &homewardv1.ChildDescription{Age: int32(age), Sex: "male"},
		Siblings: []*homewardv1.SightedSibling{{Given: "Мария"}, {Given: "София"}}, SubmitterRisk: "high",
		Consent: &homewardv1.SightingConsent{Witness: "no"}, Custody: []*homewardv1.SightingCustody{{Who: "synthetic witness 7", What: "took a screenshot"}},
	}
}

func submit(t *testing.T, f *gatewaytest.Federation, from string, list ...*homewardv1.Sighting) []*homewardv1.SubmittedSighting {
	t.Helper()
	resp, err := f.Member(from).SubmitSightings(t.Context(), &homewardv1.SubmitSightingsRequest{Officer: reporter, Sightings: list})
	must(t, err)
	return resp.GetSightings()
}

func sightingStatus(t *testing.T, f *gatewaytest.Federation, at, id string) *homewardv1.SubmittedSighting {
	t.Helper()
	resp, err := f.Member(at).SightingStatus(t.Context(), &homewardv1.SightingStatusRequest{Id: id})
	must(t, err)
	return resp.GetSightings()[0]
}

func came(t *testing.T, f *gatewaytest.Federation, at string) []*homewardv1.TriagedSighting {
	t.Helper()
	resp, err := f.Member(at).ListSightings(t.Context(), &homewardv1.ListSightingsRequest{})
	must(t, err)
	return resp.GetSightings()
}

// review moves a sighting through states, each by an officer of that gateway.
func review(t *testing.T, f *gatewaytest.Federation, at, id, child string, states ...string) *homewardv1.TriagedSighting {
	t.Helper()
	var out *homewardv1.TriagedSighting
	for _, state := range states {
		req := &homewardv1.ReviewSightingRequest{Id: id, Officer: &homewardv1.Officer{Id: "o-7", Role: "tracing_officer"}, State: state, Note: "synthetic"}
		if sightings.About(state) {
			req.Child = child
		}
		var err error
		if out, err = f.Member(at).ReviewSighting(t.Context(), req); err != nil {
			t.Fatalf("%s at %s: %v", state, at, err)
		}
	}
	return out
}

// An NGO submits a listing; it arrives once, the holder's triage shows the right
// child with reasons, and the submitter's status says the same before and after.
func TestSightingEndToEnd(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, with(o))
		sent := submit(t, f, "gov-00", listing(f))[0]
		if sent.GetState() != "received" || len(sent.GetDeliveries()) != 1 || sent.GetDeliveries()[0].GetState() != "waiting" {
			t.Fatalf("submitted as %v", sent)
		}
		deliver(t, f, "gov-00")
		before := sightingStatus(t, f, "gov-00", sent.GetId())
		d := before.GetDeliveries()[0]
		if d.GetState() != "delivered" || d.GetRecipient() != "gov-ua" || d.GetReceipt().GetHash() != sent.GetHash() ||
			len(strings.Split(d.GetReceipt().GetReference()["uk"], "-")) < 4 || d.GetReceipt().GetLeaf() == "" {
			t.Fatalf("status %v", before)
		}
		list := came(t, f, "gov-ua")
		if len(list) != 1 || list[0].GetReliability() != "F" || list[0].GetCredibility() != 6 || len(list[0].GetCandidates()) > 0 {
			t.Fatalf("came %v", list)
		}
		child := f.Child.IDs["gov-ua"]
		got := review(t, f, "gov-ua", list[0].GetId(), child, "triaged")
		if len(got.GetCandidates()) == 0 || got.GetCandidates()[0].GetRecordId() != child || len(got.GetCandidates()[0].GetFeatures()) < 2 {
			t.Fatalf("candidates %v", got.GetCandidates())
		}
		review(t, f, "gov-ua", list[0].GetId(), child, "under_review", "possible", "probable")
		deliver(t, f, "gov-ua")
		if after := sightingStatus(t, f, "gov-00", sent.GetId()); !proto.Equal(before, after) {
			t.Errorf("the status tells:\n%v\n%v", before, after)
		}
	})
}

// lossy loses replies: the first of each kind, after the other side has answered.
type lossy struct {
	exchange.Sender
	lost atomic.Int32
	most int32
	down atomic.Bool
}

func (l *lossy) Send(ctx context.Context, to trust.Participant, method, sealed string) (string, error) {
	if l.down.Load() && to.ID == "gov-ua" {
		return "", problem.New(problem.CodeUnreachable, to.ID)
	}
	reply, err := l.Sender.Send(ctx, to, method, sealed)
	if err == nil && method == exchange.MethodReport && l.lost.Add(1) <= l.most {
		return "", problem.New(problem.CodeTimedOut, to.ID)
	}
	return reply, err
}

func sending(o gatewaytest.Options, l *lossy) gatewaytest.Options {
	return tuned(o, func(id string, d *exchange.Deps) {
		if id == "gov-00" {
			l.Sender, d.Sender = d.Sender, l
		}
	})
}

// A reply that is lost is asked for again: one row, one receipt.
func TestSightingArrivesOnce(t *testing.T) {
	t.Parallel()
	l := &lossy{most: 3}
	f := gatewaytest.New(t, sending(with(gatewaytest.Options{}), l))
	sent := submit(t, f, "gov-00", listing(f))[0]
	for range 4 {
		_ = f.Member("gov-00").DeliverDue(t.Context()) // three of them lose the reply
		f.Clock.Add(time.Hour)
	}
	if n := len(came(t, f, "gov-ua")); n != 1 || l.lost.Load() != 4 {
		t.Errorf("%d came, in %d messages", n, l.lost.Load())
	}
	if got := sightingStatus(t, f, "gov-00", sent.GetId()).GetDeliveries()[0]; got.GetState() != "delivered" {
		t.Errorf("delivery %v", got)
	}
}

// A holder is down for a week: what is for others arrives, and all of it in the end,
// once, by tries that become rare.
func TestSightingsOutlastAWeek(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		l := &lossy{}
		l.down.Store(true)
		f := gatewaytest.New(t, sending(with(o), l))
		const n = 20
		for i := range n {
			s := listing(f)
			s.ContentSha256 = strings.Repeat("0", 62) + string("0123456789abcdef"[i/16]) + string("0123456789abcdef"[i%16])
			_, err := f.Member("gov-00").SubmitSightings(t.Context(), &homewardv1.SubmitSightingsRequest{
				Officer: reporter, Sightings: []*homewardv1.Sighting{s}, Recipients: []string{"gov-ua", "icrc"},
			})
			must(t, err)
		}
		for range 7 * 24 {
			_ = f.Member("gov-00").DeliverDue(t.Context()) // gov-ua is away
			f.Clock.Add(time.Hour)
		}
		if a, b := len(came(t, f, "icrc")), len(came(t, f, "gov-ua")); a != n || b != 0 {
			t.Fatalf("%d at the ICRC, %d at gov-ua", a, b)
		}
		l.down.Store(false)
		for range 3 {
			deliver(t, f, "gov-00")
		}
		if got := len(came(t, f, "gov-ua")); got != n {
			t.Errorf("%d of %d came", got, n)
		}
		all, err := f.Member("gov-00").SightingStatus(t.Context(), &homewardv1.SightingStatusRequest{})
		must(t, err)
		for _, s := range all.GetSightings() {
			for _, d := range s.GetDeliveries() {
				if d.GetState() != "delivered" {
					t.Errorf("%s at %s: %s", s.GetId(), d.GetRecipient(), d.GetState())
				}
			}
		}
		due, err := f.Member("gov-00").Store.Due(t.Context(), f.Clock.Now().Add(100*time.Hour), 10)
		if err != nil || len(due) != 0 {
			t.Errorf("still in the outbox: %v, %v", due, err)
		}
	})
}

// replicated are the options of two federations whose members share their databases.
func replicated(t *testing.T, o gatewaytest.Options) gatewaytest.Options {
	o = with(o)
	o.Dir = t.TempDir()
	if o.Store != nil { // one database a participant, for both replicas
		fresh, made := o.Store, make(map[string]store.Options)
		o.Store = func(id string) store.Options {
			if _, ok := made[id]; !ok {
				made[id] = fresh(id)
			}
			return made[id]
		}
	}
	return o
}

// Replicas send from one outbox at the same time: each report arrives once and is
// shown as delivered, whoever was faster.
func TestReplicasSendOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		o = replicated(t, o)
		f := gatewaytest.New(t, o)
		other := gatewaytest.New(t, o)
		const n = 8
		for i := range n {
			s := listing(f)
			s.ContentSha256 = strings.Repeat("0", 63) + string("0123456789"[i])
			submit(t, f, "gov-00", s)
		}
		var both sync.WaitGroup
		for _, replica := range []*gatewaytest.Federation{f, other} {
			both.Go(func() {
				for range 4 {
					_ = replica.Member("gov-00").DeliverDue(t.Context()) // what the other was faster with
				}
			})
		}
		both.Wait()
		if got := len(came(t, f, "gov-ua")); got != n {
			t.Errorf("%d of %d came", got, n)
		}
		all, err := f.Member("gov-00").SightingStatus(t.Context(), &homewardv1.SightingStatusRequest{})
		must(t, err)
		for _, s := range all.GetSightings() {
			if d := s.GetDeliveries()[0]; d.GetState() != "delivered" {
				t.Errorf("%s is %s", s.GetId(), d.GetState())
			}
		}
	})
}

// Withdraw travels the same way, also when it overtakes its report; what the report
// said is dropped at both ends.
func TestSightingIsWithdrawn(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	first := submit(t, f, "gov-00", listing(f))[0]
	deliver(t, f, "gov-00")
	other := listing(f)
	other.ContentSha256 = strings.Repeat("cd", 32)
	second := submit(t, f, "gov-00", other)[0] // not delivered when it is withdrawn
	for _, s := range []*homewardv1.SubmittedSighting{first, second} {
		got, err := f.Member("gov-00").WithdrawSighting(t.Context(), &homewardv1.WithdrawSightingRequest{Id: s.GetId(), Officer: reporter})
		if err != nil || got.GetState() != "withdrawn" {
			t.Fatalf("%v, %v", got, err)
		}
		_, err = f.Member("gov-00").WithdrawSighting(t.Context(), &homewardv1.WithdrawSightingRequest{Id: s.GetId(), Officer: reporter})
		wantProblem(t, err, exchange.CodeReportState)
	}
	deliver(t, f, "gov-00")
	list := came(t, f, "gov-ua")
	if len(list) != 2 {
		t.Fatalf("came %v", list)
	}
	for _, s := range list {
		if s.GetState() != "withdrawn" || s.GetSighting().GetClaimedIdentity() != nil {
			t.Errorf("at the holder %v", s)
		}
		_, err := f.Member("gov-ua").ReviewSighting(t.Context(), &homewardv1.ReviewSightingRequest{Id: s.GetId(), Officer: reporter, State: "triaged"})
		wantProblem(t, err, sightings.CodeTransition)
	}
}

// needs_info reaches the submitter before anything was compared, and never after.
func TestQuestionsAreAskedBeforeMatching(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	early := submit(t, f, "gov-00", listing(f))[0]
	deliver(t, f, "gov-00")
	id := came(t, f, "gov-ua")[0].GetId()
	if got := review(t, f, "gov-ua", id, "", "needs_info"); !got.GetAsked() {
		t.Error("the reviewer is not told that the submitter was asked")
	}
	deliver(t, f, "gov-ua")
	if s := sightingStatus(t, f, "gov-00", early.GetId()); s.GetState() != "needs_info" || s.GetQuestion() != "synthetic" {
		t.Errorf("status %v", s)
	}
	other := listing(f)
	other.ContentSha256 = strings.Repeat("cd", 32)
	late := submit(t, f, "gov-00", other)[0]
	deliver(t, f, "gov-00")
	list := came(t, f, "gov-ua")
	id = list[slices.IndexFunc(list, func(s *homewardv1.TriagedSighting) bool { return s.GetState() == "received" })].GetId()
	if got := review(t, f, "gov-ua", id, "", "triaged", "needs_info"); got.GetAsked() || got.GetState() != "needs_info" {
		t.Error("the reviewer is told that the submitter was asked")
	}
	deliver(t, f, "gov-ua")
	if s := sightingStatus(t, f, "gov-00", late.GetId()); s.GetState() != "received" || s.GetQuestion() != "" {
		t.Errorf("status %v", s)
	}
}

// After 90 days every report is closed for its submitter, whatever came of it.
func TestReportsCloseAfter90Days(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	sent := submit(t, f, "gov-00", listing(f))[0]
	f.Clock.Add(90*24*time.Hour - time.Second)
	if s := sightingStatus(t, f, "gov-00", sent.GetId()).GetState(); s != "received" {
		t.Errorf("a second before: %s", s)
	}
	f.Clock.Add(time.Second)
	if s := sightingStatus(t, f, "gov-00", sent.GetId()).GetState(); s != "closed" {
		t.Errorf("after 90 days: %s", s)
	}
}

// Confirmed needs two independent sources and people of two organisations; the
// second one sees neither who submitted it nor who the witness is.
func TestTwoOrganisationsConfirm(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	ua, child := f.Member("gov-ua"), f.Child.IDs["gov-ua"]
	submit(t, f, "gov-00", listing(f))
	deliver(t, f, "gov-00")
	id := came(t, f, "gov-ua")[0].GetId()
	review(t, f, "gov-ua", id, child, "triaged", "under_review", "possible", "probable")
	officer := &homewardv1.Officer{Id: "o-7", Role: "tracing_officer"}
	_, err := ua.ReviewSighting(t.Context(), &homewardv1.ReviewSightingRequest{Id: id, Officer: officer, State: "confirmed"})
	wantProblem(t, err, sightings.CodeSources)

	same := listing(f) // the same capture, by somebody else: no second source
	submit(t, f, "gov-01", same)
	other := listing(f)
	other.ContentSha256, other.Url = strings.Repeat("cd", 32), "https://other.example/synthetic"
	submit(t, f, "gov-01", other)
	deliver(t, f, "gov-01")
	var copied, own string
	for _, s := range came(t, f, "gov-ua") {
		switch {
		case s.GetSubmitter() == "gov-01" && s.GetSighting().GetContentSha256() == same.GetContentSha256():
			copied = s.GetId()
		case s.GetSubmitter() == "gov-01":
			own = s.GetId()
		}
	}
	merge := func(which string) {
		_, err := ua.MergeSighting(t.Context(), &homewardv1.MergeSightingRequest{Id: which, Into: id, Officer: officer})
		must(t, err)
	}
	merge(copied)
	if got, err := ua.TriagedSighting(t.Context(), id); err != nil || got.GetSources() != 1 || !slices.Equal(got.GetSameSource(), []string{copied}) {
		t.Errorf("the same capture twice: %v, %v", got, err)
	}
	_, err = ua.SplitSighting(t.Context(), &homewardv1.SplitSightingRequest{Id: copied, Officer: officer})
	must(t, err)
	merge(own)
	if got := review(t, f, "gov-ua", id, child, "confirmed"); got.GetState() != "probable" || got.GetSources() != 2 {
		t.Errorf("confirmed by one organisation: %v", got)
	}
	_, err = ua.ShareSighting(t.Context(), &homewardv1.ShareSightingRequest{Id: id, Participant: "gov-01", Officer: officer})
	wantProblem(t, err, exchange.CodePurposeRole) // an NGO is shown nothing
	_, err = ua.ShareSighting(t.Context(), &homewardv1.ShareSightingRequest{Id: id, Participant: "icrc", Officer: officer, Why: "a second look"})
	must(t, err)
	deliver(t, f, "gov-ua")
	shared := came(t, f, "icrc")
	if len(shared) != 1 || shared[0].GetSharedBy() != "gov-ua" {
		t.Fatalf("shared %v", shared)
	}
	text, err := protojson.Marshal(shared[0])
	must(t, err)
	for _, secret := range []string{"gov-00", "gov-01", "synthetic witness 7", "submitter_risk", "high", "f-3"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the second organisation sees %q: %s", secret, text)
		}
	}
	review(t, f, "icrc", shared[0].GetId(), "", "triaged", "under_review", "possible", "probable", "confirmed")
	deliver(t, f, "icrc")
	if got, err := ua.TriagedSighting(t.Context(), id); err != nil || got.GetState() != "confirmed" {
		t.Errorf("confirmed by two: %v, %v", got, err)
	}
}

// Whoever may not send a report is refused, and what is not legible is refused at
// both ends with a word on what to do.
func TestReportsAreRefused(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	ngo := f.Member("gov-00")
	for name, c := range map[string]struct {
		to     string
		change func(s *homewardv1.Sighting)
		code   problem.Code
	}{
		"to an NGO":      {"gov-01", func(*homewardv1.Sighting) {}, exchange.CodePurposeRole},
		"to oneself":     {"gov-00", func(*homewardv1.Sighting) {}, exchange.CodeUnknownHolder},
		"to nobody":      {"gov-xx", func(*homewardv1.Sighting) {}, exchange.CodeUnknownHolder},
		"look-alikes":    {"gov-ua", func(s *homewardv1.Sighting) { s.ClaimedIdentity.Given = "Aлександр" }, sightings.CodeLookalike},
		"a hidden mark":  {"gov-ua", func(s *homewardv1.Sighting) { s.ClaimedIdentity.Given = "Мар\u034fия" }, sightings.CodeLookalike},
		"marked apart":   {"gov-ua", func(s *homewardv1.Sighting) { s.ClaimedIdentity.Given = "M\u0337ария" }, sightings.CodeLookalike},
		"hidden signs":   {"gov-ua", func(s *homewardv1.Sighting) { s.ChildDescription.Text = "a\u202eb" }, sightings.CodeLookalike},
		"no source type": {"gov-ua", func(s *homewardv1.Sighting) { s.SourceType = "" }, sightings.CodeSighting},
		"no date":        {"gov-ua", func(s *homewardv1.Sighting) { s.ObservedAt = "yesterday" }, sightings.CodeSighting},
		"nobody":         {"gov-ua", func(s *homewardv1.Sighting) { s.ClaimedIdentity, s.ChildDescription = nil, nil }, sightings.CodeSighting},
		"a long hash":    {"gov-ua", func(s *homewardv1.Sighting) { s.ContentSha256 += "0" }, sightings.CodeSighting},
	} {
		s := listing(f)
		c.change(s)
		_, err := ngo.SubmitSightings(t.Context(), &homewardv1.SubmitSightingsRequest{Officer: reporter, Sightings: []*homewardv1.Sighting{s}, Recipients: []string{c.to}})
		if problem.Of(err) == nil || problem.Of(err).Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
		if err != nil && strings.Contains(err.Error(), "лександр") {
			t.Errorf("%s: the error quotes a name: %v", name, err)
		}
	}
	rows, err := ngo.Store.Matters(t.Context(), ledger.MatterQuery{Kind: ledger.MatterReport})
	if err != nil || len(rows) != 0 {
		t.Errorf("kept %d, %v", len(rows), err)
	}
	for name, c := range map[string]struct {
		s    envelope.Sighting
		code problem.Code
	}{
		"look-alikes": {envelope.Sighting{Event: envelope.EventSubmitted, Values: values(t, func(s *homewardv1.Sighting) { s.ClaimedIdentity.Given = "Aлександр" }, f)}, sightings.CodeLookalike},
		"no event":    {envelope.Sighting{Event: "gossip"}, envelope.CodeContent},
		"a question":  {envelope.Sighting{Event: envelope.EventNeedsInfo}, exchange.CodePurposeRole},
		"a review":    {envelope.Sighting{Event: envelope.EventReviewed}, exchange.CodePurposeRole},
	} {
		if got := posted(t, f, "gov-00", c.s); got != c.code {
			t.Errorf("%s at the holder: %q, want %s", name, got, c.code)
		}
	}
	if got := posted(t, f, "icrc", envelope.Sighting{Event: envelope.EventReviewed}); got != exchange.CodeReportUnknown {
		t.Errorf("a review of nothing: %q", got)
	}
}

// values is a listing as it travels, changed past the checks of its own gateway.
func values(t *testing.T, change func(*homewardv1.Sighting), f *gatewaytest.Federation) map[string]json.RawMessage {
	t.Helper()
	s := listing(f)
	change(s)
	v, err := sightings.Values(s)
	must(t, err)
	return v
}

// posted sends a message of one's own making to gov-ua, and returns the code of the refusal.
func posted(t *testing.T, f *gatewaytest.Federation, from string, s envelope.Sighting) problem.Code {
	t.Helper()
	return postedTo(t, f, from, "gov-ua", s)
}

func postedTo(t *testing.T, f *gatewaytest.Federation, from, to string, s envelope.Sighting) problem.Code {
	t.Helper()
	now := f.Clock.Now().Unix()
	s.Claims = envelope.Claims{Issuer: from, Audience: to, ID: envelope.NewID(), IssuedAt: now, Expires: now + 60}
	if s.Schema = envelope.Schema; s.Report == "" {
		s.Report = envelope.NewID()
	}
	payload, ds, err := envelope.SightingPayload(s)
	must(t, err)
	reply, err := f.Member(to).Report(t.Context(), from, sealedAs(t, f, envelope.TypeSighting, from, to, payload, ds))
	must(t, err)
	answer, err := f.Member(from).Inspect(to, reply)
	must(t, err)
	if answer.Problem == nil {
		return ""
	}
	return problem.Code(answer.Problem.Code)
}
