package exchange_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/trust"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

const (
	syntheticPhoto = `"c3ludGhldGlj"`
	syntheticName  = `[{"value":"Синтетична"}]`
)

// careless is the way to holders that answer whatever they like, without a thought
// of what others answer: the worst that may arrive at a requester.
type careless struct {
	t  *testing.T
	f  **gatewaytest.Federation
	mu sync.Mutex
	// gives is the one path, and its value, that each holder answers with.
	gives map[string][2]string
	has   map[string][]string // what the last question to each declared
	// gate, if set, lets all holders answer at the same moment.
	gate *sync.WaitGroup
}

func (c *careless) Send(_ context.Context, to trust.Participant, _, sealed string) (string, error) {
	f := *c.f
	token, err := envelope.Open(sealed, envelope.TypeQuery, f.Member(to.ID).SealKeys)
	if err != nil {
		return "", err
	}
	v, err := envelope.Verify(token, envelope.Expect{
		Type: envelope.TypeQuery, Audience: to.ID, Issuer: "gov-pl", Keys: f.Registry(), Now: f.Clock.Now(), Uses: []envelope.Use{envelope.UseSign, envelope.UseAgency},
	})
	if err != nil {
		return "", err
	}
	q, err := v.Query()
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	c.has[to.ID] = q.Has
	gives, answers := c.gives[to.ID]
	c.mu.Unlock()
	if c.gate != nil {
		c.gate.Done()
		c.gate.Wait()
	}
	hash, now := v.Hash(), f.Clock.Now()
	a := envelope.Answer{
		Claims:    envelope.Claims{Issuer: to.ID, Audience: "gov-pl", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()},
		InReplyTo: q.ID, QueryHash: envelope.Base64(hash[:]), Status: envelope.StatusAnswered, Decision: envelope.NewID(),
		Leaf: envelope.Base64(make([]byte, 32)), Policy: envelope.PolicyRef{Bundle: "sha256:00", Version: "1"}, Schema: envelope.Schema,
	}
	if answers {
		a.Records = []envelope.AnswerRecord{{
			Fields:      []envelope.AnswerField{{Path: gives[0], Verdict: envelope.VerdictReleased, Basis: "b"}, {Path: "birth.sex", Verdict: envelope.VerdictReleased, Basis: "b"}},
			Values:      map[string]json.RawMessage{gives[0]: json.RawMessage(gives[1]), "birth.sex": json.RawMessage(`"female"`)},
			Obligations: []string{"no_onward_transfer", "notify_origin", "return_receipt"},
		}}
	}
	payload, ds, err := envelope.AnswerPayload(a)
	if err != nil {
		return "", err
	}
	jws, err := envelope.Sign(payload, ds, envelope.TypeAnswer, f.Member(to.ID).Keys.Sign)
	if err != nil {
		return "", err
	}
	return envelope.Seal(jws, envelope.TypeAnswer, f.Member("gov-pl").Keys.Seal.Public("gov-pl", envelope.UseSeal))
}

// amongCareless is a federation in which gov-pl asks careless holders.
func amongCareless(t *testing.T, o gatewaytest.Options, gives map[string][2]string) (*gatewaytest.Federation, *careless) {
	t.Helper()
	var f *gatewaytest.Federation
	c := &careless{t: t, f: &f, gives: gives, has: make(map[string][]string)}
	f = gatewaytest.New(t, tuned(o, func(id string, d *exchange.Deps) {
		if id == "gov-pl" {
			d.Sender = c
		}
	}))
	return f, c
}

// byDocument is a question that contains no name.
func byDocument(n int) *homewardv1.AskRequest {
	return &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Criteria: &homewardv1.Criteria{Document: fmt.Sprintf("SYN%06d", n), Sex: "female"}}
}

