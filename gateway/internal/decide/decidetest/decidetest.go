// Package decidetest makes admitted questions and verdicts for tests of the
// steps after decide, without a network, a registry or a source. It makes them
// the only way there is: a signed and verified query, the embedded policy.
// Tests alone import it. Its children are synthetic.
package decidetest

import (
	"context"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/replay"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Now is the clock of Engine and of every message.
func Now() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// Engine decides by the embedded policy, however slow the machine is.
func Engine(tb testing.TB) *decide.Engine {
	tb.Helper()
	bundle, err := decide.Embedded()
	if err != nil {
		tb.Fatal(err)
	}
	e, err := decide.New(context.Background(), bundle, decide.Options{Now: Now, Timeout: time.Minute})
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// Origin is the authority of origin.
func Origin() decide.Party {
	return decide.Party{ID: "gov-ua", Kind: "government", AuthorityOfOrigin: true}
}

// Partner is a partner government.
func Partner() decide.Party { return decide.Party{ID: "gov-pl", Kind: "government"} }

// UNICEF is UNICEF.
func UNICEF() decide.Party { return decide.Party{ID: "unicef", Kind: "unicef"} }

// ICRC is the International Committee of the Red Cross.
func ICRC() decide.Party { return decide.Party{ID: "icrc", Kind: "icrc"} }

// NGO is a service organisation.
func NGO() decide.Party { return decide.Party{ID: "ngo-1", Kind: "ngo"} }

// ICC is the International Criminal Court.
func ICC() decide.Party { return decide.Party{ID: "icc", Kind: "icc"} }

// Prosecutor is a national prosecutor.
func Prosecutor() decide.Party { return decide.Party{ID: "prosecutor-1", Kind: "prosecutor"} }

// Mediator takes children home.
func Mediator() decide.Party { return decide.Party{ID: "mediator-1", Kind: "mediator"} }

// Question is a narrow question by criteria, under an agreement, by an officer
// whose work it is. A child that was found is attested.
func Question(purpose string, requester, holder decide.Party) decide.Facts {
	f := decide.Facts{
		Requester: requester, Holder: holder, Agreement: decide.Yes,
		Query: envelope.Query{
			Officer: envelope.Officer{ID: "officer-1", Role: "case_officer"}, Purpose: purpose,
			Criteria: map[string]string{"family": "Зразкова", "given": "Тестина", "born": "2014"},
		},
	}
	switch purpose {
	case "FOUND":
		f.Attested = decide.Yes
	case "ACCOUNTABILITY":
		f.Query.Officer.Role = "investigator"
	case "AUDIT":
		f.Query.Officer.Role, f.Mandate = "legal_reviewer", decide.Yes
	}
	return f
}

// Linked is a question with a valid case link for a record of the holder.
func Linked(purpose string, requester, holder decide.Party, record, identity string) decide.Facts {
	f := Question(purpose, requester, holder)
	f.Query.Criteria, f.Query.Links = nil, []string{"the link was verified elsewhere"}
	f.Link, f.LinkRecord, f.LinkIdentity = decide.Yes, record, identity
	return f
}

// Record is a synthetic child whose facts protect nothing, so that the matrix
// alone decides. fill adds to it; nil adds nothing.
func Record(id string, fill func(*homewardv1.ChildRecord)) adapters.Record {
	no := homewardv1.Tristate_TRISTATE_FALSE
	c := &homewardv1.ChildRecord{
		Record: &homewardv1.RecordInfo{OriginSystem: "synthetic"},
		Birth: &homewardv1.Birth{BirthDate: []*homewardv1.Assertion{{
			Value: "2014-03-09", Kind: homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL,
		}}},
		Flags: &homewardv1.Flags{
			LocationProtected: no, PublicityForbidden: no, LitigationHold: no,
			CaptorRisk: no, HoldByOrigin: no, SafeAndReachable: no,
		},
		Consent: &homewardv1.Consent{DenyDetails: &homewardv1.ConsentItem{Given: no}},
	}
	if fill != nil {
		fill(c)
	}
	return adapters.Record{ID: id, Version: "1", Child: c}
}

// Admit signs, verifies and admits a question. Claims that are empty are filled in.
func Admit(tb testing.TB, e *decide.Engine, f decide.Facts) decide.Admitted {
	tb.Helper()
	fresh, query := Fresh(tb, f)
	f.Query = query
	a, err := e.Admit(context.Background(), fresh, f)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// Verdicts decides records that all match by one identity. They are cut to the
// mask, as an adapter would. Nothing was disclosed before.
func Verdicts(tb testing.TB, e *decide.Engine, a decide.Admitted, matched string, records ...adapters.Record) decide.Verdicts {
	tb.Helper()
	disclosed := make(map[string]decide.Disclosed)
	for i, r := range records {
		cut, err := adapters.Prune(r.Child, a.Mask())
		if err != nil {
			tb.Fatal(err)
		}
		records[i].Child, disclosed[r.ID] = cut, decide.Disclosed{}
	}
	f, err := a.Fetched(records, func(adapters.Criteria, adapters.Record) (string, bool) { return matched, true })
	if err != nil {
		tb.Fatal(err)
	}
	v, err := e.Decide(context.Background(), f, disclosed)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// Fresh makes the message that a question comes in, and the query as it says it.
func Fresh(tb testing.TB, f decide.Facts) (replay.Fresh, envelope.Query) {
	tb.Helper()
	q := f.Query
	if q.ID == "" {
		q.Claims = envelope.Claims{
			Issuer: f.Requester.ID, Audience: f.Holder.ID, ID: envelope.NewID(),
			IssuedAt: Now().Unix(), Expires: Now().Add(time.Minute).Unix(),
		}
	}
	if q.Schema == "" {
		q.Schema = envelope.Schema
	}
	if q.Basis == "" {
		q.Basis = "synthetic basis"
	}
	key, err := envelope.GenerateKey("decidetest", "EdDSA")
	if err != nil {
		tb.Fatal(err)
	}
	payload, disclosures, err := envelope.QueryPayload(q)
	if err != nil {
		tb.Fatal(err)
	}
	sdjwt, err := envelope.Sign(payload, disclosures, envelope.TypeQuery, key)
	if err != nil {
		tb.Fatal(err)
	}
	verified, err := envelope.Verify(sdjwt, envelope.Expect{
		Type: envelope.TypeQuery, Audience: q.Audience, Issuer: q.Issuer, Uses: []envelope.Use{envelope.UseSign},
		Keys: oneKey{key.Public(q.Issuer, envelope.UseSign)}, Now: Now(),
	})
	if err != nil {
		tb.Fatal(err)
	}
	fresh, err := replay.Check(context.Background(), anything{}, verified)
	if err != nil {
		tb.Fatal(err)
	}
	return fresh, q
}

type oneKey struct{ key envelope.PublicKey }

func (k oneKey) PublicKey(kid string) (envelope.PublicKey, bool) { return k.key, kid == k.key.ID }

// anything is a filter that has seen nothing.
type anything struct{}

func (anything) Claim(context.Context, string, string, time.Time, time.Time) error { return nil }
