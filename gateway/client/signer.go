package client

import (
	"slices"
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
// for two minutes and once. Of a case link the holder is shown what concerns it. has
// is what the plan says that was received of the child; without it the gateway refuses.
func (s *Signer) SignQuery(holder string, q *homewardv1.AskRequest, has ...string) (string, error) {
	now := time.Now()
	query := envelope.Query{
		Claims: envelope.Claims{
			Issuer: s.participant, Audience: holder, ID: envelope.NewID(),
			IssuedAt: now.Unix(), Expires: now.Add(life).Unix(),
		},
		Officer: envelope.Officer{ID: q.GetOfficer().GetId(), Role: q.GetOfficer().GetRole()},
		Purpose: strings.TrimPrefix(q.GetPurpose().String(), "PURPOSE_"),
		Basis:   q.GetBasis(), Case: q.GetCase(), Criteria: criteria(q.GetCriteria()), Fields: q.GetFields(),
		Need: q.GetNeed(), Present: q.GetPresent(), Has: has, Schema: envelope.Schema,
	}
	for _, link := range q.GetLinks() {
		shown, err := present(link, holder)
		if err != nil {
			return "", err
		}
		if shown != "" {
			query.Links = append(query.Links, shown)
		}
	}
	if glass := q.GetBreakGlass(); glass != nil && approved(query.Links) {
		query.BreakGlass = &envelope.BreakGlass{Columns: glass.GetColumns(), Why: glass.GetWhy()}
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
// which record is meant; any other holder the identity, and that it is a lead
// itself. A go-ahead goes to every holder, an approval to its own alone; what is
// not for this holder is "".
func present(link, holder string) (string, error) {
	t, err := envelope.TypeOf(link)
	if err != nil {
		return "", err
	}
	claims, err := envelope.ClaimsOf(link)
	switch {
	case err != nil:
		return "", err
	case t == envelope.TypeGoAhead: // of the holders that it names, each sees itself; the site, which it compares, all see
		return envelope.Present(link, func(d envelope.Disclosure) bool { return d.Name != "" || string(d.Value) == `"`+holder+`"` })
	case t == envelope.TypeApproval && claims.Audience == holder:
		return link, nil
	case t == envelope.TypeApproval:
		return "", nil
	}
	return envelope.Present(link, func(d envelope.Disclosure) bool {
		record := d.Name == envelope.LinkRecord || d.Name == envelope.LinkIdentity
		if claims.Issuer == holder {
			return record
		}
		return (d.Name != "" && !record) || string(d.Value) == `"`+holder+`"`
	})
}

// approved says whether an approval is among what goes to a holder: only then is
// it asked by break-glass.
func approved(links []string) bool {
	return slices.ContainsFunc(links, func(l string) bool {
		t, _ := envelope.TypeOf(l)
		return t == envelope.TypeApproval
	})
}
