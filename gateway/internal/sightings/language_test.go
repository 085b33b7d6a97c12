package sightings_test

import (
	"testing"

	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func TestRefusalsAreSaidInALanguage(t *testing.T) {
	t.Parallel()
	known := string(sightings.CodeSighting)
	uk, ok := problem.Text(sightings.CodeSighting, "uk")
	if !ok {
		t.Fatal("no Ukrainian text")
	}
	for _, c := range []struct{ code, lang, title, remedy string }{
		{known, "en", "the title", "the recipient's own remedy"},
		{known, "uk", uk.Title, uk.Remedy},
		{"of_a_newer_gateway", "uk", "the title", "the recipient's own remedy"},
	} {
		p := &homewardv1.Problem{Code: c.code, Title: "the title", Remedy: "the recipient's own remedy", Detail: "at report"}
		sightings.InLanguage(c.lang, &homewardv1.SubmittedSighting{
			Deliveries: []*homewardv1.SightingDelivery{{State: sightings.DeliveryDelivered}, {State: sightings.DeliveryRefused, Problem: p}},
		})
		if p.GetTitle() != c.title || p.GetRemedy() != c.remedy || p.GetDetail() != "at report" {
			t.Errorf("%s in %s: %v", c.code, c.lang, p)
		}
	}
}
