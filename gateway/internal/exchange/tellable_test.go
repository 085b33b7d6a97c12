package exchange_test

import (
	"testing"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// A holder whose record was recognised by something of the ICRC tells nobody of
// the hit: it would confirm what is the ICRC's to tell. The ICRC itself may.
func TestHitThroughTheICRC(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		holder string
		icrc   bool
		want   int
	}{{"unicef", false, 1}, {"unicef", true, 0}, {"icrc", true, 1}} {
		f := gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
			generous(id, d)
			if id == c.holder && c.icrc {
				d.Source = fromICRC{d.Source}
			}
		}})
		ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f)})
		due, err := f.Member(c.holder).Store.Due(t.Context(), f.Clock.Now(), 10)
		must(t, err)
		if len(due) != c.want {
			t.Errorf("%s, through the ICRC %v: %d notices, want %d", c.holder, c.icrc, len(due), c.want)
		}
	}
}
