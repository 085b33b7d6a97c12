package casework

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// CodeMatterUnreadable: the body of a matter cannot be opened with this gateway's
// secret, or was changed.
const CodeMatterUnreadable problem.Code = "matter_unreadable"

// Box seals what a matter says of a child: the store keeps a body that only this
// gateway's secret opens, and that is bound to its matter's id. Whoever has the
// database alone reads no name. The zero value seals and opens nothing.
type Box struct{ aead cipher.AEAD }

// NewBox derives the key of all bodies from the gateway's key for subjects.
func NewBox(subjectKey []byte) (Box, error) {
	key, err := hkdf.Key(sha256.New, subjectKey, nil, "homeward matters", 32)
	if err != nil {
		return Box{}, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return Box{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return Box{aead}, err
}

// Seal encodes v into the body of the matter, or another row, that has this id.
func (b Box) Seal(id string, v any) ([]byte, error) {
	if b.aead == nil {
		return nil, problem.New(CodeMatterUnreadable, "no key")
	}
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, problem.Wrap(CodeMatterUnreadable, "body", err)
	}
	return b.aead.Seal(nil, nil, plain, []byte(id)), nil //nolint:gosec // this AEAD draws a random nonce itself and puts it before the text
}

// Open decodes a matter's body into v. A body that was erased leaves v as it is.
func (b Box) Open(m ledger.Matter, v any) error {
	if len(m.Body) == 0 {
		return nil
	}
	return b.OpenRow(m.Kind, m.ID, m.Body, v)
}

// OpenRow is Open for the body of a row of any kind.
func (b Box) OpenRow(kind, id string, body []byte, v any) error {
	if b.aead == nil {
		return problem.New(CodeMatterUnreadable, "no key")
	}
	plain, err := b.aead.Open(nil, nil, body, []byte(id))
	if err == nil {
		err = json.Unmarshal(plain, v)
	}
	if err != nil {
		return problem.Wrap(CodeMatterUnreadable, kind, err)
	}
	return nil
}
