package decide_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/decidetest"
	"homeward.example/gateway/internal/decide/proof"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// world is a gateway's policy: files, what the registry says, and a clock.
type world struct {
	t       *testing.T
	dir     string
	o       decide.Activation
	named   decide.Named
	expired bool // no registry is current
	now     atomic.Int64
	a       *decide.Activator
	key     envelope.PrivateKey
}

func newWorld(t *testing.T, change func(*world)) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), key: must(envelope.GenerateKey("gov-ua-sign", "EdDSA"))}
	w.now.Store(decidetest.Now().UnixNano())
	w.o = decide.Activation{
		Bundles: filepath.Join(w.dir, "bundles"), Holder: "gov-ua", Keys: signer{w.key.Public("gov-ua", envelope.UseSign)},
		Seen: w.dir, MaxAge: 24 * time.Hour, Prove: proof.Bundle,
		Engine: decide.Options{Now: func() time.Time { return time.Unix(0, w.now.Load()) }, Timeout: time.Minute},
		Named: func() (decide.Named, error) {
			if w.expired {
				return decide.Named{}, problem.New("registry_expired", "registry")
			}
			return w.named, nil
		},
	}
	check(t, os.Mkdir(w.o.Bundles, 0o700))
	if change != nil {
		change(w)
	}
	w.open()
	return w
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type signer struct{ key envelope.PublicKey }

func (s signer) PublicKey(kid string) (envelope.PublicKey, bool) { return s.key, kid == s.key.ID }

// open starts the gateway, or starts it again.
func (w *world) open() { w.a = must(decide.NewActivator(w.o)) }

// aCase is one that the embedded rules decide as it wants.
const aCase = "x:\n- name: x\n  question: {purpose: CRIMINAL, requester: icrc, holder: origin}\n  want: {refused: SUP_PURPOSE}\n"

// version is the embedded bundle under another version, with one test and one
// case, and with something changed.
func version(t *testing.T, v string, change func(*decide.Bundle)) decide.Bundle {
	t.Helper()
	b := must(decide.Embedded())
	b.Data = []byte(strings.Replace(string(b.Data), `"version":"`+b.Version+`"`, `"version":"`+v+`"`, 1))
	b.Version, b.Revision = v, "test"
	b.Tests = map[string]string{"homeward/x_test.rego": "package homeward.x_test\n\ntest_x if data.homeward.version"}
	b.Cases = map[string]string{"cases/x.yaml": aCase}
	if change != nil {
		change(&b)
	}
	b.Digest = decide.Digest(b)
	return b
}

// put writes a bundle's archive and returns its name to the registry.
func (w *world) put(file string, b decide.Bundle) decide.Named {
	w.t.Helper()
	check(w.t, os.WriteFile(filepath.Join(w.dir, file), must(b.Archive()), 0o600))
	return decide.Named{Digest: b.Digest, Version: b.Version}
}

func (w *world) refresh(code problem.Code) {
	w.t.Helper()
	err := w.a.Refresh(w.t.Context())
	if code == "" && err != nil || code != "" && !errors.Is(err, problem.New(code, "")) {
		w.t.Fatalf("refresh: %v, want %q", err, code)
	}
}

// inForce wants a policy that decides, "" for none.
func (w *world) inForce(digest string) {
	w.t.Helper()
	live := w.a.Live()
	if err := live.Ready(); live.Ref().Bundle != digest || (err == nil) != (digest != "") {
		w.t.Fatalf("in force: %+v, ready: %v; want %s", live.Ref(), err, digest)
	}
}

func TestOnlyWhatTheRegistryNames(t *testing.T) {
	t.Parallel()
	embedded := must(decide.Embedded())
	w := newWorld(t, nil)
	w.inForce("")
	w.put("bundles/new.tar.gz", version(t, "2.0", nil)) // there, and not named
	w.refresh("")
	w.inForce(embedded.Digest)
	w.named = w.put("bundles/new.tar.gz", version(t, "2.0", nil))
	w.refresh("")
	w.inForce(w.named.Digest)
	newer := version(t, "2.10", nil)
	w.named = decide.Named{Digest: newer.Digest, Version: "2.10"} // named, and not there yet
	before := w.a.Live().Ref().Bundle
	w.refresh(decide.CodeBundle)
	w.inForce(before)
	w.put("bundles/newer.tar.gz", newer)
	w.refresh("")
	w.inForce(newer.Digest)
	w.named.Version = "3.0" // the registry and the bundle disagree
	w.refresh(decide.CodeBundle)
	w.named = decide.Named{} // the registry names none again: the embedded one is older by now
	w.refresh(decide.CodeOlder)
	w.inForce(newer.Digest)
}

func TestOlderNeverComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	old := w.put("bundles/old.tar.gz", version(t, "2.9", nil))
	w.named = w.put("bundles/new.tar.gz", version(t, "2.10", nil))
	w.refresh("")
	w.named = old
	w.refresh(decide.CodeOlder)
	w.open() // a restart remembers
	w.refresh(decide.CodeOlder)
	w.inForce("")
	w.named = decide.Named{} // nor does the embedded one
	w.refresh(decide.CodeOlder)
	w.inForce("")
	check(t, os.WriteFile(filepath.Join(w.dir, "policy.seen"), []byte("nonsense"), 0o600))
	w.refresh(decide.CodeBundle)
	w.inForce("")
}

// A bundle that is not proven does not come into force, whoever names it.
func TestBundlesThatAreNamedAndRefused(t *testing.T) {
	t.Parallel()
	const release = "homeward/release/release.rego"
	for name, change := range map[string]func(*decide.Bundle){
		"a test that fails": func(b *decide.Bundle) { b.Tests["homeward/x_test.rego"] = "package homeward.x_test\n\ntest_x if false" },
		"no tests":          func(b *decide.Bundle) { b.Tests = nil },
		"no cases":          func(b *decide.Bundle) { b.Cases = nil },
		"a case that fails": func(b *decide.Bundle) {
			b.Cases["cases/x.yaml"] = strings.Replace(aCase, "SUP_PURPOSE", "SUP_HOLD", 1)
		},
		"a broken case": func(b *decide.Bundle) { b.Cases["cases/x.yaml"] = "x: [" },
		"a self-test":   func(b *decide.Bundle) { b.Modules["homeward/x.rego"] = "package homeward.question\n\nparties" },
		"a built-in":    func(b *decide.Bundle) { b.Modules["homeward/x.rego"] = "package homeward.x\n\nx := time.now_ns()" },
		"another schema": func(b *decide.Bundle) {
			b.Data = []byte(strings.Replace(string(b.Data), `"identity":"original"`, `"identity":"imposed"`, 1))
		},
		"no rules": func(b *decide.Bundle) { b.Modules[release] = "package homeward.release" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.refresh("")
			good := w.a.Live().Ref().Bundle
			w.named = w.put("bundles/bad.tar.gz", version(t, "9", change))
			for range 2 {
				w.refresh(decide.CodeBundle)
				w.inForce(good)
			}
			w.named = w.put("bundles/good.tar.gz", version(t, "8", nil)) // the bad one left no mark
			w.refresh("")
			w.inForce(w.named.Digest)
		})
	}
}

// Without a word of a current registry the last good policy stays for its time,
// and then everything is denied in its name; a later word brings it back.
func TestLastGoodStaysForItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.expired = true
	w.refresh("registry_expired")
	w.inForce("")
	if _, err := w.a.Live().Engine(); !errors.Is(err, problem.New(problem.CodeUnavailable, "")) {
		t.Errorf("no policy: %v", err)
	}
	w.expired = false
	w.refresh("")
	good := w.a.Live().Ref()
	question := decidetest.Question("TRACE", decidetest.ICRC(), decidetest.Origin())
	admit := func() decide.Admitted {
		fresh, query := decidetest.Fresh(t, question)
		f := question
		f.Query = query
		return must(w.a.Live().Admit(t.Context(), fresh, f))
	}
	if a := admit(); a.Refusal() != "" || a.Policy() != good {
		t.Errorf("refused: %s", a.Refusal())
	}
	w.expired = true
	for _, c := range []struct {
		after time.Duration
		ready bool
	}{{23 * time.Hour, true}, {59 * time.Minute, true}, {time.Minute, false}, {1000 * time.Hour, false}} {
		w.now.Add(int64(c.after))
		w.refresh("registry_expired")
		err := w.a.Live().Ready()
		a := admit()
		plan := must(w.a.Live().Plan(t.Context(), decide.PlanInput{Purpose: "TRACE", Holders: []decide.PlanHolder{{Party: decidetest.Origin(), Agreement: decide.Yes}}}))
		if (err == nil) != c.ready || (a.Refusal() == "") != c.ready || (!c.ready && plan[0].Asked) || a.Policy() != good {
			t.Errorf("after %s more: ready %v, refused %q (%s), plan %+v", c.after, err, a.Refusal(), a.Failure(), plan)
		}
	}
	w.expired = false
	w.refresh("")
	if a := admit(); a.Refusal() != "" {
		t.Errorf("refused: %s", a.Refusal())
	}
}

// overlay signs the example and puts it where the configuration names it.
func (w *world) overlay(change func(*decide.Bundle), holder string, until time.Duration) decide.Bundle {
	w.t.Helper()
	b := must(decide.LoadOverlay(os.DirFS("../../../policies/overlay-example")))
	if change != nil {
		change(&b)
		b.Digest = decide.Digest(b)
	}
	now := w.o.Engine.Now()
	b = must(b.Sign(holder, w.key, now, now.Add(until)))
	check(w.t, os.WriteFile(w.o.Overlay, must(b.Archive()), 0o600))
	return b
}

func withOverlay(w *world) { w.o.Overlay = filepath.Join(w.dir, "overlay.tar.gz") }

