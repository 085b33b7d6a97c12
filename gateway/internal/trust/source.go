package trust

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"os"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// Who signs a registry and for whom, as its claims iss and aud. No participant may have these ids.
const (
	Issuer   = "registry"
	Audience = "federation"
)

// Source brings registries whose signatures hold. A signed file is one;
// threshold-signed metadata will be another.
type Source interface {
	// Load returns the newest registry there is and a digest of its signed bytes.
	// It is called twice a second, so it is cheap while nothing changes.
	Load(now time.Time) (Registry, [32]byte, error)
}

// signed is the payload of a homeward-registry message.
type signed struct {
	envelope.Claims
	Registry
}

// Sign validates a registry and signs it with the registry's key. The result is
// the whole file. Times are kept to the second.
func Sign(r Registry, key envelope.PrivateKey) ([]byte, error) {
	r.IssuedAt, r.Expires = r.IssuedAt.UTC().Truncate(time.Second), r.Expires.UTC().Truncate(time.Second)
	if err := Validate(r); err != nil {
		return nil, problem.Wrap(CodeInvalid, "registry", err)
	}
	payload, err := json.Marshal(signed{envelope.Claims{
		Issuer: Issuer, Audience: Audience, ID: envelope.NewID(),
		IssuedAt: r.IssuedAt.Unix(), Expires: r.Expires.Unix(),
	}, r})
	if err != nil {
		return nil, problem.Wrap(CodeInvalid, "registry", err)
	}
	token, err := envelope.Sign(payload, nil, envelope.TypeRegistry, key)
	if err != nil {
		return nil, err
	}
	return append([]byte(token), '\n'), nil
}

// Verify reads a registry file: the signature under the registry's key, then
// every entry. Errors name what is wrong and where.
func Verify(file []byte, key envelope.PublicKey, now time.Time) (Registry, error) {
	key.Participant, key.Use = Issuer, envelope.UseSign
	v, err := envelope.Verify(string(bytes.TrimSuffix(file, []byte("\n"))), envelope.Expect{
		Type: envelope.TypeRegistry, Audience: Audience, Issuer: Issuer,
		Uses: []envelope.Use{envelope.UseSign}, Keys: oneKey(key), Now: now,
	})
	if err != nil {
		return Registry{}, err
	}
	var s signed
	d := json.NewDecoder(bytes.NewReader(v.Payload()))
	d.DisallowUnknownFields() // a rule that this build does not know must not go unread
	if err := d.Decode(&s); err != nil {
		return Registry{}, err
	}
	if !s.Registry.IssuedAt.Equal(v.IssuedAt()) || !s.Registry.Expires.Equal(v.Expires()) {
		return Registry{}, problem.Mismatch(CodeInvalid, "issued_at, expires", "the times of iat and exp", "others")
	}
	return s.Registry, Validate(s.Registry)
}

// oneKey is the only key that signs registries.
type oneKey envelope.PublicKey

func (k oneKey) PublicKey(kid string) (envelope.PublicKey, bool) {
	return envelope.PublicKey(k), kid == k.ID
}

// fileSource is a signed file. It remembers the bytes that it read last, so that
// a file that did not change is compared and not verified again.
type fileSource struct {
	path     string
	key      envelope.PublicKey
	raw      []byte
	registry Registry
	err      error
}

// Load reads the file. A broken one gives the same error until it changes.
func (s *fileSource) Load(now time.Time) (Registry, [32]byte, error) {
	raw, err := readBounded(s.path)
	if err != nil {
		return Registry{}, [32]byte{}, problem.Wrap(CodeInvalid, "registry file "+s.path, err)
	}
	if s.raw == nil || !bytes.Equal(raw, s.raw) {
		s.raw, s.err = raw, nil
		if s.registry, err = Verify(raw, s.key, now); err != nil {
			s.err = problem.Wrap(CodeInvalid, "registry file "+s.path, err)
		}
	}
	return s.registry, sha256.Sum256(raw), s.err
}

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, envelope.MaxMessage+2))
	if err == nil && len(raw) > envelope.MaxMessage+1 {
		err = problem.New(problem.CodeTooLarge, "")
	}
	return raw, err
}
