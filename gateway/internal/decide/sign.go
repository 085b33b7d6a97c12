package decide

import (
	"encoding/json"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// overlayClaims is the payload of a homeward-overlay token, which a holder issues
// to itself.
type overlayClaims struct {
	envelope.Claims
	Digest  string `json:"digest"`
	Version string `json:"version"`
	Schema  string `json:"schema"`
}

// Sign makes the overlay that its holder has signed, good until a time that is
// at most 400 days away.
func (b Bundle) Sign(holder string, key envelope.PrivateKey, now, until time.Time) (Bundle, error) {
	if err := b.check(RootOverlay); err != nil {
		return Bundle{}, err
	}
	payload, err := json.Marshal(overlayClaims{envelope.Claims{
		Issuer: holder, Audience: holder, ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: until.Unix(),
	}, b.Digest, b.Version, b.Schema})
	if err != nil {
		return Bundle{}, err
	}
	b.Signature, err = envelope.Sign(payload, nil, envelope.TypeOverlay, key)
	return b, err
}

// verifySignature holds an overlay against its signature, by a key of the holder's.
func (b Bundle) verifySignature(holder string, keys envelope.Keys, now time.Time) error {
	v, err := envelope.Verify(b.Signature, envelope.Expect{
		Type: envelope.TypeOverlay, Audience: holder, Issuer: holder,
		Uses: []envelope.Use{envelope.UseSign}, Keys: keys, Now: now,
	})
	if err != nil {
		return err
	}
	var c overlayClaims
	if err := v.Decode(&c); err != nil {
		return err
	}
	if c.Digest != b.Digest || c.Version != b.Version || c.Schema != b.Schema {
		return problem.Mismatch(CodeBundle, "signature of overlay", b.Digest, c.Digest)
	}
	return nil
}
