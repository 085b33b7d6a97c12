package envelope

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"homeward.example/gateway/internal/problem"
)

// Verified is a message whose signature, claims and disclosures were checked.
// Only Verify makes one that says anything; a zero Verified has no type.
type Verified struct {
	typ     Type
	key     PublicKey
	claims  Claims
	sdjwt   string
	hash    [32]byte
	content content
}

// Type returns the type of the message.
func (v Verified) Type() Type { return v.typ }

// Issuer returns the participant that signed.
func (v Verified) Issuer() string { return v.claims.Issuer }

// ID returns the jti.
func (v Verified) ID() string { return v.claims.ID }

// IssuedAt returns iat.
func (v Verified) IssuedAt() time.Time { return time.Unix(v.claims.IssuedAt, 0) }

// Expires returns exp.
func (v Verified) Expires() time.Time { return time.Unix(v.claims.Expires, 0) }

// KeyID returns the kid of the signing key.
func (v Verified) KeyID() string { return v.key.ID }

// Use returns the use of the signing key.
func (v Verified) Use() Use { return v.key.Use }

// Hash returns SHA-256 of the signed part: what stands before the first tilde.
func (v Verified) Hash() [32]byte { return v.hash }

// SDJWT returns the message as received, with its disclosures.
func (v Verified) SDJWT() string { return v.sdjwt }

// Payload returns the signed JSON as received, with digests for what is disclosed beside it.
func (v Verified) Payload() []byte { return []byte(v.content.src) }

// Digests returns the digests of the disclosures that came with the message.
func (v Verified) Digests() []string {
	out := make([]string, len(v.content.disclosed))
	for i, o := range v.content.disclosed {
		out[i] = o.Digest()
	}
	return out
}

// Decode reads the content with its disclosures in place, as encoding/json does.
func (v Verified) Decode(dst any) error {
	if len(v.content.nodes) == 0 {
		return problem.New(CodeContent, "message")
	}
	b := v.content.plain(make([]byte, 0, len(v.sdjwt)), 0)
	if err := json.Unmarshal(b, dst); err != nil {
		return problem.New(CodeContent, "payload") // json's text may quote a value
	}
	return nil
}

// Verify checks an SD-JWT: its canonical form, its header, its key, the
// signature, the claims, the disclosures; in this order, so that nothing is
// believed that an earlier check would have refused. Every error is a *problem.Error.
func Verify(sdjwt string, e Expect) (Verified, error) {
	if err := e.complete(); err != nil {
		return Verified{}, err
	}
	jws, disclosures, err := cut(sdjwt)
	if err != nil {
		return Verified{}, err
	}
	hash := sum(jws)
	key, payload, err := e.signed(jws, hash)
	if err != nil {
		return Verified{}, err
	}
	var f faults
	claims := e.checkClaims(payload, key, &f)
	c := content{}
	if len(f) == 0 {
		c = resolve(payload, e.Type, disclosures, &f)
	}
	if err := f.err(); err != nil {
		return Verified{}, err
	}
	return Verified{typ: e.Type, key: key, claims: claims, sdjwt: sdjwt, hash: hash, content: c}, nil
}

// complete refuses an Expect with an empty field: it would disable a check.
func (e Expect) complete() error {
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"Type", e.Type != ""}, {"Audience", e.Audience != ""}, {"Issuer", e.Issuer != ""},
		{"Uses", len(e.Uses) > 0}, {"Keys", e.Keys != nil}, {"Now", !e.Now.IsZero()},
	} {
		if !f.set {
			return problem.New(CodeVerifier, "Expect."+f.name)
		}
	}
	return nil
}

// signed reads the header, finds the key that it names, and no other, and verifies
// the signature. What was seen to verify is not read again; whether its key may sign
// this, and now, is asked each time.
func (e Expect) signed(jws string, hash [sha256.Size]byte) (PublicKey, doc, error) {
	known, seen := e.Seen.get(hash)
	h := known.header
	if !seen {
		var err error
		if h, err = parseHeader(jws); err != nil {
			return PublicKey{}, doc{}, err
		}
	}
	var f faults
	key := e.checkKey(h, &f)
	if err := f.err(); err != nil {
		return PublicKey{}, doc{}, err
	}
	if seen && known.signedBy(key) {
		return key, known.payload, nil
	}
	payload, err := verifyJWS(jws, key)
	if err == nil {
		e.Seen.add(hash, signed{key.Key, h, payload})
	}
	return key, payload, err
}

// checkKey binds the header to a key of the registry: its one algorithm, its use, its time.
func (e Expect) checkKey(h header, f *faults) PublicKey {
	f.check(h.alg == AlgEdDSA || h.alg == AlgES256, CodeAlgorithm, "header alg", "EdDSA or ES256", shown(h.alg))
	f.check(h.typ == string(e.Type), CodeType, "header typ", string(e.Type), shown(h.typ))
	key, ok := e.Keys.PublicKey(h.kid)
	if !f.check(ok && key.ID == h.kid, CodeUnknownKey, "header kid", "a key of the registry", shown(h.kid)) {
		return PublicKey{}
	}
	f.check(slices.Contains(e.Uses, key.Use), CodeKeyUse, "header kid", "use "+string(e.Uses[0]), "use "+string(key.Use))
	f.check(h.alg == key.Alg && key.fits(), CodeAlgorithm, "header alg", key.Alg, shown(h.alg))
	f.check(key.validAt(e.Now), CodeKeyTime, "header kid", "a key that is valid now", shown(h.kid))
	return key
}

func (k PublicKey) validAt(now time.Time) bool {
	return (k.NotBefore.IsZero() || !now.Before(k.NotBefore)) && (k.NotAfter.IsZero() || now.Before(k.NotAfter))
}
