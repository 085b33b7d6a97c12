package exchange_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func soaking() bool { return os.Getenv("HOMEWARD_SOAK") != "" }

// sample adds times up.
type sample struct{ n, sum, squares float64 }

func (s *sample) add(d time.Duration) {
	x := float64(d)
	s.n, s.sum, s.squares = s.n+1, s.sum+x, s.squares+x*x
}

func (s *sample) mean() float64 { return s.sum / s.n }

func (s *sample) variance() float64 { return (s.squares - s.sum*s.sum/s.n) / (s.n - 1) }

// welch is Welch's t of two samples.
func welch(a, b sample) float64 {
	return (a.mean() - b.mean()) / math.Sqrt(a.variance()/a.n+b.variance()/b.n)
}

// How long a receipt takes, before the beat hides it, does not tell a child who is
// known from one who is not: Welch's t stays below 4.5 over a hundred thousand pairs
// (`make soak`; a normal run tries four hundred). The two of a pair come in random order.
func TestSoakReceiptsTakeAsLong(t *testing.T) {
	f := gatewaytest.New(t, tuned(with(gatewaytest.Options{}), func(id string, d *exchange.Deps) {
		d.Budget = &budget.Memory{Limits: budget.Limits{Officer: 1 << 30, Participant: 1 << 30, Purpose: 1 << 30, Query: 1 << 30}}
	}))
	pairs := 400
	if soaking() {
		pairs = 100_000
	}
	ua, dice := f.Member("gov-ua"), rand.New(rand.NewPCG(1, 2))
	names := [2]string{"Александр", "Несуществ"} // of one length; nobody has the second
	var times [2]sample
	for i := range pairs {
		first := dice.IntN(2)
		for _, which := range []int{first, 1 - first} {
			s := listing(f)
			s.ContentSha256, s.ClaimedIdentity.Given = fmt.Sprintf("%063x%d", i, which), names[which]
			message := reportOf(t, f, "gov-00", s)
			began := time.Now()
			if _, err := ua.Report(t.Context(), "gov-00", message); err != nil {
				t.Fatal(err)
			}
			times[which].add(time.Since(began))
		}
		if i%1000 == 999 {
			f.Clock.Add(5 * time.Minute)
		}
	}
	if got := welch(times[0], times[1]); math.Abs(got) >= 4.5 || math.IsNaN(got) {
		t.Errorf("t = %.2f over %d pairs: known %.0f ns, unknown %.0f ns", got, pairs, times[0].mean(), times[1].mean())
	} else {
		t.Logf("t = %.2f over %d pairs", got, pairs)
	}
}

// reportOf is one sealed report, made outside the chains.
func reportOf(t testing.TB, f *gatewaytest.Federation, from string, s *homewardv1.Sighting) string {
	t.Helper()
	now := f.Clock.Now().Unix()
	v, err := sightings.Values(s)
	must(t, err)
	payload, ds, err := envelope.SightingPayload(envelope.Sighting{
		Claims: envelope.Claims{Issuer: from, Audience: "gov-ua", ID: envelope.NewID(), IssuedAt: now, Expires: now + 60},
		Event:  envelope.EventSubmitted, Report: envelope.NewID(), Values: v, Schema: envelope.Schema,
	})
	must(t, err)
	return sealedAs(t, f, envelope.TypeSighting, from, "gov-ua", payload, ds)
}

// The harness itself finds what it is for: a thousandth of a second more.
func TestWelchFindsADifference(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(3, 4))
	var same, alike, slower sample
	for range 1000 {
		draw := func(mean float64) time.Duration {
			return time.Duration((mean + dice.ExpFloat64()) * float64(time.Millisecond))
		}
		same.add(draw(2))
		alike.add(draw(2))
		slower.add(draw(2.5))
	}
	if a, b := welch(same, alike), welch(same, slower); math.Abs(a) >= 4.5 || math.Abs(b) < 4.5 {
		t.Errorf("t = %.2f for the same, %.2f for slower", a, b)
	}
}
