package envelope

import (
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/problem"
)

// TestRememberedSignatures: what verified before and would be refused now is
// refused as it is without a memory, with the same code.
func TestRememberedSignatures(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{AlgEdDSA, AlgES256} {
		t.Run(alg, func(t *testing.T) {
			t.Parallel()
			p := newParty(t, alg)
			message := p.query(t, func(*Query) {})
			seen := NewSignatures()
			for range 2 {
				e := expect(TypeQuery, p.keys)
				e.Seen = seen
				if v, err := Verify(message, e); err != nil || v.SDJWT() != message {
					t.Fatal(err)
				}
			}
			other := newParty(t, alg)
			retired := p.key.Public("gov-pl", UseSign)
			retired.NotAfter = now
			parts := strings.Split(message, "~")
			signed := []byte(parts[0])
			signed[len(signed)-20] ^= 1
			for name, c := range map[string]struct {
				message string
				change  func(*Expect)
			}{
				"key gone":           {message, func(e *Expect) { e.Keys = keyring{} }},
				"key replaced":       {message, func(e *Expect) { e.Keys = other.keys }},
				"key ended":          {message, func(e *Expect) { e.Keys = keyring{}.add(retired) }},
				"key of another":     {message, func(e *Expect) { e.Keys = keyring{}.add(p.key.Public("gov-ca", UseSign)) }},
				"expired":            {message, func(e *Expect) { e.Now = e.Now.Add(time.Hour) }},
				"other audience":     {message, func(e *Expect) { e.Audience = "icrc" }},
				"other type":         {message, func(e *Expect) { e.Type = TypeCaseLink }},
				"other use":          {message, func(e *Expect) { e.Uses = []Use{UseAgency} }},
				"signature changed":  {string(signed) + "~", func(*Expect) {}},
				"foreign disclosure": {message + NewDisclosure("given", []byte(`"X"`)).String() + "~", func(*Expect) {}},
				"disclosure twice":   {message + parts[1] + "~", func(*Expect) {}},
			} {
				e := expect(TypeQuery, p.keys)
				c.change(&e)
				_, want := Verify(c.message, e)
				e.Seen = seen
				for range 2 {
					if _, got := Verify(c.message, e); want == nil || got == nil || code(t, got) != code(t, want) {
						t.Errorf("%s: %v, without a memory %v", name, got, want)
					}
				}
			}
		})
	}
}

// TestSignaturesAreComputedOnce: what is in the memory is not computed, and it is
// in there for its key alone.
func TestSignaturesAreComputedOnce(t *testing.T) {
	t.Parallel()
	p, other := newParty(t, AlgEdDSA), newParty(t, AlgEdDSA)
	jws, rest, _ := strings.Cut(p.query(t, func(*Query) {}), "~")
	unsigned := jws[:strings.LastIndexByte(jws, '.')+1] + strings.Repeat("A", 86)
	payload, err := verifyJWS(jws, p.key.Public("gov-pl", UseSign))
	if err != nil {
		t.Fatal(err)
	}
	e := expect(TypeQuery, p.keys)
	e.Seen = NewSignatures()
	for _, c := range []struct {
		remember PrivateKey
		want     problem.Code
	}{{other.key, CodeSignature}, {p.key, ""}} {
		h, err := parseHeader(jws)
		if err != nil {
			t.Fatal(err)
		}
		e.Seen.add(sha256.Sum256([]byte(unsigned)), signed{c.remember.Public("gov-pl", UseSign).Key, h, payload})
		if _, err := Verify(unsigned+"~"+rest, e); code(t, err) != c.want {
			t.Errorf("remembered for %v: %v", c.remember, err)
		}
	}
}

// What is large is computed each time.
func TestSignaturesHoldNothingLarge(t *testing.T) {
	t.Parallel()
	p, hash := newParty(t, AlgEdDSA), sha256.Sum256(nil)
	key := p.key.Public("gov-pl", UseSign)
	for size, want := range map[int]bool{maxSeen / 2: true, 2 * maxSeen: false} {
		seen := NewSignatures()
		payload, err := scan(`{"a":"`+strings.Repeat("x", size)+`"}`, kindObject, "payload")
		if err != nil {
			t.Fatal(err)
		}
		seen.add(hash, signed{by: key.Key, payload: payload})
		if got, ok := seen.get(hash); ok != want || ok && got.payload.src != payload.src {
			t.Errorf("of %d bytes: remembered %v", size, ok)
		}
	}
}
