package gateway_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/trust"
)

// registry reads what is in force, changes it, and puts it in place of the file,
// signed by the registry's key.
func (f *federation) registry(change func(r *trust.Registry)) {
	f.t.Helper()
	file := filepath.Join(f.Dir, "registry", "registry.jws")
	public, err := keyring.ReadPublic(filepath.Join(f.Dir, "registry", "registry.pub.jwk"))
	ok(f.t, err)
	key, err := keyring.ReadPrivate(filepath.Join(f.Dir, "registry", "registry.jwk"))
	ok(f.t, err)
	raw, err := os.ReadFile(file)
	ok(f.t, err)
	r, err := trust.Verify(raw, public, f.began)
	ok(f.t, err)
	change(&r)
	signed, err := trust.Sign(r, key)
	ok(f.t, err)
	part := file + ".part"
	ok(f.t, os.WriteFile(part, signed, 0o600))
	ok(f.t, os.Rename(part, file))
}

// answers says whether gov-pl's new question is answered by gov-ua, over a
// connection that stays open.
func (f *federation) answers(pl *caller) bool {
	r := pl.rest("query", f.sealed(f.question(time.Now(), nil)))
	return r.accepted() && f.opened(r.body).Status == envelope.StatusAnswered
}

func setSuspended(id string, to bool, version int64) func(r *trust.Registry) {
	return func(r *trust.Registry) {
		r.Version = version
		for i := range r.Participants {
			if r.Participants[i].ID == id {
				r.Participants[i].Suspended = to
			}
		}
	}
}

// A participant that is blocked, or suspended by a newer registry, is refused
// within a second, on the connection that it has and on a new one; an older
// registry changes nothing.
func TestBlockAndSuspend(t *testing.T) {
	t.Parallel()
	f := newFederation(t, nil)
	ua := f.serve(demo.Origin, gateway.Deps{})
	pl := f.peer(ua, demo.Requester)
	if !f.answers(pl) {
		t.Fatal("gov-pl is not answered to begin with")
	}
	refused := func(why string) {
		t.Helper()
		// The second that is promised, and the tick on which an answer may still leave.
		eventually(t, why+": refused", 1500*time.Millisecond, func() bool { return !f.answers(pl) })
		before := ua.rows()
		if f.answers(f.peer(ua, demo.Requester)) || ua.rows() != before {
			t.Errorf("%s: answered over a new connection, or recorded", why)
		}
	}
	back := func(why string) {
		t.Helper()
		eventually(t, why+": answered again", patience, func() bool { return f.answers(pl) })
	}
	ok(t, ua.Store().Block(t.Context(), demo.Requester, "a test", time.Now()))
	refused("blocked")
	ok(t, ua.Store().Unblock(t.Context(), demo.Requester))
	back("unblocked")
	f.registry(setSuspended(demo.Requester, true, 7))
	refused("suspended")
	f.registry(setSuspended(demo.Requester, false, 6)) // signed rightly, and older
	for range 4 {
		if f.answers(f.peer(ua, demo.Requester)) {
			t.Fatal("an older registry lifted a suspension")
		}
		time.Sleep(200 * time.Millisecond) // nothing is to happen, so there is nothing to await
	}
	f.registry(setSuspended(demo.Requester, false, 8))
	back("no longer suspended")
}

// A registry that has expired trusts nobody, and the gateway says that it is not ready.
func TestExpiredRegistry(t *testing.T) {
	t.Parallel()
	f := newFederation(t, nil)
	ua := f.serve(demo.Origin, gateway.Deps{})
	pl := f.peer(ua, demo.Requester)
	f.registry(func(r *trust.Registry) { r.Version, r.Expires = 2, time.Now().Add(4*time.Second) })
	eventually(t, "the registry expires", patience, func() bool { code, _ := ua.ready(); return code == 503 })
	if _, body := ua.ready(); !strings.Contains(body, "registry_expired") {
		t.Errorf("readyz says %s", body)
	}
	if f.answers(pl) {
		t.Error("answered under an expired registry")
	}
	f.registry(func(r *trust.Registry) { r.Version, r.Expires = 3, time.Now().Add(time.Hour) })
	eventually(t, "a newer registry is in force", patience, func() bool { code, _ := ua.ready(); return code == 200 })
	if !f.answers(f.peer(ua, demo.Requester)) {
		t.Error("not answered under the new registry")
	}
}
