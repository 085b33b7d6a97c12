package gateway_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"homeward.example/adapters"
	"homeward.example/adapters/file"
	"homeward.example/gateway"
	"homeward.example/gateway/internal/audit"
	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/evidence"
	"homeward.example/gateway/internal/evidence/verify"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/tlog"
	"homeward.example/gateway/internal/trust"
)

// exported is the package of the newest answer of a gateway.
func exported(t testing.TB, n *node) []byte {
	t.Helper()
	rows, err := n.Store().Decisions(t.Context(), 0, 100)
	ok(t, err)
	for _, r := range rows {
		if r.Kind == ledger.KindAnswered {
			return export(t, n, r.ID)
		}
	}
	t.Fatal("nothing was answered")
	return nil
}

func export(t testing.TB, n *node, decision string) []byte {
	t.Helper()
	b, err := n.Evidence()
	ok(t, err)
	raw, _, err := b.Export(t.Context(), evidence.Request{Decision: decision, Officer: envelope.Officer{ID: "legal-3", Role: "legal_reviewer"}, Under: "order 17/26"})
	ok(t, err)
	return raw
}

// running is a gateway of the authority of origin that serves until it ends by itself.
func (f *federation) running(config gateway.Config) <-chan error {
	f.t.Helper()
	g, err := gateway.New(f.t.Context(), config, gateway.Deps{Adapters: map[string]adapters.Open{"file": file.Open}, Listen: f.Listen})
	ok(f.t, err)
	ctx, cancel := context.WithTimeout(f.t.Context(), patience)
	ended := make(chan error, 1)
	go func() { defer cancel(); ended <- g.Run(ctx) }()
	return ended
}

// stand is what `homeward ledger generation` says of the authority of origin.
func (f *federation) stand() gateway.LogStand {
	f.t.Helper()
	s, err := f.stood()
	ok(f.t, err)
	return s
}

func (f *federation) stood() (gateway.LogStand, error) {
	f.t.Helper()
	config, err := gateway.Load(f.Member(demo.Origin).Config, nil, nil)
	ok(f.t, err)
	g, err := gateway.New(f.t.Context(), config, gateway.Deps{Adapters: map[string]adapters.Open{"file": file.Open}, Listen: f.Listen})
	ok(f.t, err)
	defer g.Close()
	return g.LogStand(f.t.Context())
}

// named makes the registry name the next generation of the authority of origin's log.
func (f *federation) named(generation int, s gateway.LogStand) {
	t := f.t
	t.Helper()
	if len(s.EndedLogs) != generation-1 || s.Lost == 0 || s.Generation != generation-1 || s.Published.Size+s.Lost != s.EndedLogs[generation-2].Size || len(s.Witnesses) != 2 {
		t.Fatalf("where the log stands: %+v", s)
	}
	f.registry(func(r *trust.Registry) {
		r.Version++
		for i := range r.Participants {
			if r.Participants[i].ID == demo.Origin {
				r.Participants[i].EndedLogs = s.EndedLogs
			}
		}
	})
}

// goesOn takes up the authority of origin as its next generation, put back to where the
// first of the packages was exported; the second has a decision that was lost.
func (f *federation) goesOn(generation int, packages [][]byte) {
	t := f.t
	t.Helper()
	if s := f.stand(); s.EndedLogs != nil || s.Generation != generation || s.Lost != 0 {
		t.Errorf("once the registry says so: %+v", s)
	}
	for range 2 { // and it starts again where it was
		ua := f.serve(demo.Origin, gateway.Deps{})
		before := ua.published(generation)
		eventually(t, "the next generation grows", patience, func() bool { return ua.published(generation) > before })
		f.sound(ua, generation)
		f.proven(ua, generation, packages)
		ok(t, ua.stop())
	}
	if s := f.stand(); s.EndedLogs != nil || s.Published.Size == 0 || s.Witnesses[0].Size != s.Published.Size || s.Witnesses[0].Problem != "" {
		t.Errorf("as it goes on: %+v", s)
	}
}

// published is how much of a generation the store remembers, 0 for none.
func (n *node) published(generation int) uint64 {
	head, _ := n.Store().Head(n.f.t.Context(), ledger.HeadOwn, checkpoint.Generation(demo.Origin, generation))
	return head.Size
}

func (f *federation) sound(ua *node, generation int) {
	f.t.Helper()
	n, _, err := gateway.LogGeneration(f.t.Context(), ua.Store(), demo.Origin)
	ok(f.t, err)
	config, err := gateway.Load(ua.Member.Config, nil, nil)
	ok(f.t, err)
	o, err := gateway.LogOptions(config, n)
	ok(f.t, err)
	r, err := audit.Ledger{Store: ua.Store(), Log: tlog.Read(o)}.Check(f.t.Context())
	ok(f.t, err)
	if n != generation || r.Entries == 0 || len(r.Faults) > 0 {
		f.t.Errorf("generation %d: %+v", n, r)
	}
}

// proven: what was exported before holds, what was kept is proven in the generation that
// goes on, and what was lost is not there.
func (f *federation) proven(ua *node, generation int, packages [][]byte) {
	f.t.Helper()
	key, err := keyring.ReadPublic(filepath.Join(f.Dir, "registry", "registry.pub.jwk"))
	ok(f.t, err)
	kept := decisionOf(f.t, packages[0])
	for i, raw := range append(slices.Clone(packages), export(f.t, ua, kept)) {
		origin := checkpoint.LogName(demo.Origin)
		if i == len(packages) {
			origin = checkpoint.Generation(demo.Origin, generation)
		}
		v := verify.Package(f.t.Context(), raw, verify.Options{RegistryKey: &key}).Verdicts
		if v.Inclusion.Verdict != verify.Passed || v.Witnesses.Verdict != verify.Passed || !strings.HasSuffix(v.Inclusion.Why, " in "+origin) {
			f.t.Errorf("package %d: %+v, %+v", i, v.Inclusion, v.Witnesses)
		}
	}
	if _, err := ua.Store().Decision(f.t.Context(), decisionOf(f.t, packages[1])); err == nil {
		f.t.Error("what was lost is there")
	}
}

func decisionOf(t testing.TB, raw []byte) string {
	t.Helper()
	c, _, err := verify.Read(raw)
	ok(t, err)
	return c.About.Decision
}
