package gatewaytest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/trust"
)

type memberKeys struct {
	Keys
	Agency envelope.PrivateKey
}

func participants(more int) []trust.Participant {
	all := []trust.Participant{
		{ID: "gov-ua", Name: "Ukraine (test)", Kind: "government", AuthorityOfOrigin: true, Holder: true, Contact: "+380 00 000 0000 (test)"},
		{ID: "unicef", Name: "UNICEF (test)", Kind: "unicef", Holder: true},
		{ID: "icrc", Name: "ICRC (test)", Kind: "icrc", Holder: true},
		{ID: "gov-pl", Name: "Poland (test)", Kind: "government"},
		{ID: "gov-ca", Name: "Canada (test)", Kind: "government", Holder: true},
	}
	for i := range more {
		id := fmt.Sprintf("gov-%02d", i)
		all = append(all, trust.Participant{ID: id, Name: id + " (test)", Kind: "government", Holder: true})
	}
	return all
}

// keysOf makes the keys of all participants, or reads those of an earlier
// federation in the same folder.
func keysOf(t testing.TB, o Options) map[string]memberKeys {
	t.Helper()
	out := make(map[string]memberKeys)
	for _, p := range participants(o.Holders) {
		out[p.ID] = memberKeys{
			Keys:   Keys{Sign: key(t, o.Dir, p.ID+"-sign", o.Alg), Seal: key(t, o.Dir, p.ID+"-seal", "ECDH-ES")},
			Agency: key(t, o.Dir, p.ID+"-agency", "ES256"),
		}
	}
	return out
}

func key(t testing.TB, dir, id, alg string) envelope.PrivateKey {
	t.Helper()
	name := filepath.Join(dir, id+".jwk")
	if b, err := os.ReadFile(name); err == nil {
		k, err := envelope.ParsePrivateJWK(b)
		must(t, err)
		return k
	}
	k, err := envelope.GenerateKey(id, alg)
	must(t, err)
	b, err := envelope.MarshalPrivateJWK(k)
	must(t, err)
	must(t, os.WriteFile(name, b, 0o600))
	return k
}

func registry(t testing.TB, now time.Time, more int, keys map[string]memberKeys) trust.Registry {
	t.Helper()
	r := trust.Registry{Version: 1, IssuedAt: now.Add(-time.Hour), Expires: now.Add(1000 * time.Hour)}
	for _, p := range participants(more) {
		pin := sha256.Sum256([]byte(p.ID))
		p.TLS = []string{hex.EncodeToString(pin[:])}
		p.Endpoint = "https://" + p.ID + ".test.example:8443"
		k := keys[p.ID]
		for use, key := range map[envelope.Use]envelope.PrivateKey{
			envelope.UseSign: k.Sign, envelope.UseSeal: k.Seal, envelope.UseAgency: k.Agency,
		} {
			jwk, err := envelope.MarshalPublicJWK(key.Public(p.ID, use))
			must(t, err)
			p.Keys = append(p.Keys, trust.Key{JWK: jwk, Use: use})
		}
		r.Participants = append(r.Participants, p)
	}
	r.Agreements = []trust.Agreement{{
		Holder: trust.Anyone, Recipient: trust.Anyone, Purposes: []string{"MATCH", "FOUND", "TRACE", "RETURN", "CARE", "ACCOUNTABILITY", "SIGHTING"}, Until: now.Add(1000 * time.Hour),
	}}
	return r
}
