package checkpoint

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/problem"
)

// LogName is the origin of a participant's log in its first generation. No two
// participants have the same id.
func LogName(participant string) string { return "homeward.example/" + participant + logSuffix }

const logSuffix = "/ledger"

// WitnessName is the name under which a participant cosigns.
func WitnessName(participant string) string { return "homeward.example/" + participant + "/witness" }

// Signature types of C2SP signed notes: https://c2sp.org/signed-note#signature-types.
const (
	typeEd25519     = 0x01
	typeCosignature = 0x04
)

// key is one Ed25519 key under a name, as signed notes know it.
type key struct {
	name   string
	hash   uint32
	public ed25519.PublicKey
	// message is what is signed of a note's text at a time, 0 for no time.
	message func(text []byte, at uint64) []byte
	timed   bool
}

func newKey(name string, kind byte, public ed25519.PublicKey) (key, error) {
	if len(public) != ed25519.PublicKeySize {
		return key{}, problem.New(CodeCheckpoint, "key of "+name)
	}
	h := sha256.Sum256(append([]byte(name+"\n"+string(kind)), public...))
	k := key{name: name, hash: binary.BigEndian.Uint32(h[:]), public: public, message: plain}
	if kind == typeCosignature {
		k.message, k.timed = cosigned, true
	}
	return k, nil
}

func plain(text []byte, _ uint64) []byte { return text }

// cosigned is the signed message of https://c2sp.org/tlog-cosignature.
func cosigned(text []byte, at uint64) []byte {
	return append([]byte("cosignature/v1\ntime "+strconv.FormatUint(at, 10)+"\n"), text...)
}

func (k key) Name() string    { return k.name }
func (k key) KeyHash() uint32 { return k.hash }

// Verify implements note.Verifier.
func (k key) Verify(msg, sig []byte) bool {
	at := uint64(0)
	if k.timed {
		if len(sig) != 8+ed25519.SignatureSize {
			return false
		}
		at, sig = binary.BigEndian.Uint64(sig), sig[8:]
	}
	return ed25519.Verify(k.public, k.message(msg, at), sig)
}

// NewVerifier checks a log's signatures.
func NewVerifier(name string, public ed25519.PublicKey) (note.Verifier, error) {
	return newKey(name, typeEd25519, public)
}

// NewCosignatureVerifier checks a witness's signatures.
func NewCosignatureVerifier(name string, public ed25519.PublicKey) (note.Verifier, error) {
	return newKey(name, typeCosignature, public)
}

type signer struct {
	key
	private ed25519.PrivateKey
	now     func() time.Time
}

// Sign implements note.Signer.
func (s signer) Sign(msg []byte) ([]byte, error) {
	if !s.timed {
		return ed25519.Sign(s.private, msg), nil
	}
	at := uint64(s.now().Unix())
	return append(binary.BigEndian.AppendUint64(nil, at), ed25519.Sign(s.private, s.message(msg, at))...), nil
}

// NewSigner signs a log's checkpoints.
func NewSigner(name string, private ed25519.PrivateKey) (note.Signer, error) {
	k, err := newKey(name, typeEd25519, private.Public().(ed25519.PublicKey))
	return signer{key: k, private: private}, err
}

// NewCosigner signs as a witness, with the time.
func NewCosigner(name string, private ed25519.PrivateKey, now func() time.Time) (note.Signer, error) {
	k, err := newKey(name, typeCosignature, private.Public().(ed25519.PublicKey))
	return signer{key: k, private: private, now: now}, err
}

// Cosigners counts the distinct witnesses who signed a checkpoint, of those given.
func Cosigners(raw []byte, witnesses []note.Verifier) int {
	n, err := note.Open(raw, note.VerifierList(witnesses...))
	if err != nil {
		return 0
	}
	by := make(map[string]bool)
	for _, s := range n.Sigs {
		by[s.Name] = true
	}
	return len(by)
}

// Line is a signature as it stands under a note.
func Line(s note.Signer, text string) (string, error) {
	sig, err := s.Sign([]byte(text))
	if err != nil {
		return "", err
	}
	raw := append(binary.BigEndian.AppendUint32(nil, s.KeyHash()), sig...)
	return fmt.Sprintf("— %s %s\n", s.Name(), base64.StdEncoding.EncodeToString(raw)), nil
}
