package exchange_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
	"homeward.example/policies"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// brokenStore commits nothing.
type brokenStore struct{ ledger.Store }

func (brokenStore) Commit(context.Context, ledger.Commit) error {
	return problem.New(problem.CodeUnavailable, "disk full")
}

// What cannot be recorded is not answered: no message at all, not even a refusal.
func TestNoRecordNoAnswer(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
		if id == "unicef" {
			d.Ledger = ledger.New(brokenStore{d.Store}, d.Now)
		}
	}})
	token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}})
	got := ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})
	wantStatus(t, got["gov-ua"], answered, 1)
	if s := got["unicef"].GetStatus(); s == answered || len(got["unicef"].GetRecords()) > 0 || got["unicef"].GetEvidence() != "" {
		t.Errorf("unicef could not record and said %v", got["unicef"])
	}
}

// brokenSource cannot be read.
type brokenSource struct{ adapters.Adapter }

func (brokenSource) Search(context.Context, adapters.Criteria, int) ([]string, error) {
	return nil, adapters.ErrUnavailable
}

func (brokenSource) Get(context.Context, string, adapters.Mask) (adapters.Record, error) {
	return adapters.Record{}, adapters.ErrUnavailable
}

// A case system that is away is never "no match".
func TestSourceAwayIsNoMiss(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, tuned(o, func(id string, d *exchange.Deps) {
			if id == "unicef" {
				d.Source = brokenSource{d.Source}
			}
		}))
		token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}})
		got := ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})
		a := got["unicef"]
		if a.GetStatus() != refused || a.GetProblem().GetCode() != string(exchange.CodeSourceAway) {
			t.Errorf("a source that is away was answered with %v", a)
		}
		if _, err := f.Member("unicef").Store.Decision(t.Context(), a.GetDecisionId()); err != nil {
			t.Errorf("the refusal is not recorded: %v", err)
		}
	})
}

// A policy's refusal is signed, recorded, precise, and says nothing of records.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		prepare func(r *trust.Registry)
		req     *homewardv1.AskRequest
		code    problem.Code
	}{
		{
			"no agreement", func(r *trust.Registry) { r.Agreements[0].Holder = "icrc" },
			&homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH}, exchange.CodeNoAgreement,
		},
		{
			"by name alone", nil,
			&homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: &homewardv1.Criteria{Family: "Шевченко", Given: "Олександр"}},
			exchange.CodeBulk,
		},
		{
			"wildcard", nil,
			&homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: &homewardv1.Criteria{Family: "Шев*", Given: "О", Born: "2014"}},
			exchange.CodeBulk,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := gatewaytest.New(t, gatewaytest.Options{Prepare: c.prepare})
			if c.req.Criteria == nil {
				c.req.Criteria = byName(f)
			}
			q := c.req.GetCriteria()
			reply, err := f.Member("gov-ua").Answer(t.Context(), "gov-pl", sealedCriteria(t, f, c.req.GetPurpose(), map[string]string{
				"family": q.GetFamily(), "given": q.GetGiven(), "born": q.GetBorn(),
			}))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := f.Member("gov-pl").Inspect("gov-ua", reply)
			if err != nil {
				t.Fatal(err)
			}
			if answer.Status != "refused" || answer.Problem == nil || answer.Problem.Code != string(c.code) || answer.Problem.Remedy == "" {
				t.Errorf("%s with %+v, want refused with %s and a remedy", answer.Status, answer.Problem, c.code)
			}
			if _, err := f.Member("gov-ua").Store.Decision(t.Context(), answer.Decision); err != nil {
				t.Errorf("the refusal is not recorded: %v", err)
			}
		})
	}
}

func sealedCriteria(t *testing.T, f *gatewaytest.Federation, purpose homewardv1.Purpose, criteria map[string]string) string {
	t.Helper()
	for k, v := range criteria {
		if v == "" {
			delete(criteria, k)
		}
	}
	now := f.Clock.Now()
	payload, ds, err := envelope.QueryPayload(envelope.Query{
		Claims: envelope.Claims{
			Issuer: "gov-pl", Audience: "gov-ua", ID: envelope.NewID(),
			IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix(),
		},
		Officer: envelope.Officer{ID: "officer-1", Role: "case_officer"}, Purpose: purpose.String()[len("PURPOSE_"):],
		Basis: "GDPR 6(1)(e)", Criteria: criteria, Schema: envelope.Schema,
	})
	must(t, err)
	return seal(t, f, payload, ds, f.Member("gov-pl").Keys.Sign)
}

