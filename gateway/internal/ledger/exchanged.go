package ledger

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"

	"homeward.example/gateway/internal/problem"
)

// CodeExchangeUnreadable: what a decision keeps of the messages it is about cannot
// be opened with this gateway's secret, or was changed.
const CodeExchangeUnreadable problem.Code = "exchange_unreadable"

// Message is a signed message of which the parts stand apart: Disclosures, the text
// after the first tilde, are of a child and can be erased alone.
type Message struct {
	JWS         []byte // "header.payload.signature"
	Payload     []byte // what the JWS says, decoded
	Disclosures []byte
	// Hash is the SHA-256 of the JWS, if who verified it has it already; else zero.
	Hash [sha256.Size]byte
}

// MessageOf takes a verified SD-JWT apart.
func MessageOf(sdjwt string, payload []byte) Message {
	jws, disclosures, _ := bytes.Cut([]byte(sdjwt), []byte{'~'})
	return Message{JWS: jws, Payload: payload, Disclosures: disclosures}
}

func (m Message) digest() [sha256.Size]byte {
	if m.Hash == [sha256.Size]byte{} {
		return sha256.Sum256(m.JWS)
	}
	return m.Hash
}

// Clone copies a message out of memory that is used again.
func (m Message) Clone() Message {
	return Message{bytes.Clone(m.JWS), bytes.Clone(m.Payload), bytes.Clone(m.Disclosures), m.Hash}
}

// SDJWT is the whole message again, "" if there is none.
func (m Message) SDJWT() string {
	if len(m.JWS) == 0 {
		return ""
	}
	return string(m.JWS) + "~" + string(m.Disclosures)
}

// Exchanged is what was said where a decision was made. A message that there was
// not is empty: a question that was sent has no answer yet, and an answer that came
// stands beside the decision which sent its question.
type Exchanged struct {
	Query  Message
	Again  Message // the collect that asked for the query again
	Answer Message
}

func (e *Exchanged) messages() [3]*Message { return [3]*Message{&e.Query, &e.Again, &e.Answer} }

// Kept is an Exchanged as a store keeps it.
type Kept struct {
	// Signed holds the signed parts: no value of a child, digests alone.
	Signed []byte
	// Shared marks what other exchanges say in the same words (Row.Shared). It is not
	// read back.
	Shared []Stretch
	// Disclosed holds the disclosures, sealed. Nil once they were erased.
	Disclosed []byte
	// Question and Answer are the SHA-256 of the signed part of the question that
	// was asked or answered, and of its answer; zero if there is none. They are read
	// back by Halves.
	Question, Answer  [32]byte
	signed, disclosed *buffer // where Keep made them; nil of what was read
}

// give ends what was stored.
func (k *Kept) give() {
	if k == nil || k.signed == nil {
		return
	}
	k.signed.give()
	k.disclosed.give()
}

// ExchangeStore keeps what was said.
type ExchangeStore interface {
	// Exchange returns problem "not_found" for a decision that kept none.
	Exchange(ctx context.Context, decision string) (Kept, error)
	// EraseExchanges drops the disclosures of these decisions; the signed parts stay.
	EraseExchanges(ctx context.Context, decisions []string) error
}

// Box seals disclosures at rest: whoever has the database alone reads no name. The
// zero value seals and opens nothing.
type Box struct{ aead cipher.AEAD }

