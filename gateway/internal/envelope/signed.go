package envelope

import (
	"bytes"
	"slices"
)

// Signed is a message of one's own that is signed and not sealed. It lies in memory
// that is used again: whoever has one ends it by Seal, or leaves it to the collector
// if something may still read it.
type Signed struct {
	payload, message *buffer
	typ              Type
}

// SignParts signs a payload whose parts stand one behind the other, and puts the
// disclosures beside it.
func SignParts(payload [][]byte, ds []Disclosure, t Type, key PrivateKey) (*Signed, error) {
	s := &Signed{payload: takeBuffer(), message: takeBuffer(), typ: t}
	size := 0
	for _, part := range payload {
		size += len(part)
	}
	s.payload.b = slices.Grow(s.payload.b, size)
	for _, part := range payload {
		s.payload.b = append(s.payload.b, part...)
	}
	var err error
	if s.message.b, err = appendSigned(s.message.b, s.payload.b, ds, t, key); err != nil {
		s.end()
		return nil, err
	}
	return s, nil
}

// JWS is the signed part, Payload what it says, Disclosures what stands beside it.
// They are the message's own memory: not to be changed, nor read after Seal.
func (s *Signed) JWS() []byte { return s.message.b[:bytes.IndexByte(s.message.b, '~')] }

// Payload is the JSON that was signed.
func (s *Signed) Payload() []byte { return s.payload.b }

// Disclosures is the text after the first tilde.
func (s *Signed) Disclosures() []byte { return s.message.b[bytes.IndexByte(s.message.b, '~')+1:] }

// Seal pads and encrypts the message to a participant's key, and ends it.
func (s *Signed) Seal(to PublicKey) (string, error) {
	defer s.end()
	return s.message.seal(s.typ, to)
}

// end leaves nothing of the message behind.
func (s *Signed) end() {
	s.payload.give()
	s.message.give()
}
