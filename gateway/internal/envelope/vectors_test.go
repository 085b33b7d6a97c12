package envelope_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/envelope/attack"
	"homeward.example/gateway/internal/problem"
)

// The vectors are for readers in any language. They were made once, by
//
//	go test ./gateway/internal/envelope -run TestVectors -update
//
// which makes a file that is not there. They are kept: what was accepted or refused
// then must be so for ever, by the same code.
var update = flag.Bool("update", false, "make the vectors that are missing")

const vectorsDir = "../../../schemas/vectors/envelope"

// vectors is one file. All keys and values in it are synthetic.
type vectors struct {
	About string    `json:"about"`
	Now   time.Time `json:"now"`
	// Registry lists the public keys that the verifier knows.
	Registry []vectorKey `json:"registry"`
	// Open lists the private keys of the addressee.
	Open  []map[string]string `json:"open"`
	Cases []vector            `json:"cases"`
}

type vectorKey struct {
	Participant string            `json:"participant"`
	Use         envelope.Use      `json:"use"`
	JWK         map[string]string `json:"jwk"`
}

type vector struct {
	Name     string        `json:"name"`
	Layer    string        `json:"layer"` // jws: signed; jwe: sealed, with the signed message inside
	Type     envelope.Type `json:"type"`
	Issuer   string        `json:"issuer"`
	Audience string        `json:"audience"`
	Message  string        `json:"message"`
	// Code is that of the refusal; Content what an accepted message says, its disclosures in place.
	Code    problem.Code    `json:"code,omitempty"`
	Content json.RawMessage `json:"content,omitempty"`
}

func (v vectors) PublicKey(kid string) (envelope.PublicKey, bool) {
	for _, k := range v.Registry {
		if k.JWK["kid"] == kid {
			key, err := envelope.ParsePublicJWK(k.JWK)
			key.Participant, key.Use = k.Participant, k.Use
			return key, err == nil
		}
	}
	return envelope.PublicKey{}, false
}

// read does what a gateway does with the message of a vector.
func (v vectors) read(c vector) (envelope.Verified, error) {
	message := c.Message
	if c.Layer != attack.JWS {
		var own []envelope.PrivateKey
		for _, jwk := range v.Open {
			raw, err := json.Marshal(jwk)
			if err != nil {
				return envelope.Verified{}, err
			}
			key, err := envelope.ParsePrivateJWK(raw)
			if err != nil {
				return envelope.Verified{}, err
			}
			own = append(own, key)
		}
		var err error
		if message, err = envelope.Open(message, c.Type, own); err != nil {
			return envelope.Verified{}, err
		}
	}
	return envelope.Verify(message, envelope.Expect{
		Type: c.Type, Audience: c.Audience, Issuer: c.Issuer, Keys: v, Now: v.Now, Uses: []envelope.Use{envelope.UseSign},
	})
}

func TestVectors(t *testing.T) {
	t.Parallel()
	if *update {
		makeVectors(t)
	}
	for file, least := range map[string]int{"accept.json": 12, "accept-statements.json": 7, "accept-pending.json": 6, "reject.json": 300, "reject-pending.json": 300} {
		raw, err := os.ReadFile(filepath.Join(vectorsDir, file))
		if err != nil {
			t.Fatal(err)
		}
		var v vectors
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		if len(v.Cases) < least {
			t.Errorf("%s has %d cases", file, len(v.Cases))
		}
		for _, c := range v.Cases {
			v.check(t, c)
		}
	}
}

func (v vectors) check(t *testing.T, c vector) {
	t.Helper()
	verified, err := v.read(c)
	var p *problem.Error
	if c.Code != "" {
		if err == nil {
			err = typed(verified) // rightly signed, and wrong in what it says
		}
		if !errors.As(err, &p) || p.Code != c.Code {
			t.Errorf("%s: %v, want %s", c.Name, err, c.Code)
		}
		return
	}
	if err != nil {
		t.Errorf("%s: %v", c.Name, err)
		return
	}
	var got, want any
	if err := errors.Join(verified.Decode(&got), json.Unmarshal(c.Content, &want), typed(verified)); err != nil {
		t.Errorf("%s: %v", c.Name, err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s says\n%v, want\n%v", c.Name, got, want)
	}
}

// typed reads the content by its type, which is stricter than Decode.
func typed(v envelope.Verified) error {
	var err error
	switch v.Type() {
	case envelope.TypeQuery:
		_, err = v.Query()
	case envelope.TypeAnswer:
		_, err = v.Answer()
	case envelope.TypeCaseLink:
		_, err = v.CaseLink()
	case envelope.TypeCollect:
		_, err = v.Collect()
	case envelope.TypeNotice:
		_, err = v.Notice()
	case envelope.TypeGoAhead:
		_, err = v.GoAhead()
	case envelope.TypeApproval:
		_, err = v.Approval()
	}
	return err
}

// write puts one case on a line, so that a change of one shows as one.
func (v vectors) write(t *testing.T, file string) {
	t.Helper()
	cases := v.Cases
	v.Cases = nil
	head, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	out.Write(bytes.TrimSuffix(head, []byte("null\n}")))
	for i, c := range cases {
		line, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(map[bool]string{true: "[\n", false: ",\n"}[i == 0])
		out.Write(line)
	}
	out.WriteString("\n]}\n")
	if err := os.WriteFile(filepath.Join(vectorsDir, file), out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
