package exchange_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/observe"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// What is overdue stops further questions for that child: a birth year that is written
// as uncertain, or as a span, asks for no other one.
func TestOverdueIsNotEvadedByTheDate(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}, Until: f.Clock.Now().Add(300 * 24 * time.Hour)})
	returnOf(t, f, token)
	f.Clock.Add(200 * 24 * time.Hour) // what unicef gave was to be deleted by then
	year := f.Child.Original.Born[:4]
	for _, born := range []string{f.Child.Original.Born, year, year + "-03", year + "?", year + "~", year + "%", year + "-XX", year + "/" + year, f.Child.Original.Born + "?"} {
		who := byName(f)
		who.Born = born
		_, err := f.Member("gov-pl").Ask(t.Context(), agency(), &homewardv1.AskRequest{
			Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: who, Officer: officer(), Basis: "GDPR 6(1)(e)",
		}, nil)
		if err == nil {
			t.Errorf("born %s: asked although a deletion is overdue", born)
			continue
		}
		wantProblem(t, err, exchange.CodeObligationOverdue)
	}
}

// What a question says of the child is bounded before it is worked with: four thousand
// criteria once took seven seconds of a holder's processor.
func TestCriteriaAreBounded(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	many := make(map[string]string)
	for i := range 4000 {
		many[fmt.Sprintf("c%d", i)] = "x"
	}
	for name, criteria := range map[string]map[string]string{
		"many": many, "long": {"family": strings.Repeat("щ", 401), "born": "2014"},
	} {
		a := answerTo(t, f, "gov-ua", envelope.Query{Purpose: "MATCH", Criteria: criteria})
		if a.Status != envelope.StatusRefused || a.Problem.Code != string(envelope.CodeContent) {
			t.Errorf("%s: %s %+v", name, a.Status, a.Problem)
		}
		now := f.Clock.Now()
		payload, ds, err := envelope.NoticePayload(envelope.Notice{
			Claims: envelope.Claims{Issuer: "unicef", Audience: "gov-ua", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()},
			Event:  "match_hit", Requester: "gov-pl", Purpose: "MATCH", Query: envelope.NewID(), Criteria: criteria, Schema: envelope.Schema,
		})
		must(t, err)
		reply, err := f.Member("gov-ua").Notify(t.Context(), "unicef", sealTo(t, f, "gov-ua", payload, ds, envelope.TypeNotice, f.Member("unicef").Keys.Sign))
		must(t, err)
		if a, err = f.Member("unicef").Inspect("gov-ua", reply); err != nil || a.Problem == nil || a.Problem.Code != string(envelope.CodeContent) {
			t.Errorf("%s, in a notice: %s %+v, %v", name, a.Status, a.Problem, err)
		}
	}
}

// poisoned is a source of which some records cannot be read, or none.
type poisoned struct {
	adapters.Adapter
	ids []string // none for all
}

func (s *poisoned) Get(ctx context.Context, id string, m adapters.Mask) (adapters.Record, error) {
	if len(s.ids) == 0 || slices.Contains(s.ids, id) {
		return adapters.Record{}, adapters.ErrUnavailable
	}
	return s.Adapter.Get(ctx, id, m)
}

// A source that finds a child and cannot read it does not tell whoever is released
// nothing that it found one. Who has a link for that child is told that it is away.
func TestUnreadableRecordTellsNothing(t *testing.T) {
	t.Parallel()
	for name, all := range map[string]bool{"one record": false, "every record": true} {
		source := &poisoned{}
		f := gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
			generous(id, d)
			if id == "unicef" {
				source.Adapter, d.Source = d.Source, source
			}
		}})
		if !all {
			source.ids = []string{f.Child.IDs["unicef"]}
		}
		known := map[string]string{"family": f.Child.Original.Family, "given": f.Child.Original.Given, "born": f.Child.Original.Born}
		unknown := map[string]string{"family": "Невідомий", "given": "Ніхто", "born": "2013-05-05"}
		for _, q := range []envelope.Query{{Purpose: "MATCH"}, {Purpose: "FOUND", Present: true}, {Purpose: "RETURN"}} {
			var said [2]string
			for i, criteria := range []map[string]string{known, unknown} {
				q.Criteria = criteria
				a := answerTo(t, f, "unicef", q)
				said[i] = fmt.Sprint(a.Status, a.Problem, len(a.Records), a.Advice != nil)
			}
			if said[0] != said[1] {
				t.Errorf("%s, %s: %s for a child who is known, %s for one who is not", name, q.Purpose, said[0], said[1])
			}
		}
		token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}})
		a := ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})["unicef"]
		if a.GetProblem().GetCode() != string(exchange.CodeSourceAway) {
			t.Errorf("%s: with a link %v", name, a)
		}
	}
}

