package exchange_test

import (
	"cmp"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
)

// A hold names a child by its names; a question that recognises the child by a
// document alone, and asks for no name, meets it all the same.
func TestHoldMeetsAQuestionByDocument(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	ua := f.Member("gov-ua")
	records := 0
	for _, holder := range []string{"unicef", "gov-ca"} {
		r, err := f.Member(holder).Source.Get(t.Context(), f.Child.IDs[holder], adapters.Mask{"documents.national_id", "documents.icrc_ref", "documents.unhcr_id", "documents.birth_certificate_no"})
		must(t, err)
		d := r.Child.GetDocuments()
		number := cmp.Or(d.GetNationalId(), d.GetIcrcRef(), d.GetUnhcrId(), d.GetBirthCertificateNo())
		if number == "" {
			continue
		}
		byDocument := func() int {
			t.Helper()
			now := f.Clock.Now()
			payload, ds, err := envelope.QueryPayload(envelope.Query{
				Claims:  envelope.Claims{Issuer: "gov-ua", Audience: holder, ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()},
				Officer: officerOf("o-1"), Purpose: "RETURN", Basis: "GDPR 6(1)(c)", Schema: envelope.Schema,
				Criteria: map[string]string{"document": number, "born": f.Child.Original.Born}, Fields: []string{"separation", "record.status"},
			})
			must(t, err)
			reply, err := f.Member(holder).Answer(t.Context(), "gov-ua", sealTo(t, f, holder, payload, ds, envelope.TypeQuery, ua.Keys.Sign))
			must(t, err)
			answer, err := ua.Inspect(holder, reply)
			must(t, err)
			return len(answer.Records)
		}
		n := byDocument()
		records += n
		hold := envelope.Notice{Event: envelope.EventHold, Requester: "gov-ua", Purpose: "HOLD", Query: "h1-" + holder, Criteria: map[string]string{
			"given": f.Child.Original.Given, "family": f.Child.Original.Family, "born": f.Child.Original.Born,
		}}
		if code := notify(t, f, "gov-ua", holder, hold); code != "" {
			t.Fatal(code)
		}
		if held := byDocument(); held != 0 {
			t.Errorf("%s: %d records of a held child by its document, %d before", holder, held, n)
		}
	}
	if records == 0 {
		t.Error("no holder knows the child by a document")
	}
}

// A participant that fishes for held children by sex and years, or by a name alone,
// is told of none. One that names a child is told of the identity it named, and not
// of the other (never 7).
func TestHoldIsNotFishedFor(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	ua, c := f.Member("gov-ua"), f.Child.Original
	fish := func() {
		t.Helper()
		for _, criteria := range []map[string]string{
			{"sex": c.Sex, "born": c.Born[:3] + "0/" + c.Born[:3] + "4"}, {"sex": c.Sex, "born": c.Born},
			{"sex": c.Sex, "born": "2010/2014"}, {"sex": c.Sex, "born": "2013/2017"},
			{"family": c.Family, "sex": c.Sex}, {"family": c.Family, "born": "2010/2014"}, {"family": c.Family, "born": "2013/2017"},
			{"family": c.Family, "given": c.Given}, {"family": c.Family, "birth_oblast": c.BirthOblast},
		} {
			for _, event := range []string{envelope.EventMatchHit, envelope.EventOrigin} {
				if code := notify(t, f, "gov-ca", "gov-ua", envelope.Notice{
					Event: event, Requester: "gov-ca", Holder: "gov-ca", Purpose: "MATCH", Query: envelope.NewID(), Criteria: criteria,
				}); code != "" {
					t.Fatal(code)
				}
			}
		}
		deliver(t, f, "gov-ua")
	}
	told := func() []ledger.Matter {
		t.Helper()
		rows, err := f.Member("gov-ca").Store.Matters(t.Context(), ledger.MatterQuery{Kind: ledger.MatterHold, State: casework.HoldPlaced})
		must(t, err)
		return rows
	}
	fish() // before the hold is placed
	_, err := ua.PlaceHold(t.Context(), exchange.HoldRequest{Child: f.Child.IDs["gov-ua"]})
	must(t, err)
	deliver(t, f, "gov-ua")
	fish() // and while it stands
	if rows := told(); len(rows) != 0 {
		t.Fatalf("gov-ca is told of %d held children by fishing", len(rows))
	}
	if code := notify(t, f, "gov-ca", "gov-ua", envelope.Notice{
		Event: envelope.EventMatchHit, Requester: "gov-pl", Purpose: "MATCH", Query: envelope.NewID(),
		Criteria: map[string]string{"family": c.Family, "given": c.Given, "born": c.Born},
	}); code != "" {
		t.Fatal(code)
	}
	deliver(t, f, "gov-ua")
	holds, err := f.Member("gov-ca").Holds(t.Context())
	if err != nil || len(holds) != 1 || len(holds[0].Identities) != 2 || len(holds[0].Identities[0]) == 0 || len(holds[0].Identities[1]) != 0 {
		t.Errorf("gov-ca keeps %+v, %v; want one hold of the original identity alone", holds, err)
	}
}
