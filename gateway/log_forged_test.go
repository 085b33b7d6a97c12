package gateway_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/trust"
)

// Who has the registry's key and those of a participant names witnesses of its own, and
// makes them cosign another history. A witness that remembers the log does not: it goes on
// from what it cosigned itself.
func TestForgedGenerationIsNotCosigned(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		forged, alone bool
		status        int
		told          string
	}{
		"what it cosigned":           {status: http.StatusOK},
		"another history":            {forged: true, status: http.StatusForbidden, told: "not cosigned by this witness, or by too few"},
		"another, without a witness": {forged: true, alone: true, status: http.StatusForbidden, told: "not cosigned by this witness, or by too few"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFederation(t, nil)
			icrc := f.start("icrc", gateway.Deps{})
			log := forger{f: f, as: f.peer(icrc, demo.Requester)}
			begun, right := checkpoint.Head{Size: 32, Root: checkpoint.Leaf{7}}, checkpoint.Leaf{8}
			grown := checkpoint.Head{Size: 64, Root: sha256.Sum256(append(append([]byte{1}, begun.Root[:]...), right[:]...))}
			from := log.signed(1, begun)
			cosigned := log.add(0, "", from)
			if r := log.add(32, base64.StdEncoding.EncodeToString(right[:])+"\n", log.signed(1, grown)); cosigned.status != http.StatusOK || r.status != http.StatusOK {
				t.Fatalf("before the break: %d, %d %s", cosigned.status, r.status, r.body)
			}
			witnesses := trust.Witnesses{Quorum: 1, Participants: []string{"icrc", "unicef"}}
			from = append(from, cosigned.body...)
			if c.forged {
				begun.Root, witnesses.Participants = checkpoint.Leaf{9}, []string{"unicef", "gov-ca"}
				from = log.cosigned("unicef", log.signed(1, begun))
			}
			if c.alone {
				witnesses = trust.Witnesses{}
			}
			f.registry(func(r *trust.Registry) {
				r.Version++
				r.Witnesses = witnesses
				for i := range r.Participants {
					if p := &r.Participants[i]; p.ID == demo.Requester {
						p.EndedLogs = []trust.EndedLog{{
							Origin: checkpoint.LogName(p.ID), Size: grown.Size, Root: base64.StdEncoding.EncodeToString(grown.Root[:]), Continues: string(from),
						}}
					}
				}
			})
			var r response
			eventually(t, "the registry is in force", patience, func() bool {
				r = log.add(32, "", log.signed(2, begun))
				return !strings.Contains(r.body, "is not signed by the log")
			})
			if r.status != c.status || !strings.Contains(r.body, c.told) {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
}

// forger has the keys of the requester, and of whom it likes.
type forger struct {
	f  *federation
	as *caller
}

func (l forger) signed(generation int, h checkpoint.Head) []byte {
	l.f.t.Helper()
	config, err := gateway.Load(l.f.Member(demo.Requester).Config, nil, nil)
	ok(l.f.t, err)
	o, err := gateway.LogOptions(config, generation)
	ok(l.f.t, err)
	raw, err := note.Sign(&note.Note{Text: h.Body(o.Origin)}, o.Signer)
	ok(l.f.t, err)
	return raw
}

func (l forger) cosigned(by string, raw []byte) []byte {
	l.f.t.Helper()
	config, err := gateway.Load(l.f.Member(by).Config, nil, nil)
	ok(l.f.t, err)
	key, err := keyring.ReadPrivate(config.Keys.Log)
	ok(l.f.t, err)
	private, _ := key.Ed25519()
	cosigner, err := checkpoint.NewCosigner(checkpoint.WitnessName(by), private, time.Now)
	ok(l.f.t, err)
	_, err = note.Open(raw, note.VerifierList())
	var n *note.UnverifiedNoteError
	if !errors.As(err, &n) {
		l.f.t.Fatal(err)
	}
	line, err := note.Sign(n.Note, cosigner)
	ok(l.f.t, err)
	v, err := checkpoint.NewCosignatureVerifier(checkpoint.WitnessName(by), private.Public().(ed25519.PublicKey))
	ok(l.f.t, err)
	if checkpoint.Cosigners(line, []note.Verifier{v}) != 1 {
		l.f.t.Fatal("the forger's witness did not cosign")
	}
	return line
}

func (l forger) add(old uint64, proof string, raw []byte) response {
	return l.as.do(l.as.two, http.MethodPost, "/tlog/add-checkpoint", "text/plain", append(fmt.Appendf(nil, "old %d\n%s\n", old, proof), raw...))
}