// An agency's own system signs; its gateway forwards unchanged.
func TestForward(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, o)
		token := link(t, f, exchange.LinkRequest{})
		now, pl := f.Clock.Now(), f.Member("gov-pl")
		message := func(role string, key envelope.PrivateKey, holder string, has ...string) *homewardv1.ForwardRequest {
			payload, ds, err := envelope.QueryPayload(envelope.Query{
				Claims: envelope.Claims{
					Issuer: "gov-pl", Audience: holder, ID: envelope.NewID(),
					IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix(),
				},
				Officer: envelope.Officer{ID: "officer-9", Role: role}, Purpose: "RETURN",
				Basis: "GDPR 6(1)(e)", Links: []string{token}, Has: has, Schema: envelope.Schema,
			})
			must(t, err)
			jws, err := envelope.Sign(payload, ds, envelope.TypeQuery, key)
			must(t, err)
			return &homewardv1.ForwardRequest{Messages: []*homewardv1.SignedMessage{{Holder: holder, Jws: jws}}}
		}
		resp, err := pl.Forward(t.Context(), agency(), message("case_officer", pl.Agency, "gov-ua"))
		must(t, err)
		wantStatus(t, byHolder(resp)["gov-ua"], answered, 1)
		plan, err := pl.Plan(t.Context(), &homewardv1.AskRequest{
			Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}, Officer: officer(), Basis: "GDPR 6(1)(e)",
		})
		if err != nil || !slices.Equal(plan.GetHas(), []string{"names_birth"}) {
			t.Errorf("has %v, %v", plan.GetHas(), err)
		}
		resp, err = pl.Forward(t.Context(), agency(), message("case_officer", pl.Agency, "gov-ua", plan.GetHas()...))
		must(t, err)
		wantStatus(t, byHolder(resp)["gov-ua"], answered, 1)
		for name, c := range map[string]struct {
			req  *homewardv1.ForwardRequest
			code problem.Code
		}{
			"the gateway's own key":  {message("case_officer", pl.Keys.Sign, "gov-ua"), envelope.CodeKeyUse},
			"a role of another":      {message("reviewer", pl.Agency, "gov-ua"), problem.CodeForbidden},
			"a holder not planned":   {message("case_officer", pl.Agency, "gov-ca"), exchange.CodeNotPlanned},
			"somebody else's key":    {message("case_officer", f.Member("gov-ca").Agency, "gov-ua"), ""},
			"what was received":      {message("case_officer", pl.Agency, "gov-ua"), exchange.CodeHasUndeclared},
			"no messages whatsoever": {&homewardv1.ForwardRequest{}, exchange.CodeNothingAsked},
		} {
			_, err := pl.Forward(t.Context(), agency(), c.req)
			if err == nil || (c.code != "" && !errors.Is(err, problem.New(c.code, ""))) {
				t.Errorf("%s: %v, want %s", name, err, c.code)
			}
		}
	})
}

// What a person must decide is promised, says nothing of existence, and is
// completed by a later answer under its own id.
func TestPendingIsCompletedByCollect(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		waiting := pendingEngine(t)
		f := gatewaytest.New(t, tuned(o, func(id string, d *exchange.Deps) {
			if id == "unicef" {
				d.Engine = decide.Fixed(waiting)
			}
		}))
		token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}})
		got, id := askID(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})
		wantStatus(t, got["unicef"], pending, 0)
		if got["unicef"].GetPendingUntil() == "" {
			t.Error("a promise without a deadline")
		}
		wantStatus(t, collect(t, f, id)["unicef"], pending, 0)
		f.Member("unicef").Engine = f.Member("gov-ua").Engine // a person decided: the policy in force lets it through
		wantStatus(t, collect(t, f, id)["unicef"], answered, 1)
	})
}

// pendingEngine decides as the embedded policy, but for admission, where a person must decide.
func pendingEngine(t *testing.T) *decide.Engine {
	t.Helper()
	const rule, instead = "default pending := false", "default pending := true"
	tree, changed := fstest.MapFS{}, 0
	must(t, fs.WalkDir(policies.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(policies.FS(), name)
		changed += strings.Count(string(content), rule)
		tree[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(content), rule, instead))}
		return err
	}))
	if changed != 1 {
		t.Fatalf("the policy says %q %d times", rule, changed)
	}
	bundle, err := decide.Load(tree)
	must(t, err)
	engine, err := decide.New(t.Context(), bundle, decide.Options{})
	must(t, err)
	return engine
}
