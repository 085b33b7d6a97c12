package exchange_test

import (
	"fmt"
	"testing"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Whoever tries out one name after the other for one birth date is refused for the
// day, on the record; who asks for many different children is not.
func TestTryingOutNames(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	match := func(family, born string) homewardv1.Status {
		return ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: &homewardv1.Criteria{
			Given: f.Child.Original.Given, Family: family, Born: born,
		}})["unicef"].GetStatus()
	}
	refusedOf := 0
	for i := range 40 {
		if match(fmt.Sprintf("Вигадан%c%c", 'а'+i/20, 'а'+i%20), f.Child.Original.Born) == refused {
			refusedOf++
		}
	}
	if refusedOf < 8 || refusedOf > 20 {
		t.Errorf("%d of 40 names were refused, want about half: those after the twentieth", refusedOf)
	}
	rate := decisions(t, f, "unicef", ledger.KindAnswered, func(d ledger.Decision) bool {
		return d.Reason == "DENY_RATE" && d.Officer.ID == officer().GetId()
	})
	if len(rate) != refusedOf {
		t.Errorf("%d refusals are on the record, %d were given", len(rate), refusedOf)
	}
	for i := range 30 {
		if s := match(fmt.Sprintf("Синтетичн%c", 'а'+i), fmt.Sprintf("%d-03-%02d", 2008+i%10, 1+i%28)); s == refused {
			t.Fatalf("the child number %d of many was refused", i+1)
		}
	}
}

// Sixty children of one family name or year who arrive at once are reported, each of
// them: the reply tells nothing that could be tried out.
func TestManyAreFoundAtOnce(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	for i := range 60 {
		a := ask(t, f, found(&homewardv1.Criteria{Full: fmt.Sprintf("Вигадан%c Синтетичн%c", 'а'+i/20, 'а'+i%20), Born: "2015"}))["gov-ua"]
		if a.GetStatus() != answered {
			t.Fatalf("the child number %d: %v %s", i+1, a.GetStatus(), a.GetProblem().GetCode())
		}
	}
}

// Beside links of which there are too many a question counts as what it asks for: else
// each link that is made up would be a child of its own.
func TestRefusedLinksAreNoOtherChild(t *testing.T) {
	t.Parallel()
	q := envelope.Query{Purpose: "MATCH", Criteria: map[string]string{"family": "Зразкова"}}
	want := exchange.FormOf(q)
	q.Links = []string{"made up", "another"}
	if got := exchange.FormOf(q); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	q.Links = q.Links[:1]
	if exchange.FormOf(q) == want {
		t.Error("a link says nothing")
	}
}
