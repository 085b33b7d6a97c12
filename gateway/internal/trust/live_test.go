package trust

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

func TestLookups(t *testing.T) {
	t.Parallel()
	l := open(t, registry()).live
	if k, ok := l.PublicKey("gov-pl-sign"); !ok || k.Participant != "gov-pl" || k.Use != envelope.UseSign || k.Alg != "EdDSA" {
		t.Errorf("PublicKey = %+v, %v", k, ok)
	}
	if _, ok := l.PublicKey("gov-pl-sign2"); ok {
		t.Error("found a key that is not there")
	}
	if p, ok := l.ByTLS(fingerprint(1)); !ok || p.ID != "gov-pl" {
		t.Errorf("ByTLS = %v, %v", p.ID, ok)
	}
	if _, ok := l.ByTLS(fingerprint(7)); ok {
		t.Error("found a certificate that is not there")
	}
	if n := len(l.Participants()); n != 2 {
		t.Errorf("%d participants", n)
	}
	if l.Contact("gov-ua") != "duty desk of gov-ua" || l.Ready() != nil {
		t.Error("contact or readiness is wrong")
	}
}

func TestAgreement(t *testing.T) {
	t.Parallel()
	r := registry()
	r.Participants = append(r.Participants, participant("icrc", 2))
	r.Agreements = append(r.Agreements, Agreement{Holder: Anyone, Recipient: "icrc", Purposes: []string{"TRACE"}, Until: start.Add(time.Hour)})
	w := open(t, r)
	for _, c := range []struct {
		holder, recipient, purpose string
		at                         time.Duration
		inForce, known             bool
	}{
		{"gov-ua", "gov-pl", "RETURN", 0, true, true},
		{"gov-ua", "gov-pl", "RETURN", time.Hour, false, true},
		{"gov-ua", "gov-pl", "TRACE", 0, false, true},
		{"gov-pl", "gov-ua", "RETURN", 0, false, true},
		{"gov-pl", "icrc", "TRACE", 0, true, true},
		{"gov-ua", "gov-xx", "RETURN", 0, false, false},
		{Anyone, "icrc", "TRACE", 0, false, false},
	} {
		inForce, known := w.live.Agreement(c.holder, c.recipient, c.purpose, start.Add(c.at))
		if inForce != c.inForce || known != c.known {
			t.Errorf("%+v: got %v, %v", c, inForce, known)
		}
	}
	w.live.SetBlocked([]string{"gov-pl"})
	if inForce, known := w.live.Agreement("gov-ua", "gov-pl", "RETURN", start); inForce || !known {
		t.Error("an agreement with a blocked participant is in force")
	}
}

// A participant that is out is out everywhere: its keys, its certificate, its seal.
func TestRefusedParticipants(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]func(*world){
		"suspended":  func(w *world) { w.change(func(r *Registry) { r.Participants[1].Suspended = true }) },
		"prohibited": func(w *world) { w.change(func(r *Registry) { r.Participants[1].Prohibited = true }) },
		"removed":    func(w *world) { w.change(func(r *Registry) { r.Participants, r.Agreements = r.Participants[:1], nil }) },
		"blocked":    func(w *world) { w.live.SetBlocked([]string{"gov-pl", "nobody"}) },
		"expired":    func(w *world) { w.now = start.Add(24 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, registry())
			refuse(w)
			_, byKey := w.live.PublicKey("gov-pl-sign")
			_, byTLS := w.live.ByTLS(fingerprint(1))
			_, seal := w.live.SealKey("gov-pl")
			if byKey || byTLS || seal {
				t.Errorf("still trusted: key %v, certificate %v, seal %v", byKey, byTLS, seal)
			}
			for _, p := range w.live.Holders() {
				if p.ID == "gov-pl" {
					t.Error("still listed as a holder")
				}
			}
			if p, ok := w.live.Participant("gov-pl"); ok && !p.Suspended && !p.Prohibited {
				t.Error("shown to the policy as in good standing")
			}
		})
	}
}

// change signs and loads the next version.
func (w *world) change(edit func(*Registry)) {
	w.t.Helper()
	r := registry()
	r.Version = w.live.Status().Version + 1
	edit(&r)
	w.write(must(Sign(r, w.key)))
	if err := w.live.Refresh(); err != nil {
		w.t.Fatal(err)
	}
}

func TestUnblocked(t *testing.T) {
	t.Parallel()
	w := open(t, registry())
	w.live.SetBlocked([]string{"gov-pl"})
	w.live.SetBlocked(nil)
	if _, ok := w.live.ByTLS(fingerprint(1)); !ok {
		t.Error("an unblocked participant is still refused")
	}
}

func TestSealKeyRotates(t *testing.T) {
	t.Parallel()
	r := registry()
	old, next := &r.Participants[1].Keys[1], key("gov-pl-seal-2", "ECDH-ES", envelope.UseSeal)
	old.NotAfter, next.NotBefore = start.Add(2*time.Hour), start.Add(time.Hour)
	r.Participants[1].Keys = append(r.Participants[1].Keys, next)
	w := open(t, r)
	for at, want := range map[time.Duration]string{0: "gov-pl-seal", time.Hour: "gov-pl-seal-2", 3 * time.Hour: "gov-pl-seal-2"} {
		w.now = start.Add(at)
		if k, _ := w.live.SealKey("gov-pl"); k.ID != want {
			t.Errorf("after %v: %q, wanted %q", at, k.ID, want)
		}
	}
}

