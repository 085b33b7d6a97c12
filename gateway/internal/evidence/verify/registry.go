package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
)

// fixed is one registry at one time.
type fixed struct {
	registry trust.Registry
	digest   [32]byte
}

func (f fixed) Load(time.Time) (trust.Registry, [32]byte, error) { return f.registry, f.digest, nil }

// openRegistry opens a signed registry as it stood at a time. Without a key it is
// read and not believed.
func openRegistry(raw []byte, at time.Time, key *envelope.PublicKey) (*trust.Live, trust.Registry, error) {
	var r trust.Registry
	var err error
	if key != nil {
		r, err = trust.Verify(raw, *key, at)
	} else {
		r, err = unverified(raw)
	}
	if err != nil {
		return nil, r, err
	}
	live, err := trust.Open(trust.Options{Source: fixed{r, sha256.Sum256(raw)}, Clock: func() time.Time { return at }})
	return live, r, err
}

// unverified reads what a registry says, whoever signed it.
func unverified(raw []byte) (trust.Registry, error) {
	parts := strings.Split(strings.TrimSuffix(string(raw), "~\n"), ".")
	if len(parts) != 3 {
		return trust.Registry{}, problem.New(trust.CodeInvalid, "registry")
	}
	payload, err := strict64(parts[1])
	if err != nil {
		return trust.Registry{}, problem.New(trust.CodeInvalid, "registry")
	}
	var said struct {
		envelope.Claims
		trust.Registry
	}
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	if err := d.Decode(&said); err != nil {
		return trust.Registry{}, problem.Wrap(trust.CodeInvalid, "registry", err)
	}
	return said.Registry, trust.Validate(said.Registry)
}

func strict64(s string) ([]byte, error) { return base64.RawURLEncoding.Strict().DecodeString(s) }
