// Package attack makes the messages that a gateway must refuse: every attack on
// message level that security.md names. Tests run it at the verifier and over
// the wire; no gateway imports it.
package attack

import (
	"strings"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// Layers say what a token is, and so where it is put in.
const (
	JWS = "jws" // an SD-JWT: to Verify, to the agency listener, or sealed as it is
	JWE = "jwe" // a sealed message: to Open and Verify, or to the federation listener
	Raw = "raw" // neither: wherever bytes are taken
)

// Case is one message that must be refused.
type Case struct {
	Name  string
	Token string
	Layer string
	// Want is the code at the verifier; empty where more than one is right.
	Want problem.Code
	// Coarse: the signer is not proven, so nothing but the coarse class may be told.
	Coarse bool
}

// Material is what an attacker may hold: a participant's own keys, and messages
// that would be accepted.
type Material struct {
	// Keys are registry keys of the sender for use sign; best one EdDSA and one ES256.
	Keys []envelope.PrivateKey
	// Stranger is a registry key of another participant.
	Stranger envelope.PrivateKey
	// SealTo is the key of the gateway under attack.
	SealTo envelope.PublicKey
	Type   envelope.Type
	// Payload makes a valid content with a jti of its own, with or without disclosures.
	Payload func() ([]byte, []envelope.Disclosure)
	// Now is the time by the clock of the gateway under attack.
	Now time.Time
}

// Corpus makes all attacks afresh; each has a jti of its own, so that none is
// refused for being a replay.
func Corpus(m Material) []Case {
	var all []Case
	for _, key := range m.Keys {
		f := forger{Material: m, key: key}
		for _, group := range [][]Case{algorithms(f), keys(f), headers(f), forms(f), claims(f), disclosures(f)} {
			for _, c := range group {
				c.Name = key.Alg + " " + c.Name
				all = append(all, c)
			}
		}
	}
	f := forger{Material: m, key: m.Keys[0]}
	return append(append(all, seals(f)...), raw(f)...)
}

// Valid makes what must be accepted, by the same hand: a test that runs it too
// knows that the corpus is refused for its attacks and not for the forger's mistakes.
func Valid(m Material) []Case {
	var all []Case
	for _, key := range m.Keys {
		f := forger{Material: m, key: key}
		all = append(all,
			Case{Name: key.Alg + " signed", Token: f.valid(), Layer: JWS},
			Case{Name: key.Alg + " sealed", Token: f.seal(box{plaintext: padded(f.valid()), header: f.sealHeader}), Layer: JWE})
	}
	return all
}

// Huge is 64 MiB, apart from the corpus for its weight.
func Huge() Case {
	return Case{Name: "64 MiB", Token: strings.Repeat("A", 64<<20), Layer: Raw, Want: envelope.CodeTooLarge, Coarse: true}
}