// NewBox derives the key of all disclosures from the gateway's key for subjects.
func NewBox(subjectKey []byte) (Box, error) {
	key, err := hkdf.Key(sha256.New, subjectKey, nil, "homeward exchanges", 32)
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

// Keep makes what a store keeps of the messages of one decision. The payloads are
// kept decoded, since base64 takes a third more and hides what messages share:
// Signed is, for each message, "header..signature" (RFC 7515 appendix F) and the
// payload, each after its length; Disclosed is sealed to the decision's id.
func (b Box) Keep(decision string, e Exchanged) (*Kept, error) {
	if b.aead == nil {
		return nil, problem.New(CodeExchangeUnreadable, "no key")
	}
	signed, disclosed := 0, 3*binary.MaxVarintLen32+sealedMore
	for _, m := range e.messages() {
		signed += 2*binary.MaxVarintLen32 + len(m.Payload) + frameSize
		disclosed += len(m.Disclosures)
	}
	k := &Kept{signed: takeBuffer(), disclosed: takeBuffer()}
	k.Signed = slices.Grow(k.signed.b, signed)
	plain := slices.Grow(k.disclosed.b, disclosed)
	for _, m := range e.messages() {
		header, rest, _ := bytes.Cut(m.JWS, []byte{'.'})
		signature := rest[bytes.LastIndexByte(rest, '.')+1:]
		frame := len(header) + len(signature)
		if len(m.JWS) > 0 {
			frame += len("..")
		}
		k.Signed = append(binary.AppendUvarint(k.Signed, uint64(frame)), header...)
		if len(m.JWS) > 0 {
			k.Signed = append(k.Signed, ".."...)
		}
		k.Signed = append(k.Signed, signature...)
		k.Signed = binary.AppendUvarint(k.Signed, uint64(len(m.Payload)))
		k.share(m.Payload)
		k.Signed = append(k.Signed, m.Payload...)
		plain = append(binary.AppendUvarint(plain, uint64(len(m.Disclosures))), m.Disclosures...)
	}
	k.halves(e)
	k.Disclosed = b.aead.Seal(plain[:0], nil, plain, []byte(decision)) //nolint:gosec // this AEAD draws a random nonce itself and puts it before the text
	k.signed.b, k.disclosed.b = k.Signed, k.Disclosed
	return k, nil
}

// sealedMore is what a sealed text takes more: nonce and tag.
const sealedMore = 12 + 16

// frameSize is about that of a header and a signature in base64.
const frameSize = 256

// fields starts what an answer says of each field: what the policy said, in the same
// words to thousands of questions.
var fields = []byte(`,"fields":[`)

// share marks the lists of fields in a payload that is about to be appended. A list
// that is found too short is shared in part; reading back does not depend on it.
func (k *Kept) share(payload []byte) {
	for from := 0; ; {
		at := bytes.Index(payload[from:], fields)
		if at < 0 {
			return
		}
		from += at + len(fields)
		size := bytes.IndexByte(payload[from:], ']')
		if size >= sharedSize {
			k.Shared = append(k.Shared, Stretch{len(k.Signed) + from, len(k.Signed) + from + size})
		}
		from += max(size, 0)
	}
}

// Read takes apart what Keep made. erased says that the disclosures are gone.
func (b Box) Read(decision string, k Kept) (e Exchanged, erased bool, err error) {
	signed := k.Signed
	for _, m := range e.messages() {
		var frame []byte
		if frame, signed, err = cutLength(signed); err != nil {
			return Exchanged{}, false, err
		}
		if m.Payload, signed, err = cutLength(signed); err != nil {
			return Exchanged{}, false, err
		}
		if len(frame) > 0 {
			header, signature, _ := bytes.Cut(frame, []byte(".."))
			m.JWS = bytes.Join([][]byte{header, base64.RawURLEncoding.AppendEncode(nil, m.Payload), signature}, []byte{'.'})
		}
	}
	if len(k.Disclosed) == 0 {
		return e, true, nil
	}
	return e, false, b.open(decision, k.Disclosed, &e)
}

func (b Box) open(decision string, sealed []byte, e *Exchanged) error {
	if b.aead == nil {
		return problem.New(CodeExchangeUnreadable, "no key")
	}
	plain, err := b.aead.Open(nil, nil, sealed, []byte(decision))
	if err != nil {
		return problem.Wrap(CodeExchangeUnreadable, "disclosures", err)
	}
	for _, m := range e.messages() {
		if m.Disclosures, plain, err = cutLength(plain); err != nil {
			return err
		}
	}
	return nil
}

// cutLength takes what stands after its length.
func cutLength(b []byte) (part, rest []byte, err error) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return nil, nil, problem.New(CodeExchangeUnreadable, "length")
	}
	b = b[size:]
	return b[:n:n], b[n:], nil
}
