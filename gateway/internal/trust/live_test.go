package trust

import (
	"testing"
	"time"

	"homeward.example/gateway/internal/envelope"
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
	if err := l.Ready(); err != nil {
		t.Error(err)
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

// An agreement says more of whom it names, and nothing of anybody else.
func TestAskedAndMandate(t *testing.T) {
	t.Parallel()
	r := registry()
	r.Participants = append(r.Participants, participant("icrc", 2))
	r.Agreements[0].Asked = true
	r.Agreements = append(r.Agreements, Agreement{
		Holder: Anyone, Recipient: Anyone, Purposes: []string{"AUDIT"}, Until: start.Add(time.Hour),
		Mandates: []Mandate{{Reviewer: "gov-pl", Covers: []string{"icrc"}}},
	})
	w := open(t, r)
	live := w.live
	for _, c := range []struct {
		what      string
		got, want bool
	}{
		{"asked", live.Asked("gov-ua", "gov-pl", "RETURN", start), true},
		{"asked for another purpose", live.Asked("gov-ua", "gov-pl", "TRACE", start), false},
		{"asked the other way", live.Asked("gov-pl", "gov-ua", "RETURN", start), false},
		{"asked after the end", live.Asked("gov-ua", "gov-pl", "RETURN", start.Add(time.Hour)), false},
		{"asked by an agreement of anybody", live.Asked("icrc", "gov-pl", "AUDIT", start), false},
		{"mandate", live.Mandate("icrc", "gov-pl", start), true},
		{"mandate over another holder", live.Mandate("gov-ua", "gov-pl", start), false},
		{"mandate of another", live.Mandate("icrc", "gov-ua", start), false},
		{"mandate after the end", live.Mandate("icrc", "gov-pl", start.Add(time.Hour)), false},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v", c.what, c.got)
		}
	}
	live.SetBlocked([]string{"gov-pl"})
	if live.Asked("gov-ua", "gov-pl", "RETURN", start) || live.Mandate("icrc", "gov-pl", start) {
		t.Error("who is blocked asks, or reviews")
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
			for _, p := range w.live.Participants() {
				if p.ID == "gov-pl" && !p.Suspended && !p.Prohibited {
					t.Error("still listed as in good standing")
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
	r.Version = w.live.Version() + 1
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
