package exchange_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// What a report says stands in no database and no log but sealed, and the address in
// it is never asked for: submitted, delivered, triaged, shared, withdrawn, refused.
func TestCanarySightings(t *testing.T) {
	t.Parallel()
	var visits atomic.Int32
	listed := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	defer listed.Close()
	var log bytes.Buffer
	dir := t.TempDir()
	f := gatewaytest.New(t, tuned(with(gatewaytest.Options{Dir: dir}), func(_ string, d *exchange.Deps) {
		d.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}))
	marks := []string{"Канаркова", "Canarymark", "canary-witness-5", "canary-custody-6"}
	s := listing(f)
	s.Url, s.ArchiveUrl = listed.URL+"/canary-path-1", listed.URL+"/canary-path-2"
	s.ClaimedIdentity.Family, s.ChildDescription.Text, s.Custody[0].Who, s.Custody[0].What = marks[0], marks[1], marks[2], marks[3]
	marks = append(marks, "canary-path-1", "canary-path-2", "Александр", listed.URL)

	sent := submit(t, f, "gov-00", s)[0]
	deliver(t, f, "gov-00")
	id := came(t, f, "gov-ua")[0].GetId()
	review(t, f, "gov-ua", id, f.Child.IDs["gov-ua"], "triaged", "under_review", "possible")
	_, err := f.Member("gov-ua").ShareSighting(t.Context(), &homewardv1.ShareSightingRequest{Id: id, Participant: "icrc", Officer: reporter, Why: "synthetic"})
	must(t, err)
	deliver(t, f, "gov-ua")
	if shared := came(t, f, "icrc"); len(shared) != 1 || shared[0].GetSighting().GetClaimedIdentity().GetFamily() != marks[0] {
		t.Fatalf("the marks do not travel: %v", shared)
	}
	_, err = f.Member("gov-00").WithdrawSighting(t.Context(), &homewardv1.WithdrawSightingRequest{Id: sent.GetId(), Officer: reporter})
	must(t, err)
	deliver(t, f, "gov-00")

	files, err := filepath.Glob(filepath.Join(dir, "*.db*"))
	must(t, err)
	searched, seen := 0, false
	for _, file := range files {
		b, err := os.ReadFile(file)
		must(t, err)
		searched, seen = searched+len(b), seen || bytes.Contains(b, []byte(id))
		search(t, filepath.Base(file), b, marks)
	}
	if searched < 1<<16 || !seen {
		t.Errorf("only %d bytes of databases: there was nothing to search", searched)
	}
	search(t, "log", log.Bytes(), marks)
	if n := visits.Load(); n != 0 {
		t.Errorf("the reported address was asked for %d times", n)
	}
}

// search looks for marks as they are, and in the forms that our stores would give them.
func search(t *testing.T, where string, content []byte, marks []string) {
	t.Helper()
	text := string(content)
	for _, m := range marks {
		forms := []string{m, hex.EncodeToString([]byte(m))}
		for shift := range 3 { // base64 of a text in which the mark begins at any byte
			e := base64.RawURLEncoding.EncodeToString(append(make([]byte, shift), m...))
			forms = append(forms, e[2*shift:len(e)-3])
		}
		for _, form := range forms {
			if strings.Contains(text, form) {
				t.Errorf("%s has %q, as %q", where, m, form)
			}
		}
	}
}
