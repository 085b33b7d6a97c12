package trust

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/envelope"
)

var start = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// must keeps the arrangement of a test out of its argument.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func key(kid, alg string, use envelope.Use) Key {
	k := must(envelope.GenerateKey(kid, alg))
	return Key{JWK: must(envelope.MarshalPublicJWK(k.Public("", use))), Use: use}
}

// fingerprint makes 64 hexadecimal digits that differ by n.
func fingerprint(n int) string { return fmt.Sprintf("%064x", n+1) }

func participant(id string, n int) Participant {
	return Participant{
		ID: id, Name: id, Kind: "government", Holder: true, Contact: "duty desk of " + id,
		Endpoint: fmt.Sprintf("https://127.0.0.1:%d", 18000+n), TLS: []string{fingerprint(n)},
		Keys: []Key{key(id+"-sign", "EdDSA", envelope.UseSign), key(id+"-seal", "ECDH-ES", envelope.UseSeal)},
	}
}

func registry() Registry {
	return Registry{
		Version: 1, IssuedAt: start.Add(-time.Hour), Expires: start.Add(24 * time.Hour),
		Participants: []Participant{participant("gov-ua", 0), participant("gov-pl", 1)},
		Agreements: []Agreement{{
			Holder: "gov-ua", Recipient: "gov-pl", Purposes: []string{"RETURN"}, Until: start.Add(time.Hour),
		}},
	}
}

// world is one signed registry file under a clock that the test moves.
type world struct {
	t    *testing.T
	key  envelope.PrivateKey
	file string
	now  time.Time
	live *Live
	log  strings.Builder
}

func open(t *testing.T, r Registry) *world {
	t.Helper()
	w := &world{
		t: t, key: must(envelope.GenerateKey("registry-1", "ES256")),
		file: filepath.Join(t.TempDir(), "registry.jws"), now: start,
	}
	w.write(must(Sign(r, w.key)))
	live, err := Open(w.options())
	if err != nil {
		t.Fatal(err)
	}
	w.live = live
	return w
}

func (w *world) options() Options {
	return Options{File: w.file, Key: w.key.Public("", ""), Clock: func() time.Time { return w.now }, Log: slog.New(slog.NewTextHandler(&w.log, nil))}
}

func (w *world) write(b []byte) {
	w.t.Helper()
	if err := os.WriteFile(w.file, b, 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; wanted one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}