// A holder that becomes stricter does not wait until the bundle that the registry
// names is there, or is mended; and the last good bundle grows no older by it.
func TestOverlayIsRenewedWhileTheBundleIsRefused(t *testing.T) {
	t.Parallel()
	broken := version(t, "2.0", func(b *decide.Bundle) { b.Tests["homeward/x_test.rego"] = "package homeward.x_test\n\ntest_x if false" })
	for name, refuse := range map[string]func(w *world){
		"missing": func(w *world) { w.named = decide.Named{Digest: "sha256:00", Version: "2.0"} },
		"broken":  func(w *world) { w.named = w.put("bundles/broken.tar.gz", broken) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, withOverlay)
			w.overlay(nil, "gov-ua", 48*time.Hour)
			w.refresh("")
			refuse(w)
			w.now.Add(int64(23 * time.Hour))
			stricter := w.overlay(func(b *decide.Bundle) { b.Version, b.Data = "1.1", []byte(`{"overlay":{"version":"1.1"}}`) }, "gov-ua", 48*time.Hour)
			w.refresh(decide.CodeBundle)
			w.inForce(must(decide.Embedded()).Digest)
			if got := w.a.Live().Ref().Overlay; got != stricter.Digest {
				t.Errorf("overlay %s, want %s", got, stricter.Digest)
			}
			w.overlay(func(b *decide.Bundle) {
				b.Version, b.Data = "1.2", []byte(`{"overlay":{"version":"1.2"}}`)
				b.Tests["overlay/x_test.rego"] = "package overlay.x_test\n\ntest_x if false"
			}, "gov-ua", 48*time.Hour)
			w.refresh(decide.CodeBundle)
			if got := w.a.Live().Ref().Overlay; got != stricter.Digest {
				t.Errorf("a broken overlay is in force: %s", got)
			}
			w.now.Add(int64(2 * time.Hour))
			w.refresh(decide.CodeBundle)
			if err := w.a.Live().Ready(); err == nil {
				t.Error("the last good bundle lives for longer than its time")
			}
		})
	}
}

func TestOverlayComesIntoForceSigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withOverlay)
	w.refresh(decide.CodeBundle) // a holder that wants to be stricter is not laxer because a file is missing
	w.inForce("")
	good := w.overlay(nil, "gov-ua", time.Hour)
	w.refresh("")
	w.inForce(must(decide.Embedded()).Digest)
	if w.a.Live().Ref().Overlay != good.Digest {
		t.Errorf("policy %+v", w.a.Live().Ref())
	}
	newer := func(v string) func(*decide.Bundle) {
		return func(b *decide.Bundle) { b.Version, b.Data = v, []byte(`{"overlay":{"version":"`+v+`"}}`) }
	}
	other := must(envelope.GenerateKey("gov-ua-sign", "EdDSA"))
	for name, bad := range map[string]func(){
		"another's":   func() { w.overlay(newer("2"), "gov-pl", time.Hour) },
		"not signed":  func() { b := good; b.Signature = ""; check(t, os.WriteFile(w.o.Overlay, must(b.Archive()), 0o600)) },
		"another key": func() { key := w.key; w.key = other; w.overlay(newer("2"), "gov-ua", time.Hour); w.key = key },
		"another bundle": func() {
			b := w.overlay(newer("2"), "gov-ua", time.Hour)
			c := good
			c.Signature = b.Signature
			check(t, os.WriteFile(w.o.Overlay, must(c.Archive()), 0o600))
		},
		"no archive": func() { check(t, os.WriteFile(w.o.Overlay, []byte("x"), 0o600)) },
		"a test fails": func() {
			w.overlay(func(b *decide.Bundle) {
				newer("2")(b)
				b.Tests["overlay/x_test.rego"] = "package overlay.x_test\n\ntest_x if false"
			}, "gov-ua", time.Hour)
		},
		"a coalition's": func() { check(t, os.WriteFile(w.o.Overlay, must(must(decide.Embedded()).Archive()), 0o600)) },
	} {
		bad()
		w.refresh(decide.CodeBundle)
		if w.a.Live().Ref().Overlay != good.Digest || w.a.Live().Ready() != nil {
			t.Errorf("%s: policy %+v", name, w.a.Live().Ref())
		}
	}
	second := w.overlay(newer("1.1"), "gov-ua", time.Hour)
	w.refresh("")
	if w.a.Live().Ref().Overlay != second.Digest {
		t.Errorf("policy %+v", w.a.Live().Ref())
	}
	w.overlay(nil, "gov-ua", time.Hour) // signed, and older
	w.refresh(decide.CodeOlder)
	w.overlay(newer("1.1"), "gov-ua", time.Hour)
	w.refresh("")
	w.now.Add(int64(2 * time.Hour)) // the signature ended: the last good one stays for its time
	w.refresh(decide.CodeBundle)
	if err := w.a.Live().Ready(); err != nil {
		t.Error(err)
	}
	w.now.Add(int64(24 * time.Hour))
	if err := w.a.Live().Ready(); err == nil {
		t.Error("an overlay that nobody signs any more decides")
	}
}
