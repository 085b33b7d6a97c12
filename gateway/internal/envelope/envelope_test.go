package envelope

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{AlgEdDSA, AlgES256} {
		t.Run(alg, func(t *testing.T) {
			t.Parallel()
			key, seal := newKey(t, "gov-pl.sign.1", alg), newKey(t, "gov-ua.seal.1", AlgECDHES)
			keys := keyring{}.add(key.Public("gov-pl", UseSign))
			q := sampleQuery()
			payload, ds, err := QueryPayload(q)
			if err != nil {
				t.Fatal(err)
			}
			sdjwt, err := Sign(payload, ds, TypeQuery, key)
			if err != nil {
				t.Fatal(err)
			}
			jwe, err := Seal(sdjwt, TypeQuery, seal.Public("gov-ua", UseSeal))
			if err != nil {
				t.Fatal(err)
			}
			opened, err := Open(jwe, TypeQuery, []PrivateKey{seal})
			if err != nil || opened != sdjwt {
				t.Fatalf("opened %q, %v", opened, err)
			}
			v, err := Verify(opened, expect(TypeQuery, keys))
			if err != nil {
				t.Fatal(err)
			}
			got, err := v.Query()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(q, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An id can be typed after a command: it is no flag.
func TestNewIDIsNoFlag(t *testing.T) {
	t.Parallel()
	for range 5000 {
		if id := NewID(); len(id) != 22 || id[0] == '-' {
			t.Fatalf("id %q", id)
		}
	}
}
