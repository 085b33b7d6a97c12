package client

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/gateway/internal/envelope"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// life of a signed question: the longest that holders accept.
const life = 2 * time.Minute

// Signer signs an agency's own questions.
type Signer struct {
	participant string
	key         envelope.PrivateKey
}

// NewSigner reads a private JWK (EdDSA or ES256) whose public half the registry
// lists for the participant with use "agency".
func NewSigner(participant string, jwk []byte) (*Signer, error) {
	key, err := envelope.ParsePrivateJWK(jwk)
	if err != nil {
		return nil, err
	}
	return &Signer{participant: participant, key: key}, nil
}

// SignQuery signs a question to one holder as an SD-JWT for Forward. It counts
// for two minutes and once. Of a case link the holder is shown what concerns it.
func (s *Signer) SignQuery(holder string, q *homewardv1.AskRequest) (string, error) {
	now := time.Now()
	query := envelope.Query{
		Claims: envelope.Claims{
			Issuer: s.participant, Audience: holder, ID: envelope.NewID(),
			IssuedAt: now.Unix(), Expires: now.Add(life).Unix(),
		},
		Officer: envelope.Officer{ID: q.GetOfficer().GetId(), Role: q.GetOfficer().GetRole()},
		Purpose: strings.TrimPrefix(q.GetPurpose().String(), "PURPOSE_"),
		Basis:   q.GetBasis(), Case: q.GetCase(), Criteria: criteria(q.GetCriteria()), Fields: q.GetFields(), Schema: envelope.Schema,
	}
	for _, link := range q.GetLinks() {
		shown, err := present(link, holder)
		if err != nil {
			return "", err
		}
		query.Links = append(query.Links, shown)
	}
	payload, disclosures, err := envelope.QueryPayload(query)
	if err != nil {
		return "", err
	}
	return envelope.Sign(payload, disclosures, envelope.TypeQuery, s.key)
}

// criteria are the set fields by their names in the schema.
func criteria(c *homewardv1.Criteria) map[string]string {
	out := make(map[string]string)
	c.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		out[string(f.Name())] = v.String()
		return true
	})
	return out
}

// present drops from a link what its reader need not know: its issuer is shown
// which record is meant; any other holder the identity, and that it is a lead itself.
func present(link, holder string) (string, error) {
	issuer, err := issuerOf(link)
	if err != nil {
		return "", err
	}
	return envelope.Present(link, func(d envelope.Disclosure) bool {
		record := d.Name == "record_id" || d.Name == "identity"
		if issuer == holder {
			return record
		}
		return (d.Name != "" && !record) || string(d.Value) == `"`+holder+`"`
	})
}

// issuerOf reads who issued a link. It verifies nothing: the gateway does.
func issuerOf(link string) (string, error) {
	var claims struct {
		Issuer string `json:"iss"`
	}
	if parts := strings.Split(link, "."); len(parts) == 3 {
		b, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err == nil && json.Unmarshal(b, &claims) == nil && claims.Issuer != "" {
			return claims.Issuer, nil
		}
	}
	return "", errors.New("a link is not an SD-JWT in compact form")
}