// A value of a field that this version does not know is shown to nobody: it may be a
// photo beside a name. Its verdict is.
func TestUnknownFieldIsNotShown(t *testing.T) {
	t.Parallel()
	f, _ := amongCareless(t, gatewaytest.Options{}, map[string][2]string{
		"gov-ua": {"physical.picture", syntheticPhoto}, "unicef": {"name.full", syntheticName},
	})
	got := ask(t, f, byDocument(1))
	if paths := valued(got); !slices.Equal(paths, []string{"birth.sex", "name.full"}) {
		t.Errorf("shown: %v", paths)
	}
	if fields := got["gov-ua"].GetRecords()[0].GetFields(); fields[0].GetPath() != "physical.picture" || fields[0].GetVerdict() != homewardv1.Verdict_VERDICT_RELEASED {
		t.Errorf("of the field: %v", fields[0])
	}
	_, err := envelope.Present(got["gov-ua"].GetEvidence(), func(d envelope.Disclosure) bool {
		if d.Name == "physical.picture" {
			t.Error("it stands in the evidence")
		}
		return true
	})
	must(t, err)
}

// spiteful answers every notice with a refusal whose code is a text of its own.
type spiteful struct {
	exchange.Sender
	f    **gatewaytest.Federation
	code string
}

func (s spiteful) Send(_ context.Context, to trust.Participant, _, sealed string) (string, error) {
	f := *s.f
	token, err := envelope.Open(sealed, envelope.TypeNotice, f.Member(to.ID).SealKeys)
	if err != nil {
		return "", err
	}
	now := f.Clock.Now()
	v, err := envelope.Verify(token, envelope.Expect{
		Type: envelope.TypeNotice, Audience: to.ID, Issuer: "unicef", Keys: f.Registry(), Now: now, Uses: []envelope.Use{envelope.UseSign},
	})
	if err != nil {
		return "", err
	}
	hash := v.Hash()
	payload, ds, err := envelope.AnswerPayload(envelope.Answer{
		Claims:    envelope.Claims{Issuer: to.ID, Audience: "unicef", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()},
		InReplyTo: v.ID(), QueryHash: envelope.Base64(hash[:]), Status: envelope.StatusRefused, Decision: envelope.NewID(), Schema: envelope.Schema,
		Leaf: envelope.Base64(make([]byte, 32)), Policy: envelope.PolicyRef{Bundle: "sha256:00", Version: "1"}, Problem: &envelope.AnswerProblem{Code: s.code},
	})
	if err != nil {
		return "", err
	}
	jws, err := envelope.Sign(payload, ds, envelope.TypeAnswer, f.Member(to.ID).Keys.Sign)
	if err != nil {
		return "", err
	}
	return envelope.Seal(jws, envelope.TypeAnswer, f.Member("unicef").Keys.Seal.Public("unicef", envelope.UseSeal))
}

// What a peer calls its refusal reaches a log only if it is a code of the catalogue.
func TestRefusalsAreLoggedInOurWords(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"Зразкова Марія": string(problem.CodeInvalidReply), "not_a_holder": "not_a_holder"} {
		var f *gatewaytest.Federation
		f = gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
			if id == "unicef" {
				d.Sender = spiteful{d.Sender, &f, code}
			}
		}})
		ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f)})
		logged := observe.Describe(f.Member("unicef").DeliverDue(t.Context()))
		if !strings.Contains(logged, want) || want != code && strings.Contains(logged, code) {
			t.Errorf("a refusal with the code %s is logged as %s, want %s", code, logged, want)
		}
	}
}
