package gateway_test

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/trust"
	"homeward.example/policies"
)

// versionOf is the policy of this program under another version, with one test and one case.
func versionOf(t testing.TB, version string) decide.Bundle {
	t.Helper()
	tree := fstest.MapFS{
		"homeward/x_test.rego": {Data: []byte("package homeward.x_test\n\ntest_x if data.homeward.version")},
		"cases/x.yaml": {Data: []byte("x:\n- name: x\n  question: {purpose: CRIMINAL, requester: icrc, holder: origin}\n" +
			"  want: {refused: SUP_PURPOSE}\n")},
	}
	ok(t, fs.WalkDir(policies.FS(), "homeward", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.rego") {
			return err
		}
		content, err := fs.ReadFile(policies.FS(), name)
		if filepath.Base(name) == "data.json" {
			content = regexp.MustCompile(`"version": "[^"]+"`).ReplaceAll(content, []byte(`"version": "`+version+`"`))
		}
		tree[name] = &fstest.MapFile{Data: content}
		return err
	}))
	b, err := decide.Load(tree)
	ok(t, err)
	return b
}

func writeArchive(t testing.TB, file string, b decide.Bundle) {
	t.Helper()
	raw, err := b.Archive()
	ok(t, err)
	ok(t, os.WriteFile(file+".part", raw, 0o600))
	ok(t, os.Rename(file+".part", file))
}

func naming(b decide.Bundle, version int64) func(r *trust.Registry) {
	return func(r *trust.Registry) { r.Version, r.Bundle, r.BundleVersion = version, b.Digest, b.Version }
}

// policy is what gov-ua's next answer says that it was decided by.
func (f *federation) policy(pl *caller) envelope.PolicyRef {
	r := pl.rest("query", f.sealed(f.question(time.Now(), nil)))
	if !r.accepted() {
		return envelope.PolicyRef{}
	}
	return f.opened(r.body).Policy
}

// Without the bundle that the registry names a gateway is not ready and answers
// nothing; it takes it when it comes, and the next one while it runs.
func TestPolicyIsTheRegistrys(t *testing.T) {
	t.Parallel()
	bundles := t.TempDir()
	f := newFederation(t, func(_ string, c map[string]any) { c["policy"] = map[string]any{"bundle": bundles} })
	first, second := versionOf(t, "1000.9"), versionOf(t, "1000.10")
	f.registry(naming(first, 2))
	ua := f.start(demo.Origin, gateway.Deps{})
	pl := f.peer(ua, demo.Requester)
	eventually(t, "the gateway runs", patience, func() bool { code, _ := ua.ready(); return code != 0 })
	if code, body := ua.ready(); code != http.StatusServiceUnavailable || !strings.Contains(body, `"policy":"policy_bundle"`) {
		t.Errorf("readyz says %d %s", code, body)
	}
	before := ua.rows() // that the registry came into force
	if r := pl.rest("query", f.sealed(f.question(time.Now(), nil))); r.status != http.StatusServiceUnavailable || ua.rows() != before {
		t.Errorf("a question without a policy: %s; %d rows, %d before", r.said, ua.rows(), before)
	}
	writeArchive(t, filepath.Join(bundles, "first.tar.gz"), first)
	eventually(t, "ready with the bundle", patience, func() bool { code, _ := ua.ready(); return code == http.StatusOK })
	if got := f.policy(pl); got.Bundle != first.Digest || got.Version != "1000.9" {
		t.Errorf("decided by %+v", got)
	}
	f.registry(naming(second, 3)) // named before it is there: the last good one decides
	writeArchive(t, filepath.Join(bundles, "second.tar.gz"), second)
	eventually(t, "the second in force", patience, func() bool { return f.policy(pl).Bundle == second.Digest })
	f.registry(naming(first, 4)) // older, and named by a registry that is signed and newer
	eventually(t, "the registry is in force", patience, func() bool { return strings.Contains(metrics(t, ua.Ops), "_registry_version 4\n") })
	eventually(t, "the older one is refused", patience, func() bool { return strings.Contains(metrics(t, ua.Ops), "_policy_refused 1\n") })
	time.Sleep(3 * time.Second) // nothing is to happen, so there is nothing to await
	if got := f.policy(pl); got.Bundle != second.Digest {
		t.Errorf("an older bundle came back: %+v", got)
	}
	ok(t, ua.stop())
	again := f.start(demo.Origin, gateway.Deps{})
	eventually(t, "the gateway runs", patience, func() bool { code, _ := again.ready(); return code != 0 })
	if code, _ := again.ready(); code != http.StatusServiceUnavailable {
		t.Errorf("an older bundle came back with a restart: %d", code)
	}
	f.registry(naming(second, 5))
	eventually(t, "ready again", patience, func() bool { code, _ := again.ready(); return code == http.StatusOK })
}

// A holder's overlay is in every answer, by its digest; without a good one the
// gateway that wants to be stricter does not answer.
func TestOverlayOfAHolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "overlay.tar.gz")
	f := newFederation(t, func(id string, c map[string]any) {
		if id == demo.Origin {
			c["policy"] = map[string]any{"overlay": file}
		}
	})
	b, err := decide.LoadOverlay(os.DirFS("../policies/overlay-example"))
	ok(t, err)
	writeArchive(t, file, b) // not signed
	ua := f.start(demo.Origin, gateway.Deps{})
	pl := f.peer(ua, demo.Requester)
	eventually(t, "the gateway runs", patience, func() bool { code, _ := ua.ready(); return code == http.StatusServiceUnavailable })
	signed, err := b.Sign(demo.Origin, f.key(demo.Origin, keyring.SignFile), time.Now(), time.Now().Add(time.Hour))
	ok(t, err)
	writeArchive(t, file, signed)
	eventually(t, "ready with the overlay", patience, func() bool { code, _ := ua.ready(); return code == http.StatusOK })
	if got := f.policy(pl); got.Overlay != b.Digest || got.Bundle == "" {
		t.Errorf("decided by %+v", got)
	}
	rows, err := ua.Store().Decisions(t.Context(), 0, 1)
	ok(t, err)
	if !strings.Contains(string(rows[0].Content), b.Digest) {
		t.Error("the ledger does not name the overlay")
	}
	r := pl.rest("query", f.sealed(f.question(time.Now(), func(q *envelope.Query) { q.Purpose = "CARE" })))
	if a := f.opened(r.body); a.Status != envelope.StatusRefused {
		t.Errorf("a purpose that the holder does not serve: %s", a.Status)
	}
}
