package exchange_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
)

// floor is the cryptography of one exchange and nothing else: no claims are
// read, no disclosures resolved, nothing is decided or recorded. It uses the
// same code as the gateway, of which only the bare signature check is not
// exported: that is go-jose's, here as there.
type floor struct {
	open    []envelope.PrivateKey // gov-ua's seal key
	verify  any                   // gov-pl's public signing key
	alg     jose.SignatureAlgorithm
	payload []byte // the signed part of an answer, with beside it what is
	beside  string // disclosed: both are sealed, only the first is signed
	sign    envelope.PrivateKey
	seal    envelope.PublicKey
}

// floorOf takes for its messages a query and what gov-ua answers to it.
func floorOf(b *testing.B, f *gatewaytest.Federation, query string) floor {
	b.Helper()
	ua, pl := f.Member("gov-ua"), f.Member("gov-pl")
	reply, err := ua.Answer(b.Context(), "gov-pl", query)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := envelope.Open(reply, envelope.TypeAnswer, pl.SealKeys)
	if err != nil {
		b.Fatal(err)
	}
	jws, beside, _ := strings.Cut(answer, "~")
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(jws, ".")[1])
	if err != nil {
		b.Fatal(err)
	}
	public := pl.Keys.Sign.Public("gov-pl", envelope.UseSign)
	return floor{
		open: ua.SealKeys, verify: public.Key, alg: jose.SignatureAlgorithm(public.Alg),
		payload: payload, beside: beside, sign: ua.Keys.Sign,
		seal: pl.Keys.Seal.Public("gov-pl", envelope.UseSeal),
	}
}

func (f floor) once(query string) error {
	sdjwt, err := envelope.Open(query, envelope.TypeQuery, f.open)
	if err != nil {
		return err
	}
	jws, _, _ := strings.Cut(sdjwt, "~")
	parsed, err := jose.ParseSignedCompact(jws, []jose.SignatureAlgorithm{f.alg})
	if err != nil {
		return err
	}
	if _, err := parsed.Verify(f.verify); err != nil {
		return err
	}
	signed, err := envelope.Sign(f.payload, nil, envelope.TypeAnswer, f.sign)
	if err != nil {
		return err
	}
	_, err = envelope.Seal(signed+f.beside, envelope.TypeAnswer, f.seal)
	return err
}
