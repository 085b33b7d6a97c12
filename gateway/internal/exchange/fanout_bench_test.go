package exchange_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// crowd is the way to holders of whom one is dead and one takes ten seconds.
type crowd struct{ exchange.Sender }

const (
	deadHolder    = "gov-00"
	slowHolder    = "gov-01"
	crowdDeadline = 5 * time.Second
)

func (c crowd) Send(ctx context.Context, to trust.Participant, method, sealed string) (string, error) {
	switch to.ID {
	case deadHolder:
		return "", problem.New(problem.CodeUnreachable, to.ID)
	case slowHolder:
		select {
		case <-time.After(2 * crowdDeadline):
		case <-ctx.Done():
			return "", problem.Wrap(problem.CodeTimedOut, to.ID, ctx.Err())
		}
	}
	return c.Sender.Send(ctx, to, method, sealed)
}

// newCrowd is a federation of 43 holders that a link names, and the question.
func newCrowd(t testing.TB) (*gatewaytest.Federation, *homewardv1.AskRequest) {
	t.Helper()
	const more = 40 // and gov-ua, unicef, icrc
	f := gatewaytest.New(t, gatewaytest.Options{Holders: more, Tune: func(id string, d *exchange.Deps) {
		generous(id, d)
		if id == "gov-pl" {
			d.Sender, d.Deadline = crowd{d.Sender}, crowdDeadline
		}
	}})
	leads := []string{"unicef", "icrc"}
	for i := range more {
		leads = append(leads, fmt.Sprintf("gov-%02d", i))
	}
	issued, err := f.Member("gov-ua").IssueLink(context.Background(), exchange.LinkRequest{
		Child: f.Child.IDs["gov-ua"], Recipient: "gov-pl", Purpose: "RETURN", Until: f.Clock.Now().Add(time.Hour), Leads: leads,
	})
	must(t, err)
	return f, &homewardv1.AskRequest{
		Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{issued.Token}, Officer: officer(), Basis: "GDPR 6(1)(e)",
	}
}

// BenchmarkFanout43 asks 43 holders in one process, each with its own ledger, one
// dead and one taking ten seconds: others-ms is when the last of the others had
// been delivered. The whole takes as long as the deadline, and no longer.
func BenchmarkFanout43(b *testing.B) {
	f, req := newCrowd(b)
	b.ResetTimer()
	var others time.Duration
	for range b.N {
		began, last, count := time.Now(), time.Duration(0), 0
		_, err := f.Member("gov-pl").Ask(b.Context(), exchange.Client{}, req, func(a *homewardv1.HolderAnswer) error {
			if a.GetHolder() != slowHolder {
				last = time.Since(began)
			}
			if a.GetStatus() == answered {
				count++
			}
			return nil
		})
		must(b, err)
		others += last
		if count != 41 {
			b.Fatalf("%d holders answered, want 41", count)
		}
	}
	b.ReportMetric(float64(others.Milliseconds())/float64(b.N), "others-ms")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/crowdDeadline.Seconds(), "deadlines")
}

// Each of 43 holders gets its status, and the two that do not answer take nothing
// from the others.
func TestCrowd(t *testing.T) {
	t.Parallel()
	f, req := newCrowd(t)
	var order []string
	resp, err := f.Member("gov-pl").Ask(t.Context(), exchange.Client{}, req, func(a *homewardv1.HolderAnswer) error {
		order = append(order, a.GetHolder())
		return nil
	})
	must(t, err)
	got := byHolder(resp)
	for holder, a := range got {
		want := map[string]homewardv1.Status{
			deadHolder: homewardv1.Status_STATUS_UNREACHABLE, slowHolder: homewardv1.Status_STATUS_TIMED_OUT, "gov-ca": notAsked,
		}[holder]
		if want == homewardv1.Status_STATUS_UNSPECIFIED {
			want = answered
		}
		if a.GetStatus() != want {
			t.Errorf("%s: %v, want %v (%v)", holder, a.GetStatus(), want, a.GetProblem())
		}
	}
	if len(got) != 44 || order[len(order)-1] != slowHolder {
		t.Errorf("%d holders, the last is %s: not one waits for the slow one", len(got), order[len(order)-1])
	}
}
