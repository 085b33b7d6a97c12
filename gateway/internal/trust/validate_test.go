package trust

import (
	"crypto/ed25519"
	"encoding/base64"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/envelope"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	if err := Validate(registry()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spoil func(*Registry)
		want  []string
	}{
		"no version":        {func(r *Registry) { r.Version = 0 }, []string{"version"}},
		"ends before start": {func(r *Registry) { r.Expires = r.IssuedAt }, []string{"expires"}},
		"nobody":            {func(r *Registry) { r.Participants, r.Agreements = nil, nil }, []string{"participants"}},
		"bad id":            {func(r *Registry) { r.Participants[1].ID = "Gov_PL" }, []string{`"Gov_PL"`, "an id is"}},
		"reserved id":       {func(r *Registry) { r.Participants[1].ID = Issuer }, []string{`"registry"`}},
		"id twice":          {func(r *Registry) { r.Participants[1].ID = "gov-ua" }, []string{`"gov-ua"`, "twice"}},
		"bad organisation":  {func(r *Registry) { r.Participants[1].Organisation = "Gov PL" }, []string{`"gov-pl"`, "organisation", `"Gov PL"`}},
		"run by one who is run": {func(r *Registry) {
			r.Participants[0].Organisation, r.Participants[1].Organisation = "ukraine", "gov-ua"
		}, []string{`"gov-pl"`, "organisation", `"ukraine"`}},
		"unknown kind":     {func(r *Registry) { r.Participants[0].Kind = "state" }, []string{`"gov-ua"`, "kind", `"state"`}},
		"plain endpoint":   {func(r *Registry) { r.Participants[0].Endpoint = "http://a:1" }, []string{`"gov-ua"`, "endpoint"}},
		"endpoint path":    {func(r *Registry) { r.Participants[0].Endpoint = "https://a:1/x" }, []string{"endpoint"}},
		"endpoint user":    {func(r *Registry) { r.Participants[0].Endpoint = "https://u:p@a:1" }, []string{"endpoint"}},
		"endpoint no port": {func(r *Registry) { r.Participants[0].Endpoint = "https://a" }, []string{"endpoint"}},
		"holder nowhere":   {func(r *Registry) { r.Participants[0].Endpoint = "" }, []string{"endpoint"}},
		"upper-case pin":   {func(r *Registry) { r.Participants[0].TLS[0] = fingerprint(0)[:63] + "A" }, []string{`"gov-ua"`, "tls"}},
		"no pin":           {func(r *Registry) { r.Participants[0].TLS = nil }, []string{`"gov-ua"`, "tls"}},
		"shared pin":       {func(r *Registry) { r.Participants[1].TLS[0] = fingerprint(0) }, []string{`"gov-pl"`, `"gov-ua" has it already`}},
		"no signing key":   {func(r *Registry) { r.Participants[0].Keys = r.Participants[0].Keys[1:] }, []string{`"gov-ua"`, `use "sign"`}},
		"no sealing key":   {func(r *Registry) { r.Participants[0].Keys = r.Participants[0].Keys[:1] }, []string{`"gov-ua"`, `use "seal"`}},
		"kid twice":        {func(r *Registry) { r.Participants[1].Keys[0].JWK["kid"] = "gov-ua-sign" }, []string{`"gov-pl", key 1 "gov-ua-sign"`, "kid", `"gov-ua", key 1`}},
		"key under two ids": {func(r *Registry) {
			k := r.Participants[0].Keys[0]
			r.Participants[1].Keys[0].JWK["x"] = k.JWK["x"]
		}, []string{`"gov-pl", key 1`, "the key itself"}},
		"private key":    {func(r *Registry) { r.Participants[0].Keys[0].JWK["d"] = "AA" }, []string{`"gov-ua", key 1`, "private"}},
		"unknown use":    {func(r *Registry) { r.Participants[0].Keys[0].Use = "enc" }, []string{`"gov-ua", key 1`, "use", `"enc"`}},
		"sign with seal": {func(r *Registry) { r.Participants[0].Keys[0].Use = envelope.UseSeal }, []string{`"gov-ua", key 1`, "alg"}},
		"seal with sign": {func(r *Registry) { r.Participants[0].Keys[1].Use = envelope.UseSign }, []string{`"gov-ua", key 2`, "alg"}},
		"key ends early": {func(r *Registry) {
			r.Participants[0].Keys[0].NotBefore, r.Participants[0].Keys[0].NotAfter = start, start
		}, []string{`"gov-ua", key 1`, "not_after"}},
		"stranger agrees":  {func(r *Registry) { r.Agreements[0].Holder = "gov-xx" }, []string{"agreement 1", `"gov-xx"`}},
		"no purpose":       {func(r *Registry) { r.Agreements[0].Purposes = nil }, []string{"agreement 1", "purposes"}},
		"unknown purpose":  {func(r *Registry) { r.Agreements[0].Purposes[0] = "Return" }, []string{"agreement 1", `"Return"`}},
		"anybody is asked": {func(r *Registry) { r.Agreements[0].Holder, r.Agreements[0].Asked = Anyone, true }, []string{"agreement 1", "asked"}},
		"mandate without audit": {func(r *Registry) {
			r.Agreements[0].Mandates = []Mandate{{Reviewer: "gov-pl", Covers: []string{"gov-ua"}}}
		}, []string{"agreement 1", "mandates", "AUDIT"}},
		"mandate of another": {func(r *Registry) {
			r.Agreements[0].Purposes, r.Agreements[0].Mandates = []string{"AUDIT"}, []Mandate{{Reviewer: "gov-ua", Covers: []string{"gov-pl"}}}
		}, []string{"agreement 1", "reviewer", "covers"}},
		"mandate over nobody": {func(r *Registry) {
			r.Agreements[0].Purposes, r.Agreements[0].Mandates = []string{"AUDIT"}, []Mandate{{Reviewer: "gov-pl"}}
		}, []string{"agreement 1", "no holder"}},
		"a log that ended as another": {func(r *Registry) { r.Participants[0].EndedLogs = ended(t, "gov-pl", 96, 32) }, []string{`"gov-ua": ended_logs 1: origin`, "continues: expected a checkpoint of"}},
		"a log that ended twice":      {func(r *Registry) { r.Participants[0].EndedLogs = slices.Repeat(ended(t, "gov-ua", 96, 32), 2) }, []string{"ended_logs 2: origin", "/ledger/2"}},
		"a log that lost nothing":     {func(r *Registry) { r.Participants[0].EndedLogs = ended(t, "gov-ua", 96, 96) }, []string{"ended_logs 1", "smaller"}},
		"a log without a root": {func(r *Registry) {
			r.Participants[0].EndedLogs = ended(t, "gov-ua", 96, 32)
			r.Participants[0].EndedLogs[0].Root = "AAAA"
		}, []string{"ended_logs 1", "root"}},
		"a log that goes on from no checkpoint": {func(r *Registry) {
			r.Participants[0].EndedLogs = ended(t, "gov-ua", 96, 32)
			r.Participants[0].EndedLogs[0].Continues += "x"
		}, []string{"ended_logs 1", "continues"}},
		"endless": {func(r *Registry) { r.Agreements[0].Until = time.Time{} }, []string{"agreement 1", "until"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := registry()
			c.spoil(&r)
			wantError(t, Validate(r), c.want...)
		})
	}
}

