package trust

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// A file that is not good changes nothing, and is told of once.
func TestLastGoodStays(t *testing.T) {
	t.Parallel()
	other := must(envelope.GenerateKey("registry-1", "ES256"))
	newer := registry()
	newer.Version = 2
	older := registry() // same version, other content
	older.Bundle = "sha256:" + strings.Repeat("0", 64)
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
			if v, said := w.live.Version(), strings.Count(w.log.String(), "registry refused"); v != 1 || said != 1 {
				t.Errorf("version %d, refused %d times", v, said)
			}
			if _, ok := w.live.PublicKey("gov-pl-sign"); !ok {
				t.Error("the last good registry is gone")
			}
			w.write(good)
			if err := w.live.Refresh(); err != nil {
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
	if err := w.live.Refresh(); !errors.Is(err, problem.New(CodeOlder, "")) || w.live.Version() != 2 {
		t.Errorf("went back: %v, version %d", err, w.live.Version())
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
		if l.Version() == 5 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	cancel()
	<-done
	if _, ok := l.ByTLS(fingerprint(0)); ok || l.Version() != 5 {
		t.Errorf("blocked participant trusted %v, version %d", ok, l.Version())
	}
}
