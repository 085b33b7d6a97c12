package fanout_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"homeward.example/gateway/internal/fanout"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Forty-three peers, one dead and one slow: the rest is delivered at once, the
// slow one at its deadline.
func TestSlowPeersDelayNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		peers := make([]int, 43)
		for i := range peers {
			peers[i] = i
		}
		arrived := map[int]time.Duration{}
		ask := func(ctx context.Context, p int) int {
			switch p {
			case 7: // dead: answers nothing until its deadline
				<-ctx.Done()
			case 8: // slow
				select {
				case <-ctx.Done():
				case <-time.After(10 * time.Second):
				}
			default:
				time.Sleep(100 * time.Millisecond)
			}
			return p
		}
		fanout.Do(t.Context(), peers, 5*time.Second, ask, func(p int) { arrived[p] = time.Since(start) })
		if len(arrived) != 43 {
			t.Fatalf("delivered %d of 43", len(arrived))
		}
		for p, after := range arrived {
			want := 100 * time.Millisecond
			if p == 7 || p == 8 {
				want = 5 * time.Second
			}
			if after != want {
				t.Errorf("peer %d delivered after %v, want %v", p, after, want)
			}
		}
	})
}

func TestNobodyToAsk(t *testing.T) {
	fanout.Do(t.Context(), nil, time.Second, func(context.Context, string) string { return "" },
		func(string) { t.Error("delivered a reply that nobody gave") })
}

func TestDeliveryIsSerial(t *testing.T) {
	var got []int // no lock: the race detector would object if deliveries overlapped
	fanout.Do(t.Context(), []int{1, 2, 3, 4, 5}, time.Second,
		func(_ context.Context, p int) int { return p }, func(p int) { got = append(got, p) })
	slices.Sort(got)
	if !slices.Equal(got, []int{1, 2, 3, 4, 5}) {
		t.Errorf("delivered %v", got)
	}
}