func TestValidateNamesEveryFault(t *testing.T) {
	t.Parallel()
	r := registry()
	r.Participants[0].Kind, r.Participants[1].TLS[0] = "x", "y"
	wantError(t, Validate(r), `"gov-ua": kind`, `"gov-pl": tls`)
}

func TestRefusedParticipantNeedsNoKeys(t *testing.T) {
	t.Parallel()
	r := registry()
	r.Participants = append(r.Participants, Participant{ID: "gov-xx", Kind: "government", Prohibited: true})
	if err := Validate(r); err != nil {
		t.Error(err)
	}
}

// Witnesses are participants with a key for it, each once, and one more than must sign.
func TestWitnesses(t *testing.T) {
	t.Parallel()
	r := Registry{Participants: []Participant{
		{ID: "a", Keys: []Key{{Use: envelope.UseLog}}}, {ID: "b", Keys: []Key{{Use: envelope.UseLog}}}, {ID: "c"},
	}}
	for _, c := range []struct {
		quorum int
		ids    []string
		faults int
	}{
		{0, nil, 0},
		{1, []string{"a", "b"}, 0},
		{2, []string{"a", "b"}, 1},
		{0, []string{"a", "b"}, 1},
		{1, nil, 1},
		{1, []string{"a", "a"}, 1},
		{1, []string{"a", "b", "c"}, 1},
		{1, []string{"a", "b", "d"}, 1},
	} {
		var check checker
		r.Witnesses = Witnesses{c.quorum, c.ids}
		check.witnesses(r)
		if len(check.faults) != c.faults {
			t.Errorf("%d of %v: %v", c.quorum, c.ids, check.faults)
		}
	}
}

