package exchange_test

import (
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/trust"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// A photo from one holder and the name from another are not shown together to a
// mediator either, once the go-ahead for the photo has ended: its gateway knows by the
// case link that they are of one child. Within its window they are.
func TestPhotoAndNamePushedByTwoHolders(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		later time.Duration
		want  homewardv1.Verdict
	}{
		"while the photo's go-ahead lasts": {0, shown},
		"after it":                         {31 * time.Minute, kept},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := gatewaytest.New(t, gatewaytest.Options{Prepare: mediating})
			token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}, Until: f.Clock.Now().Add(4 * time.Hour)})
			opens := func(column string, lasts time.Duration) []string {
				return []string{goAhead(t, f, "gov-ua", token, func(g *exchange.GoAheadRequest) {
					g.Columns, g.Until = []string{column}, f.Clock.Now().Add(lasts)
				})}
			}
			seen := func(by, column string, lasts time.Duration, path string) homewardv1.Verdict {
				t.Helper()
				p, err := f.Member(by).Push(t.Context(), exchange.PushRequest{Link: token, GoAheads: opens(column, lasts), Officer: officerOf("o")})
				must(t, err)
				must(t, f.Member(by).DeliverDue(t.Context()))
				resp, err := f.Member("gov-pl").CollectAnswers(t.Context(), agency(), &homewardv1.CollectRequest{QueryId: p.ID, Officer: officer()})
				must(t, err)
				got := byHolder(resp)[by]
				if len(got.GetLinks()) > 0 {
					t.Error("a go-ahead is shown as a case link")
				}
				return verdict(got, path)
			}
			if got := seen("gov-ua", "photo", 30*time.Minute, "physical.photo"); got != shown {
				t.Errorf("the photo with its go-ahead is %v", got)
			}
			f.Clock.Add(c.later)
			if got := seen("unicef", "names_birth", time.Hour, "name.family"); got != c.want {
				t.Errorf("the name from another holder is %v, want %v", got, c.want)
			}
		})
	}
}

func mediating(r *trust.Registry) {
	for i, p := range r.Participants {
		if p.ID == "gov-pl" {
			r.Participants[i].Kind = "mediator"
		}
	}
}

// The whereabouts go to a mediator by break-glass: its own supervisor and the holder's
// approve, for some hours; the use waits for its review, once.
func TestPushByBreakGlass(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{Prepare: mediating, Tune: caring})
	ua, token := f.Member("gov-ua"), link(t, f, exchange.LinkRequest{Until: f.Clock.Now().Add(48 * time.Hour)})
	approved, err := f.Member("gov-pl").IssueApproval(t.Context(), exchange.ApprovalRequest{
		Holder: "gov-ua", Purpose: "RETURN", Link: token, Columns: []string{"current"}, Why: why, For: 6 * time.Hour,
		Officer: envelope.Officer{ID: "m-supervisor", Role: "supervisor"},
	})
	must(t, err)
	push := exchange.PushRequest{
		Link: token, BreakGlass: &envelope.BreakGlass{Columns: []string{"current"}, Why: why}, Approvals: []string{approved.Token},
		Officer: envelope.Officer{ID: "ua-1", Role: "case_officer"},
	}
	alone := push
	alone.Approvals = nil
	_, err = ua.Push(t.Context(), alone)
	wantProblem(t, err, casework.CodeApprovalMissing)
	p, err := ua.Push(t.Context(), push)
	must(t, err)
	must(t, ua.DeliverDue(t.Context()))
	if got := collectPush(t, f, p.ID); got.GetStatus() != homewardv1.Status_STATUS_PENDING || len(got.GetRecords()) > 0 {
		t.Fatalf("before the holder's supervisor: %v", got)
	}
	waiting, err := ua.PendingQuestions(t.Context(), false)
	if err != nil || len(waiting) != 1 || waiting[0].Query != p.ID {
		t.Fatalf("waiting: %+v, %v", waiting, err)
	}
	_, err = ua.DecidePending(t.Context(), waiting[0].ID, envelope.Officer{ID: "ua-supervisor", Role: "supervisor"}, true, "")
	must(t, err)
	for range 2 { // fetched again it is the same use
		if got := collectPush(t, f, p.ID); verdict(got, "current.location") != shown {
			t.Errorf("approved by two: %v", verdict(got, "current.location"))
		}
	}
	reviews, err := ua.Store.Matters(t.Context(), ledger.MatterQuery{Kind: ledger.MatterReview, State: casework.ReviewOpen, Participant: "gov-pl"})
	if err != nil || len(reviews) != 1 {
		t.Errorf("%d reviews, %v; want one", len(reviews), err)
	}
	f.Clock.Add(7 * time.Hour)
	if got := collectPush(t, f, p.ID); verdict(got, "current.location") != kept || verdict(got, "record.record_id") != homewardv1.Verdict_VERDICT_GENERALISED {
		t.Errorf("after its hours the whereabouts are %v: %v", verdict(got, "current.location"), got.GetStatus())
	}
}
