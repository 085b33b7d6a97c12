package ledger_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

func box(t interface{ Fatal(...any) }, secret byte) ledger.Box {
	b, err := ledger.NewBox(bytes.Repeat([]byte{secret}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func message(payload, disclosures string) ledger.Message {
	jws := "aGVhZA." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
	return ledger.MessageOf(jws+"~"+disclosures, []byte(payload))
}

// TestExchanged: whatever was said is read back to the byte, and the signed part
// alone once the disclosures were erased.
func TestExchanged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		drawn := func(name string) ledger.Message {
			if rapid.Bool().Draw(t, name+" is there") {
				return message(rapid.String().Draw(t, name), rapid.StringMatching(`([A-Za-z]{1,9}~){0,3}`).Draw(t, name+"'s disclosures"))
			}
			return ledger.Message{}
		}
		said := ledger.Exchanged{Query: drawn("query"), Again: drawn("again"), Answer: drawn("answer")}
		kept, err := box(t, 1).Keep("decision", said)
		if err != nil {
			t.Fatal(err)
		}
		got, erased, err := box(t, 1).Read("decision", *kept)
		if err != nil || erased || tokens(got) != tokens(said) {
			t.Fatalf("read back %v, erased %t, %v", tokens(got), erased, err)
		}
		kept.Disclosed = nil
		got, erased, err = ledger.Box{}.Read("decision", *kept)
		if err != nil || !erased || string(got.Query.Payload) != string(said.Query.Payload) || len(got.Answer.Disclosures) > 0 {
			t.Fatalf("after the erasure %v, erased %t, %v", got, erased, err)
		}
	})
}

func tokens(e ledger.Exchanged) [3]string {
	return [3]string{e.Query.SDJWT(), e.Again.SDJWT(), e.Answer.SDJWT()}
}

// TestExchangedShares: the list of fields is marked, so that a store keeps it once.
func TestExchangedShares(t *testing.T) {
	t.Parallel()
	words := bytes.Repeat([]byte(`{"path":"name.family","verdict":"released"},`), 20)
	payload := `{"records":[{"_sd":["x"],"fields":[` + string(words) + `]},{"_sd":["y"],"fields":[]}]}`
	kept, err := box(t, 1).Keep("decision", ledger.Exchanged{Answer: message(payload, "")})
	if err != nil {
		t.Fatal(err)
	}
	var shared [][]byte
	for _, s := range kept.Shared {
		shared = append(shared, kept.Signed[s.From:s.To])
	}
	if diff := cmp.Diff([][]byte{words}, shared); diff != "" {
		t.Error(diff)
	}
}

// TestExchangedLeavesNothingBehind: of what was disclosed nothing stands in the memory
// in which it was sealed, which is used again: not behind its end, nor where it was too small.
func TestExchangedLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 100, 5_000, 20_000} {
		said := ledger.Exchanged{
			Query: message("{}", strings.Repeat("c2VjcmV0~", n)), Again: message("{}", "c2VjcmV0~"), Answer: message("{}", strings.Repeat("c2VjcmV0~", n)),
		}
		kept, err := box(t, 1).Keep("decision", said)
		if err != nil {
			t.Fatal(err)
		}
		for _, memory := range [][]byte{kept.Disclosed, kept.Signed} {
			if bytes.Contains(memory[:cap(memory)], []byte("c2VjcmV0")) {
				t.Errorf("%d disclosures: some of them are left", n)
			}
		}
	}
}

// TestExchangedChanged: disclosures of another decision, of another gateway, or
// changed by a bit are not read; nor is a signed part that was cut.
func TestExchangedChanged(t *testing.T) {
	t.Parallel()
	kept, err := box(t, 1).Keep("decision", ledger.Exchanged{Query: message(`{"a":1}`, "WyJzIl0~")})
	if err != nil {
		t.Fatal(err)
	}
	unreadable := problem.New(ledger.CodeExchangeUnreadable, "")
	if _, _, err := box(t, 1).Read("another", *kept); !errors.Is(err, unreadable) {
		t.Errorf("as another decision's: %v", err)
	}
	if _, _, err := box(t, 2).Read("decision", *kept); !errors.Is(err, unreadable) {
		t.Errorf("with another secret: %v", err)
	}
	if _, err := (ledger.Box{}).Keep("decision", ledger.Exchanged{}); !errors.Is(err, unreadable) {
		t.Errorf("without a key: %v", err)
	}
	for i := range kept.Disclosed {
		changed := *kept
		changed.Disclosed = slices.Clone(kept.Disclosed)
		changed.Disclosed[i] ^= 1
		if _, _, err := box(t, 1).Read("decision", changed); !errors.Is(err, unreadable) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	for n := range len(kept.Signed) {
		if _, _, err := box(t, 1).Read("decision", ledger.Kept{Signed: kept.Signed[:n]}); !errors.Is(err, unreadable) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
}
