package decide_test

import (
	"context"
	"slices"
	"testing"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/decidetest"
)

// What came from one holder is not joined with what comes from another (never 6).
func TestDeliver(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	photo, name := decide.Disclosed{Groups: []string{"photo/original"}}, decide.Disclosed{Groups: []string{"names_birth/imposed"}}
	for title, c := range map[string]struct {
		change   func(*decide.Delivery)
		arriving []string
		withhold []string
	}{
		"nothing came before":     {nil, []string{"id_min", "names_birth", "family"}, nil},
		"a name after a photo":    {func(d *decide.Delivery) { d.Received = photo }, []string{"id_min", "names_birth"}, []string{"names_birth"}},
		"a photo after a name":    {func(d *decide.Delivery) { d.Received = name }, []string{"photo", "current"}, []string{"photo"}},
		"both at once":            {nil, []string{"names_birth", "photo"}, []string{"photo"}},
		"an unreadable ledger":    {func(d *decide.Delivery) { d.Received.Unreadable = true }, []string{"id_min", "photo", "evidence"}, []string{"photo", "evidence"}},
		"a go-ahead":              {func(d *decide.Delivery) { d.Received, d.GoAhead = photo, []string{"photo"} }, []string{"names_birth", "photo"}, nil},
		"another go-ahead":        {func(d *decide.Delivery) { d.Received, d.GoAhead = photo, []string{"kind"} }, []string{"names_birth"}, []string{"names_birth"}},
		"the authority of origin": {func(d *decide.Delivery) { d.Received, d.Requester = photo, decidetest.Origin() }, []string{"names_birth", "photo"}, nil},
		"no column":               {nil, []string{"id_min", "else"}, []string{"else"}},
		"nothing arrives":         {func(d *decide.Delivery) { d.Received = photo }, nil, nil},
	} {
		d := decide.Delivery{Purpose: "RETURN", Requester: decidetest.Partner(), Arriving: c.arriving}
		if c.change != nil {
			c.change(&d)
		}
		if got, err := e.Deliver(t.Context(), d); err != nil || !slices.Equal(got, c.withhold) {
			t.Errorf("%s: %v, %v; want %v", title, got, err, c.withhold)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Deliver(ended, decide.Delivery{}); err == nil {
		t.Error("after the end: no error")
	}
}