// valued says of which of the paths an agency is shown a value.
func valued(answers map[string]*homewardv1.HolderAnswer) (paths []string) {
	for _, a := range answers {
		for _, r := range a.GetRecords() {
			for _, f := range r.GetFields() {
				if f.GetValue() != nil {
					paths = append(paths, f.GetPath())
				}
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// A photo from one holder and the name from another, at the same moment: the
// agency sees one of them, whichever came first, and never both; everything else it
// sees, and its own gateway's ledger says what was withheld.
func TestPhotoAndNameOfTwoHolders(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f, c := amongCareless(t, o, map[string][2]string{"unicef": {"physical.photo", syntheticPhoto}, "gov-ua": {"name.given", syntheticName}})
		for i := range 6 {
			c.gate = &sync.WaitGroup{}
			c.gate.Add(3)
			answers := ask(t, f, byDocument(i))
			got := valued(answers)
			if len(got) != 2 || got[0] != "birth.sex" {
				t.Fatalf("the agency sees %q, want the sex and one of photo and name", got)
			}
			for holder, a := range answers {
				other := map[string]string{"unicef": "c3ludGhldGlj", "gov-ua": "Синтетична"}[holder]
				if other != "" && !slices.Contains(got, c.gives[holder][0]) && holds(t, a.GetEvidence(), other) {
					t.Errorf("the evidence of %s holds what is withheld", holder)
				}
			}
		}
		withheld := decisions(t, f, "gov-pl", ledger.KindReceived, func(d ledger.Decision) bool { return len(d.WithheldHere) == 1 })
		if len(withheld) != 6 {
			t.Errorf("the ledger says %d times that something was withheld, want 6", len(withheld))
		}
	})
}

// holds says whether an SD-JWT discloses a text.
func holds(t *testing.T, token, text string) bool {
	t.Helper()
	found := false
	_, err := envelope.Present(token, func(d envelope.Disclosure) bool {
		found = found || strings.Contains(string(d.Value), text)
		return true
	})
	must(t, err)
	return found
}

// A photo today and the name tomorrow is the same as both at once: also if neither
// holder knows of the other, and the further question says what is there already.
func TestPhotoTodayNameTomorrow(t *testing.T) {
	t.Parallel()
	f, c := amongCareless(t, gatewaytest.Options{}, map[string][2]string{"unicef": {"physical.photo", syntheticPhoto}})
	if got := valued(ask(t, f, byDocument(1))); !slices.Contains(got, "physical.photo") {
		t.Fatalf("the agency sees %q, want the photo", got)
	}
	f.Clock.Add(24 * time.Hour)
	c.gives = map[string][2]string{"gov-ua": {"name.family", syntheticName}}
	if got := valued(ask(t, f, byDocument(1))); slices.Contains(got, "name.family") {
		t.Errorf("a day later the agency sees %q", got)
	}
	if !slices.Equal(c.has["gov-ua"], []string{"photo"}) {
		t.Errorf("the question says that %q are there, want the photo", c.has["gov-ua"])
	}
	if got := valued(ask(t, f, byDocument(2))); !slices.Contains(got, "name.family") || len(c.has["gov-ua"]) != 0 {
		t.Errorf("of another child the agency sees %q, and said %q", got, c.has["gov-ua"])
	}
}

// A name in the question, or in its link, is known to whoever asks: no photo
// comes on top of it from anybody.
func TestPhotoOnTopOfANameInTheQuestion(t *testing.T) {
	t.Parallel()
	gives := map[string][2]string{"unicef": {"physical.photo", syntheticPhoto}, "gov-ua": {"physical.photo", syntheticPhoto}}
	f, _ := amongCareless(t, gatewaytest.Options{}, gives)
	for name, req := range map[string]*homewardv1.AskRequest{
		"name": {Purpose: homewardv1.Purpose_PURPOSE_RETURN, Criteria: byName(f)},
		"link": {Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}})}},
	} {
		if got := valued(ask(t, f, req)); slices.Contains(got, "physical.photo") {
			t.Errorf("asked by %s the agency sees %q", name, got)
		}
	}
	token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}})
	req := &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token, goAhead(t, f, "gov-ua", token, nil)}}
	if got := valued(ask(t, f, req)); !slices.Contains(got, "physical.photo") {
		t.Errorf("with a go-ahead the agency sees %q, want the photo too", got)
	}
}

// Who received something tells the authority of origin and gives its receipt by
// itself; that is confirmed, and the rest stays open.
func TestGatewayFulfilsWhatItCan(t *testing.T) {
	t.Parallel()
	f, _ := amongCareless(t, gatewaytest.Options{}, map[string][2]string{"unicef": {"name.given", syntheticName}})
	ask(t, f, byDocument(1))
	list, err := f.Member("gov-pl").Obligations(t.Context(), true)
	must(t, err)
	done := make(map[string]bool)
	for _, o := range list {
		done[o.Text] = o.Done
	}
	if len(list) != 3 || !done["notify_origin"] || !done["return_receipt"] || done["no_onward_transfer"] {
		t.Errorf("obligations %+v", list)
	}
	due, err := f.Member("gov-pl").Store.Due(t.Context(), f.Clock.Now(), 10)
	must(t, err)
	events := make(map[string]string)
	for _, item := range due {
		n, err := f.Member("gov-pl").Posted(item)
		must(t, err)
		events[n.Event] = item.Peer + "/" + n.Holder
	}
	if len(events) != 2 || events[envelope.EventOrigin] != "/unicef" || events[envelope.EventReceipt] != "unicef/" {
		t.Errorf("notices %v", events)
	}
}

