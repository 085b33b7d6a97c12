package trust

import (
	"testing"
	"time"

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
