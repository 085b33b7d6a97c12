package exchange_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// What a gateway refuses of a question, envelope check says beforehand: where, what was
// expected, what was found and what to do. What it takes, envelope check takes.
func TestDiagnosisSaysWhatTheGatewayRefuses(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{Tune: generous})
	mine, theirs := link(t, f, exchange.LinkRequest{}), link(t, f, exchange.LinkRequest{Recipient: "gov-ca"})
	at := func(where string, code problem.Code) envelope.Finding {
		return envelope.Finding{Where: where, Code: code}
	}
	for name, c := range map[string]struct {
		change func(q *envelope.Query)
		want   envelope.Finding // none for a question that is answered
	}{
		"as it should be":        {func(*envelope.Query) {}, envelope.Finding{}},
		"a link":                 {func(q *envelope.Query) { q.Purpose, q.Criteria, q.Links = "RETURN", nil, []string{mine} }, envelope.Finding{}},
		"a need":                 {func(q *envelope.Query) { q.Need = envelope.Needs()[0] }, envelope.Finding{}},
		"another need":           {func(q *envelope.Query) { q.Need = "shoes" }, at("claim need", envelope.CodeContent)},
		"a small purpose":        {func(q *envelope.Query) { q.Purpose = "match" }, at("claim purpose", envelope.CodeContent)},
		"an unknown purpose":     {func(q *envelope.Query) { q.Purpose = "SELL" }, at("claim purpose", envelope.CodeContent)},
		"an officer by name":     {func(q *envelope.Query) { q.Officer.ID = "Петренко І." }, at("claim act.id", envelope.CodeContent)},
		"a role by name":         {func(q *envelope.Query) { q.Officer.Role = "Case Officer" }, at("claim act.role", envelope.CodeContent)},
		"an unknown criterion":   {func(q *envelope.Query) { q.Criteria["fmily"] = "Зразкова" }, at("claim query, name of a disclosure", envelope.CodeContent)},
		"a long criterion":       {func(q *envelope.Query) { q.Criteria["family"] = strings.Repeat("щ", 401) }, at("claim query, family", envelope.CodeContent)},
		"a basis with an escape": {func(q *envelope.Query) { q.Basis = "GDPR\x1b[2J" }, at("claim basis", envelope.CodeContent)},
		"a case of two lines":    {func(q *envelope.Query) { q.Case = "1\nwhy  a good reason" }, at("claim case", envelope.CodeContent)},
		"a case without end":     {func(q *envelope.Query) { q.Case = strings.Repeat("1", 801) }, at("claim case", envelope.CodeContent)},
		"for another holder":     {func(q *envelope.Query) { q.Audience = "unicef" }, at("claim aud", envelope.CodeAudience)},
		"for nobody":             {func(q *envelope.Query) { q.Audience = "gov-xx" }, at("claim aud", envelope.CodeAudience)},
		"criteria and a link":    {func(q *envelope.Query) { q.Purpose, q.Links = "RETURN", []string{mine} }, at("claim query", envelope.CodeContent)},
		"a link of another one":  {func(q *envelope.Query) { q.Purpose, q.Criteria, q.Links = "RETURN", nil, []string{theirs} }, at("link 1, claim aud", envelope.CodeAudience)},
	} {
		now := f.Clock.Now()
		q := envelope.Query{
			Claims:  envelope.Claims{Issuer: "gov-pl", Audience: "gov-ua", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()},
			Officer: envelope.Officer{ID: "officer-1", Role: "case_officer"}, Purpose: "MATCH", Basis: "GDPR 6(1)(e)", Schema: envelope.Schema,
			Criteria: map[string]string{"family": f.Child.Original.Family, "born": f.Child.Original.Born},
		}
		c.change(&q)
		payload, ds, err := envelope.QueryPayload(q)
		must(t, err)
		sealed := seal(t, f, payload, ds, f.Member("gov-pl").Keys.Sign)
		answered := false
		if reply, err := f.Member("gov-ua").Answer(t.Context(), "gov-pl", sealed); err == nil {
			answer, err := f.Member("gov-pl").Inspect("gov-ua", reply)
			must(t, err)
			answered = answer.Status == envelope.StatusAnswered
		}
		r := envelope.Diagnose([]byte(sealed), []envelope.PrivateKey{f.Member("gov-ua").Keys.Seal}, f.Registry(), now)
		if answered != (c.want.Code == "") || r.OK() != answered {
			t.Errorf("%s: answered %v, and said of it: %+v", name, answered, r.Findings)
		}
		if !answered && !slices.ContainsFunc(r.Findings, func(x envelope.Finding) bool {
			return x.Where == c.want.Where && x.Code == c.want.Code && x.Expected != "" && x.Found != "" && x.Remedy != ""
		}) {
			t.Errorf("%s: %+v, want %s at %s", name, r.Findings, c.want.Code, c.want.Where)
		}
	}
}

// The words that envelope check knows are those of the schema.
func TestPurposesOfTheWire(t *testing.T) {
	t.Parallel()
	for _, p := range envelope.Purposes() {
		if homewardv1.Purpose_value["PURPOSE_"+p] == 0 {
			t.Errorf("%s is no purpose of the schema", p)
		}
	}
	for name := range homewardv1.Purpose_value {
		if word := name[len("PURPOSE_"):]; word != "UNSPECIFIED" && word != "SIGHTING" && !slices.Contains(envelope.Purposes(), word) {
			t.Errorf("envelope check does not know %s", word)
		}
	}
}
