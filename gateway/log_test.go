package gateway_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
	"homeward.example/gateway/internal/witness"
)

func fastLogs(grace string) func(string, map[string]any) {
	return func(_ string, config map[string]any) {
		config["ledger"] = map[string]any{"checkpoints": "100ms", "grace": grace}
	}
}

// A log that never had its witnesses has its grace; then the gateway says that it is
// not ready, and answers and records all the same, until they come.
func TestLostWitnesses(t *testing.T) {
	t.Parallel()
	f := newFederation(t, fastLogs("3s"))
	ua := f.start(demo.Origin, gateway.Deps{})
	readyz := func(code int, text string) func() bool {
		return func() bool { got, body := ua.ready(); return got == code && strings.Contains(body, text) }
	}
	eventually(t, "it is ready within its grace", patience, readyz(http.StatusOK, ""))
	eventually(t, "it says that the log does not go on", patience, readyz(http.StatusServiceUnavailable, "log"))
	before := ua.rows()
	if r := f.peer(ua, demo.Requester).rest("query", f.sealed(f.question(time.Now(), nil))); !r.accepted() || ua.rows() != before+1 {
		t.Errorf("without witnesses nothing is answered: %d %v, %d decisions after %d", r.status, r.err, ua.rows(), before)
	}
	icrc := f.serve("icrc", gateway.Deps{}) // one is the quorum of the demo
	eventually(t, "it is ready with a witness", patience, readyz(http.StatusOK, ""))
	ok(t, icrc.stop())
	eventually(t, "it is not, once the witness is lost", patience, readyz(http.StatusServiceUnavailable, "log"))
}

// A store and a log that were put back together from an older copy agree with one
// another; only the witnesses know better. The gateway adds nothing and ends. It goes on
// once the registry says where the log ended, as the witnesses know it.
func TestOlderCopyIsRefused(t *testing.T) {
	t.Parallel()
	f := newFederation(t, fastLogs("3s"))
	f.serve("icrc", gateway.Deps{})
	unicef := f.serve("unicef", gateway.Deps{})
	var packages [][]byte
	grow := func() uint64 {
		ua := f.serve(demo.Origin, gateway.Deps{})
		if r := f.peer(ua, demo.Requester).rest("query", f.sealed(f.question(time.Now(), nil))); !r.accepted() {
			t.Fatalf("not answered: %d %v", r.status, r.err)
		}
		size := func() uint64 {
			head, err := ua.Store().Head(t.Context(), ledger.HeadOwn, checkpoint.LogName(demo.Origin))
			if err != nil {
				return 0
			}
			return head.Size
		}
		first := uint64(0)
		eventually(t, "a checkpoint", patience, func() bool { first = size(); return first > 0 })
		eventually(t, "the log grows", patience, func() bool { return size() > first })
		packages = append(packages, exported(t, ua))
		ok(t, ua.stop())
		return size()
	}
	grow()
	state, older := filepath.Join(filepath.Dir(f.Member(demo.Origin).Config), "state"), filepath.Join(t.TempDir(), "older")
	ok(t, os.CopyFS(older, os.DirFS(state)))
	grow() // and it starts again where it was
	restore := func() {
		ok(t, os.RemoveAll(state))
		ok(t, os.CopyFS(state, os.DirFS(older)))
	}
	restore()

	config, err := gateway.Load(f.Member(demo.Origin).Config, nil, nil)
	ok(t, err)
	if err := <-f.running(config); !errors.Is(err, problem.New(checkpoint.CodeRolledBack, "")) {
		t.Errorf("a gateway put back from an older copy: %v", err)
	}
	tiles := func(dir string) (n int) {
		ok(t, filepath.WalkDir(filepath.Join(dir, "log", "tile"), func(_ string, _ os.DirEntry, err error) error { n++; return err }))
		return n
	}
	if was, is := tiles(older), tiles(state); was != is {
		t.Errorf("%d tiles, %d before: something was added", is, was)
	}
	f.named(2, f.stand())
	f.goesOn(2, packages)
	restore() // once more, and whoever serves while the registry comes to name a generation ends, to begin it
	stand := f.stand()
	ended := f.running(config)
	f.named(3, stand)
	if err := <-ended; !errors.Is(err, problem.New(checkpoint.CodeGeneration, "")) {
		t.Errorf("a gateway of the generation before: %v", err)
	}
	f.goesOn(3, packages)
	ok(t, unicef.stop()) // the other may not know all that one of the two cosigned
	if s, err := f.stood(); !errors.Is(err, problem.New(witness.CodeWitnesses, "")) {
		t.Errorf("with one witness of two: %+v, %v", s, err)
	}
}

// Each registry that comes into force is a decision, recorded once, over restarts too.
func TestRegistryIsRecorded(t *testing.T) {
	t.Parallel()
	f := newFederation(t, nil)
	changes := func(n *node) (out []ledger.RegistryChange) {
		rows, err := n.Store().Decisions(t.Context(), 0, 100)
		ok(t, err)
		for _, r := range rows {
			if r.Kind == ledger.KindRegistry {
				d, err := ledger.ParseDecision(r.Content)
				ok(t, err)
				ok(t, ledger.Verify(r))
				out = append(out, *d.Registry)
			}
		}
		return out
	}
	ua := f.start(demo.Origin, gateway.Deps{})
	first := changes(ua)
	if len(first) != 1 || first[0].Version != 1 || first[0].Was != "" {
		t.Fatalf("the first registry: %+v", first)
	}
	f.registry(func(r *trust.Registry) { r.Version = 2 })
	eventually(t, "the second registry is recorded", patience, func() bool { return len(changes(ua)) == 2 })
	second := changes(ua)[0]
	if second.Version != 2 || second.Was != first[0].Digest || second.WasVersion != 1 || second.Digest == second.Was {
		t.Errorf("the second registry: %+v after %+v", second, first[0])
	}
	ok(t, ua.stop())
	if again := changes(f.start(demo.Origin, gateway.Deps{})); len(again) != 2 {
		t.Errorf("a restart recorded another: %+v", again)
	}
}

// Two ledgers are compared over the real listeners.
func TestLedgersAreReconciled(t *testing.T) {
	t.Parallel()
	f := newFederation(t, nil)
	f.serve(demo.Origin, gateway.Deps{})
	pl := f.serve(demo.Requester, gateway.Deps{})
	for range 2 {
		call(t, f.agency(pl), "/v1/queries", object{
			"purpose": "PURPOSE_MATCH", "basis": "GDPR 6(1)(e)", "officer": person("pl-1", "case_officer"),
			"criteria": object{"given": f.Child.Original.Given, "family": f.Child.Original.Family, "born": f.Child.Original.Born},
		})
	}
	found, err := pl.Reconcile(t.Context(), demo.Origin, f.began.Add(-time.Hour), time.Now())
	ok(t, err)
	if len(found) != 0 {
		t.Errorf("two ledgers differ: %+v", found)
	}
	// Others are refused, and told nothing.
	if r := f.peer(pl, "icrc").do(f.peer(pl, "icrc").one, http.MethodPost, "/tlog/reconcile", "text/plain", []byte("eyJ")); r.status != http.StatusBadRequest || strings.TrimSpace(r.body) != "not accepted" {
		t.Errorf("what is no message: %d %s", r.status, r.body)
	}
}