// The origin learns of what was received, as of a hit; the holder keeps the receipt of
// its own answers alone.
func TestReceiptsArrive(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	answers := ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}})}})
	decision := answers["unicef"].GetDecisionId()
	receipt := envelope.Notice{Event: envelope.EventReceipt, Requester: "gov-pl", Purpose: "RETURN", Query: "q1", Decisions: []string{decision}}
	if code := notify(t, f, "gov-pl", "unicef", receipt); code != "" {
		t.Error(code)
	}
	receipt.Requester = "gov-ca"
	if code := notify(t, f, "gov-ca", "unicef", receipt); code != string(exchange.CodeNotRecipient) {
		t.Errorf("another's receipt: %q", code)
	}
	if n := len(decisions(t, f, "unicef", ledger.KindNoticed, func(d ledger.Decision) bool { return d.Outcome == envelope.EventReceipt })); n != 1 {
		t.Errorf("%d receipts on record", n)
	}
	told := envelope.Notice{Event: envelope.EventOrigin, Requester: "gov-pl", Purpose: "RETURN", Query: "q1", Holder: "unicef", Decisions: []string{decision}}
	if code := notify(t, f, "gov-pl", "gov-ua", told); code != "" {
		t.Error(code)
	}
	hits, err := f.Member("gov-ua").Store.Hits(t.Context(), 1)
	if err != nil || len(hits) != 1 || hits[0].Requester != "gov-pl" || hits[0].Holder != "unicef" {
		t.Errorf("%+v, %v", hits, err)
	}
}

// Many questions at once, some with a go-ahead for the photo and some for the name
// without one: in the order of the ledger no name leaves after the photo did, since
// whoever has the photo may have no name but by the go-ahead.
func TestParallelPhotoAndNameAtOneHolder(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, o)
		token := link(t, f, exchange.LinkRequest{})
		opened := goAhead(t, f, "gov-ua", token, nil)
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				sealedAnswer(t, f, "gov-ua", func(q *envelope.Query) {
					q.Purpose, q.Links, q.Fields = "RETURN", shownTo(t, []string{token}, "gov-ua"), []string{"name.given"}
					if i%2 == 0 {
						q.Links, q.Fields = append(q.Links, opened), []string{"physical.photo"}
					}
				})
			})
		}
		wg.Wait()
		photos, names := 0, 0
		all := decisions(t, f, "gov-ua", ledger.KindAnswered, func(d ledger.Decision) bool { return len(d.Records) == 1 })
		for _, d := range slices.Backward(all) { // the oldest first
			for _, digest := range d.Records[0].Digests {
				switch {
				case digest.Name == "physical.photo":
					photos++
				case digest.Name == "name.given" && photos > 0:
					t.Errorf("a name left after %d photos", photos)
				case digest.Name == "name.given":
					names++
				}
			}
		}
		if len(all) != 16 || photos != 8 {
			t.Errorf("%d answers, %d photos, %d names before the first", len(all), photos, names)
		}
	})
}

// Both identities of one record are one child to its holder: what was received by
// the one counts against the other.
func TestRecordPairAtOneHolder(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	original, imposed := link(t, f, exchange.LinkRequest{}), link(t, f, exchange.LinkRequest{Identity: "imposed"})
	opened := goAhead(t, f, "gov-ua", original, nil)
	by := func(path string, links ...string) homewardv1.Verdict {
		return verdict(ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: links})["gov-ua"], path)
	}
	before, photo, after := by("name.given", imposed), by("physical.photo", original, opened), by("name.given", imposed)
	if before != shown || photo != shown || after != kept {
		t.Errorf("the imposed name is %v, the photo %v, the imposed name then %v", before, photo, after)
	}
}

// What an agency's own system signed and sent to several holders counts as what the
// gateway asks for: each holder sees another part of the link, the child is one.
func TestForwardedQuestionsCount(t *testing.T) {
	t.Parallel()
	f, c := amongCareless(t, gatewaytest.Options{}, map[string][2]string{"gov-ua": {"name.given", syntheticName}})
	token, now := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}}), f.Clock.Now()
	var messages []*homewardv1.SignedMessage
	for _, holder := range []string{"gov-ua", "unicef"} {
		payload, ds, err := envelope.QueryPayload(envelope.Query{
			Claims:  envelope.Claims{Issuer: "gov-pl", Audience: holder, ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()},
			Officer: envelope.Officer{ID: "officer-9", Role: "case_officer"}, Purpose: "RETURN", Basis: "b",
			Links: shownTo(t, []string{token}, holder), Schema: envelope.Schema,
		})
		must(t, err)
		jws, err := envelope.Sign(payload, ds, envelope.TypeQuery, f.Member("gov-pl").Agency)
		must(t, err)
		messages = append(messages, &homewardv1.SignedMessage{Holder: holder, Jws: jws})
	}
	resp, err := f.Member("gov-pl").Forward(t.Context(), agency(), &homewardv1.ForwardRequest{Messages: messages})
	must(t, err)
	if got := valued(byHolder(resp)); !slices.Contains(got, "name.given") {
		t.Fatalf("the agency sees %q", got)
	}
	ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})
	if !slices.Equal(c.has["unicef"], []string{"names_birth"}) {
		t.Errorf("the next question says that %q are there, want the names", c.has["unicef"])
	}
}