// A file that is not good changes nothing, is counted once, and is told of.
func TestLastGoodStays(t *testing.T) {
	t.Parallel()
	other := must(envelope.GenerateKey("registry-1", "ES256"))
	newer := registry()
	newer.Version = 2
	older := registry() // same version, other content
	older.Bundle = "sha256:00"
	for name, c := range map[string]struct {
		file func(*world) []byte
		code problem.Code
	}{
		"another key":             {func(*world) []byte { return must(Sign(newer, other)) }, CodeInvalid},
		"not a registry":          {func(*world) []byte { return []byte("{}") }, CodeInvalid},
		"empty":                   {func(*world) []byte { return nil }, CodeInvalid},
		"cut short":               {func(w *world) []byte { b := must(Sign(newer, w.key)); return b[:len(b)/2] }, CodeInvalid},
		"same version, different": {func(w *world) []byte { return must(Sign(older, w.key)) }, CodeOlder},
		"too large":               {func(*world) []byte { return make([]byte, envelope.MaxMessage+2) }, CodeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, registry())
			good := must(os.ReadFile(w.file))
			w.write(c.file(w))
			for range 3 {
				if err := w.live.Refresh(); !errors.Is(err, problem.New(c.code, "")) {
					t.Errorf("error %v, wanted %s", err, c.code)
				}
			}
			if s := w.live.Status(); s.Version != 1 || s.Failures != 1 || s.Err == nil {
				t.Errorf("status %+v", s)
			}
			if _, ok := w.live.PublicKey("gov-pl-sign"); !ok {
				t.Error("the last good registry is gone")
			}
			w.write(good)
			if err := w.live.Refresh(); err != nil || w.live.Status().Err != nil {
				t.Errorf("the good file is back, and yet: %v", err)
			}
		})
	}
}

func TestVersionOnlyGrows(t *testing.T) {
	t.Parallel()
	w := open(t, registry())
	first := must(os.ReadFile(w.file))
	w.change(func(*Registry) {})
	w.write(first)
	if err := w.live.Refresh(); !errors.Is(err, problem.New(CodeOlder, "")) || w.live.Status().Version != 2 {
		t.Errorf("went back: %v, version %d", err, w.live.Status().Version)
	}
}

func TestExpiryIsNotReadyUntilRenewed(t *testing.T) {
	t.Parallel()
	w := open(t, registry())
	w.now = start.Add(24 * time.Hour)
	if err := w.live.Ready(); !errors.Is(err, problem.New(CodeExpired, "")) {
		t.Errorf("Ready = %v", err)
	}
	if w.live.Participants() != nil {
		t.Error("an expired registry still names participants")
	}
	if _, known := w.live.Agreement("gov-ua", "gov-pl", "RETURN", start); known {
		t.Error("an expired registry still knows agreements")
	}
	w.change(func(r *Registry) { r.Expires = start.Add(48 * time.Hour) })
	if err := w.live.Ready(); err != nil {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	w := open(t, registry())
	w.now = start.Add(25 * time.Hour)
	if _, err := Open(w.options()); err == nil {
		t.Error("opened an expired registry")
	}
	w.now = start
	o := w.options()
	o.File += ".missing"
	_, err := Open(o)
	wantError(t, err, "registry_invalid", "missing")
}

// unknown fields are refused: a rule that this build does not know must not go unread.
func TestUnknownFieldRefused(t *testing.T) {
	t.Parallel()
	k := must(envelope.GenerateKey("registry-1", "EdDSA"))
	payload := []byte(`{"iss":"registry","aud":"federation","jti":"` + envelope.NewID() + `","iat":1793534400,"exp":1793620800,` +
		`"version":1,"issued_at":"2026-11-01T12:00:00Z","expires":"2026-11-02T12:00:00Z","participants":[],"agreements":[],"embargo":true}`)
	token := must(envelope.Sign(payload, nil, envelope.TypeRegistry, k))
	_, err := Verify([]byte(token), k.Public("", ""), start)
	wantError(t, err, "embargo")
}

func TestWatchFollowsFileAndBlockedList(t *testing.T) {
	t.Parallel()
	w := open(t, registry())
	o := w.options()
	o.Blocked = func() []string { return []string{"gov-ua"} }
	l := must(Open(o))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); l.Watch(ctx) }()
	r := registry()
	r.Version = 5
	w.write(must(Sign(r, w.key)))
	for range 100 {
		if l.Status().Version == 5 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	cancel()
	<-done
	if _, ok := l.ByTLS(fingerprint(0)); ok || l.Status().Version != 5 {
		t.Errorf("blocked participant trusted %v, version %d", ok, l.Status().Version)
	}
}

func FuzzVerify(f *testing.F) {
	k := must(envelope.GenerateKey("registry-1", "ES256"))
	f.Add(must(Sign(registry(), k)))
	f.Add([]byte("eyJhbGciOiJub25lIn0.e30.~"))
	f.Add([]byte("eyJ0..~")) // a header that ends within a name
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Verify(b, k.Public("", ""), start)
		if err == nil && Validate(r) != nil {
			t.Error("let an invalid registry pass")
		}
	})
}