// ended is a log of one generation that ended at a size, and goes on from another.
func ended(t *testing.T, participant string, size, from uint64) []EndedLog {
	t.Helper()
	origin := checkpoint.Generation(participant, 1)
	signer := must(checkpoint.NewSigner(origin, ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))) // synthetic
	raw := must(note.Sign(&note.Note{Text: checkpoint.Head{Size: from}.Body(origin)}, signer))
	return []EndedLog{{Origin: origin, Size: size, Root: base64.StdEncoding.EncodeToString(make([]byte, 32)), Continues: string(raw)}}
}

// What ended stays ended, and no earlier; a later registry may name a later end, and
// further generations.
func TestEndedLogsStay(t *testing.T) {
	t.Parallel()
	first := registry()
	first.Participants[0].EndedLogs = ended(t, "gov-ua", 96, 32)
	w := open(t, first)
	if logs, ok := w.live.EndedLogs("gov-ua"); !ok || len(logs) != 1 {
		t.Fatalf("%+v, %v", logs, ok)
	}
	if b, ok := first.Participants[0].EndedLogs[0].Break(); !ok || b.End.Size != 96 || b.From.Size != 32 || b.Proven {
		t.Errorf("%+v, %v", b, ok)
	}
	another := ended(t, "gov-ua", 96, 32)
	another[0].Root = base64.StdEncoding.EncodeToString(append(make([]byte, 31), 1))
	for name, logs := range map[string][]EndedLog{
		"none": nil, "an earlier end": ended(t, "gov-ua", 95, 32), "another end": another,
		"continued from another": ended(t, "gov-ua", 96, 16), "and ended later": ended(t, "gov-ua", 97, 16),
	} {
		next := registry()
		next.Version, next.Participants[0].EndedLogs = 2, logs
		w.write(must(Sign(next, w.key)))
		wantError(t, w.live.Refresh(), "gov-ua", "/ledger to end as in the registry in force")
		if logs, _ := w.live.EndedLogs("gov-ua"); len(logs) != 1 || logs[0].Size != 96 {
			t.Errorf("%s: in force is %+v", name, logs)
		}
	}
	next := registry()
	second := ended(t, "gov-ua", 288, 16)[0] // of the first generation, whose 16 entries both had
	second.Origin = checkpoint.Generation("gov-ua", 2)
	next.Version, next.Participants[0].EndedLogs = 2, append(ended(t, "gov-ua", 128, 32), second)
	w.write(must(Sign(next, w.key)))
	if err := w.live.Refresh(); err != nil {
		t.Error(err)
	}
	if _, ok := w.live.EndedLogs("gov-xx"); ok {
		t.Error("a log of nobody")
	}
}
