package checkpoint

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	foreign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// vkey is a key as foreign tools take it.
func vkey(v note.Verifier, kind byte, public ed25519.PublicKey) string {
	return fmt.Sprintf("%s+%08x+%s", v.Name(), v.KeyHash(), base64.StdEncoding.EncodeToString(append([]byte{kind}, public...)))
}

// What we sign foreign readers verify: x/mod's notes and transparency-dev's cosignatures.
func TestForeignReaders(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	text := Head{Size: 32}.Body(LogName("gov-test"))
	log, err := NewSigner(LogName("gov-test"), private)
	if err != nil {
		t.Fatal(err)
	}
	witness, err := NewCosigner(WitnessName("unicef"), private, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	raw, err := note.Sign(&note.Note{Text: text}, log, witness)
	if err != nil {
		t.Fatal(err)
	}
	logKey, err := note.NewVerifier(vkey(log.(signer).key, typeEd25519, public))
	if err != nil {
		t.Fatal(err)
	}
	witnessKey, err := foreign.NewVerifierForCosignatureV1(vkey(witness.(signer).key, typeCosignature, public))
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(raw, note.VerifierList(logKey, witnessKey))
	if err != nil || len(n.Sigs) != 2 {
		t.Fatalf("%v, %d signatures", err, len(n.Sigs))
	}
	if at, err := foreign.CoSigV1Timestamp(n.Sigs[1]); err != nil || !at.Equal(now) {
		t.Errorf("time %v, %v", at, err)
	}
	line, err := Line(witness, text)
	if err != nil || string(raw[len(raw)-len(line):]) != line {
		t.Errorf("a line of its own differs: %q, %v", line, err)
	}
}

// One witness counts once, and nobody else counts.
func TestCosigners(t *testing.T) {
	t.Parallel()
	logSigner, _ := keys(t)
	raw, err := note.Sign(&note.Note{Text: Head{Size: 32}.Body(origin)}, logSigner)
	if err != nil {
		t.Fatal(err)
	}
	var known []note.Verifier
	for _, name := range []string{"a", "b", "c"} {
		public, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		v, err := NewCosignatureVerifier(WitnessName(name), public)
		if err != nil {
			t.Fatal(err)
		}
		if name != "c" {
			known = append(known, v)
		}
		for hour := range 2 {
			s, err := NewCosigner(WitnessName(name), private, func() time.Time { return time.Unix(int64(hour)*3600, 0) })
			if err != nil {
				t.Fatal(err)
			}
			line, err := Line(s, Head{Size: 32}.Body(origin))
			if err != nil {
				t.Fatal(err)
			}
			raw = append(raw, line...)
		}
	}
	if n := Cosigners(raw, known); n != 2 {
		t.Errorf("%d cosigners, want 2", n)
	}
}
