package seal_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/seal"
)

// deaf is a store that commits, or does not.
type deaf struct {
	ledger.Store
	err error
}

func (d deaf) Commit(context.Context, ledger.Commit) error { return d.err }

func key(t *testing.T, alg string, use envelope.Use) envelope.PrivateKey {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key.jwk")
	if _, err := keyring.NewKey(file, "gov-test", alg, use, time.Now()); err != nil {
		t.Fatal(err)
	}
	k, err := keyring.ReadPrivate(file)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestSignedLeavesWithItsReceipt: what was signed over a draft is sealed by the
// receipt of that draft alone: not by that of another, nor by none.
func TestSignedLeavesWithItsReceipt(t *testing.T) {
	t.Parallel()
	sign, to := key(t, "EdDSA", envelope.UseSign), key(t, "ECDH-ES", envelope.UseSeal).Public("gov-pl", envelope.UseSeal)
	payload := []byte(`{"iss":"gov-test"}`)
	record := func(store ledger.Store, content []byte) (signed seal.Signed, receipt ledger.Receipt, err error) {
		receipt, err = ledger.New(store, time.Now).RecordSaid(t.Context(), content, ledger.Decision{Kind: ledger.KindAsked}, ledger.Commit{},
			func(d ledger.Draft) (_ *ledger.Kept, err error) {
				signed, err = seal.Query(d, nil, envelope.TypeQuery, sign)
				if err == nil && !bytes.Equal(signed.Kept().Payload, content) {
					t.Errorf("signed %s, decided on %s", signed.Kept().Payload, content)
				}
				return &ledger.Kept{}, err
			})
		return signed, receipt, err
	}
	unrecorded := problem.New(seal.CodeUnrecorded, "")

	first, own, err := record(deaf{}, payload)
	if err != nil {
		t.Fatal(err)
	}
	_, other, err := record(deaf{}, payload) // of the same content: another decision all the same
	if err != nil {
		t.Fatal(err)
	}
	for name, receipt := range map[string]ledger.Receipt{"another's": other, "none": {}} {
		if _, err := first.SealAsking(receipt, to); !errors.Is(err, unrecorded) {
			t.Errorf("sealed by %s receipt: %v", name, err)
		}
	}
	if _, err := first.SealAsking(own, to); err != nil {
		t.Errorf("by its own: %v", err)
	}
	if _, err := (seal.Signed{}).Seal(own, to); !errors.Is(err, unrecorded) {
		t.Errorf("nothing is sealed: %v", err)
	}

	lost, none, err := record(deaf{err: problem.New(problem.CodeUnavailable, "")}, payload)
	if err == nil {
		t.Fatal("a store that failed recorded")
	}
	if _, err := lost.Seal(none, to); !errors.Is(err, unrecorded) {
		t.Errorf("sealed what was not recorded: %v", err)
	}
	if _, err := seal.Query(ledger.Draft{}, nil, envelope.TypeQuery, sign); !errors.Is(err, unrecorded) {
		t.Errorf("signed over no draft: %v", err)
	}
	if _, err := seal.Answer(ledger.Draft{}, nil, seal.Head{}, sign); !errors.Is(err, unrecorded) {
		t.Errorf("answered over no draft: %v", err)
	}
}
