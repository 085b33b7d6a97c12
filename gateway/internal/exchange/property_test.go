package exchange_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/synthetic"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Whatever of a child is asked without a link, and whatever its flags are, the
// answer is that for a child nobody knows: no record, the same words, the same size.
// Thirty of them; with HOMEWARD_SOAK as many as rapid is told to draw.
func TestPropertyUnlinkedTellsNothing(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{Tune: generous})
	children := slices.Collect(synthetic.Children(0, 60)) // gov-ua has all of them
	rapid.Check(t, func(rt *rapid.T) {
		child := rapid.SampledFrom(children).Draw(rt, "child")
		known := drawCriteria(rt, child)
		unknown := make(map[string]string, len(known))
		for k, v := range known { // as long, of a child nobody has
			unknown[k] = v
			if k == "given" || k == "family" {
				unknown[k] = nobody(v)
			}
		}
		purpose := rapid.SampledFrom([]string{"RETURN", "MATCH"}).Draw(rt, "purpose")
		fields := rapid.SampledFrom([][]string{nil, {"name.family"}, {"current.location", "physical.photo"}}).Draw(rt, "fields")
		a, aSize := unlinked(t, f, purpose, known, fields)
		b, bSize := unlinked(t, f, purpose, unknown, fields)
		if len(a.Records) > 0 || a.Status != b.Status || aSize != bSize || (a.Problem == nil) != (b.Problem == nil) {
			rt.Fatalf("%s of %v: %s with %d records in %d bytes; of nobody: %s in %d", purpose, known, a.Status, len(a.Records), aSize, b.Status, bSize)
		}
	})
	if hits, err := f.Member("gov-ua").Store.Hits(t.Context(), 1); err != nil || len(hits) == 0 {
		t.Errorf("not one question found a child (%v): nothing was compared", err)
	}
}

func drawCriteria(rt *rapid.T, c *homewardv1.ChildRecord) map[string]string {
	identity := func(list []*homewardv1.Assertion, label string) string {
		if len(list) == 0 {
			return ""
		}
		return rapid.SampledFrom(list).Draw(rt, label).GetValue()
	}
	all := map[string]string{
		"given": identity(c.GetName().GetGiven(), "given"), "family": identity(c.GetName().GetFamily(), "family"),
		"born": identity(c.GetBirth().GetBirthDate(), "born"),
	}
	if rapid.Bool().Draw(rt, "with sex") {
		all["sex"] = c.GetBirth().GetSex()
	}
	return all
}

// nobody keeps the length of a name in bytes.
func nobody(name string) string {
	out := []rune(name)
	for i, r := range out {
		switch {
		case r >= 'a' && r <= 'z':
			out[i] = 'q'
		case r >= 'A' && r <= 'Z':
			out[i] = 'Q'
		case r > 0x7f:
			out[i] = 'щ'
		}
	}
	return string(out)
}

// unlinked is gov-ua's answer, and how large the sealed message is.
func unlinked(t *testing.T, f *gatewaytest.Federation, purpose string, criteria map[string]string, fields []string) (envelope.Answer, int) {
	t.Helper()
	now := f.Clock.Now()
	payload, ds, err := envelope.QueryPayload(envelope.Query{
		Claims: envelope.Claims{
			Issuer: "gov-pl", Audience: "gov-ua", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix(),
		},
		Officer: envelope.Officer{ID: "officer-1", Role: "case_officer"}, Purpose: purpose,
		Basis: "GDPR 6(1)(e)", Criteria: criteria, Fields: fields, Schema: envelope.Schema,
	})
	must(t, err)
	reply, err := f.Member("gov-ua").Answer(context.WithoutCancel(t.Context()), "gov-pl", seal(t, f, payload, ds, f.Member("gov-pl").Keys.Sign))
	must(t, err)
	a, err := f.Member("gov-pl").Inspect("gov-ua", reply)
	must(t, err)
	return a, len(reply)
}
