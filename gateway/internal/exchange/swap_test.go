package exchange_test

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// The policy is exchanged ten times under load: no question fails, each decision
// is recorded under exactly one of the two policies, the one that made it, and the
// requester's ledger names the same.
func TestPolicyIsSwappedUnderLoad(t *testing.T) {
	t.Parallel()
	const swaps, workers, between = 10, 8, 16
	live := decide.NewLive(nil)
	f := gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
		generous(id, d)
		if id == "gov-ua" {
			d.Engine = live
		}
	}})
	engines := twoPolicies(t, f)
	live.Swap(engines[0], time.Time{})
	token := link(t, f, exchange.LinkRequest{})
	var done atomic.Int64
	var wait sync.WaitGroup
	stop := make(chan struct{})
	for range workers {
		wait.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if !askedOnce(t, f, token) {
					return
				}
				done.Add(1)
			}
		})
	}
	for i := range swaps {
		for seen := done.Load(); done.Load() < seen+between && !t.Failed(); {
			time.Sleep(time.Millisecond)
		}
		live.Swap(engines[(i+1)%2], time.Time{})
	}
	close(stop)
	wait.Wait()
	eachUnderOne(t, f, engines, int(done.Load()))
}

// Without a policy nothing is answered, asked or collected, and nothing recorded.
func TestNoPolicyNoWord(t *testing.T) {
	t.Parallel()
	live := decide.NewLive(nil)
	f := gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
		if id != "gov-pl" {
			d.Engine = live
		}
	}})
	got, id := askID(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f)})
	for holder, a := range got {
		if a.GetStatus() == notAsked {
			continue
		}
		if a.GetStatus() == answered || a.GetStatus() == refused || a.GetProblem().GetCode() != string(problem.CodeUnavailable) {
			t.Errorf("%s: %v %v", holder, a.GetStatus(), a.GetProblem())
		}
		for _, c := range collect(t, f, id) {
			if c.GetStatus() == answered || c.GetProblem().GetCode() != string(problem.CodeUnavailable) {
				t.Errorf("collected from %s: %v %v", c.GetHolder(), c.GetStatus(), c.GetProblem())
			}
		}
		if n := len(everyDecision(t, f.Member(holder).Store, ledger.KindAnswered)) + len(everyDecision(t, f.Member(holder).Store, ledger.KindCollected)); n > 0 {
			t.Errorf("%s recorded %d decisions of no policy", holder, n)
		}
	}
	_, err := f.Member("unicef").Ask(t.Context(), agency(), &homewardv1.AskRequest{
		Purpose: homewardv1.Purpose_PURPOSE_TRACE, Criteria: byName(f), Officer: officer(), Basis: "UN rules",
	}, nil)
	if !errors.Is(err, problem.New(problem.CodeUnavailable, "")) {
		t.Errorf("asked without a policy: %v", err)
	}
}

// twoPolicies are the embedded one, and another text of it with an overlay: they
// decide differently on the date of birth.
func twoPolicies(t *testing.T, f *gatewaytest.Federation) [2]*decide.Engine {
	t.Helper()
	b, err := decide.Embedded()
	must(t, err)
	overlay, err := decide.LoadOverlay(os.DirFS("../../../policies/overlay-example"))
	must(t, err)
	o := decide.Options{Now: f.Clock.Now}
	plain, err := decide.New(t.Context(), b, o)
	must(t, err)
	const module = "homeward/plan/plan.rego"
	o.Overlay = overlay
	other, err := decide.New(t.Context(), b.Variant(module, b.Modules[module]+"\n# another\n"), o)
	must(t, err)
	return [2]*decide.Engine{plain, other}
}

// askedOnce is one question of gov-pl, which gov-ua must answer with the child.
func askedOnce(t *testing.T, f *gatewaytest.Federation, token string) bool {
	resp, err := f.Member("gov-pl").Ask(t.Context(), agency(), &homewardv1.AskRequest{
		Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}, Officer: officer(), Basis: "GDPR 6(1)(e)",
	}, nil)
	if err != nil {
		t.Error(err)
		return false
	}
	a := byHolder(resp)["gov-ua"]
	if a.GetStatus() != answered || len(a.GetRecords()) != 1 {
		t.Errorf("%v with %d records: %v", a.GetStatus(), len(a.GetRecords()), a.GetProblem())
		return false
	}
	return true
}

// eachUnderOne compares both ledgers, decision by decision.
func eachUnderOne(t *testing.T, f *gatewaytest.Federation, engines [2]*decide.Engine, questions int) {
	t.Helper()
	received := make(map[string]envelope.PolicyRef)
	for _, d := range everyDecision(t, f.Member("gov-pl").Store, ledger.KindReceived) {
		received[d.TheirDecision] = d.Policy
	}
	under := make(map[envelope.PolicyRef]int)
	for _, d := range everyDecision(t, f.Member("gov-ua").Store, ledger.KindAnswered) {
		if d.Outcome != envelope.StatusAnswered || d.Failure != "" || len(d.Records) != 1 {
			t.Fatalf("%s: %s, %q", d.ID, d.Outcome, d.Failure)
		}
		if received[d.ID] != d.Policy {
			t.Fatalf("%s: recorded under %+v here and %+v there", d.ID, d.Policy, received[d.ID])
		}
		under[d.Policy]++
		verdicts, err := decide.ReadLedger(d.Records[0].Verdicts)
		must(t, err)
		for _, v := range verdicts {
			if v.Path != "birth.birth_date" || v.Identity != "original" {
				continue
			}
			if want := map[envelope.PolicyRef]string{engines[0].Ref(): "", engines[1].Ref(): "year"}[d.Policy]; v.To != want {
				t.Fatalf("%s: under %+v the date of birth is %s %s", d.ID, d.Policy, v.Verdict, v.To)
			}
		}
	}
	if len(under) != 2 || under[engines[0].Ref()]+under[engines[1].Ref()] != questions || under[engines[0].Ref()] == 0 {
		t.Errorf("%d questions were decided under %v", questions, under)
	}
}

// everyDecision of one kind, however many there are.
func everyDecision(t *testing.T, s ledger.Store, kind string) (out []ledger.Decision) {
	t.Helper()
	before := int64(0)
	for {
		rows, err := s.Decisions(t.Context(), before, 500)
		must(t, err)
		if len(rows) == 0 {
			return out
		}
		for _, r := range rows {
			before = r.Seq
			if r.Kind != kind {
				continue
			}
			d, err := ledger.ParseDecision(r.Content)
			must(t, err)
			out = append(out, d)
		}
	}
}
