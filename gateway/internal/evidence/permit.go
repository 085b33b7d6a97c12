package evidence

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/evidence/verify"
	"homeward.example/gateway/internal/ledger"
)

// permission is the policy's word on handing out the evidence of one decision.
type permission struct {
	of      ledger.Decision
	word    decide.Exported
	policy  envelope.PolicyRef
	release string // id of the ICRC's release that was presented, "" for none
}

// reason is the code of what was refused or left out by rule, "" if nothing was.
func (p permission) reason() string {
	for _, code := range append([]string{p.word.Refusal}, p.word.Reasons...) {
		if code != "" {
			return code
		}
	}
	return ""
}

// permit asks the policy which of these values may leave.
func (b *Builder) permit(ctx context.Context, d ledger.Decision, r Request, at time.Time, values []value) (p permission, err error) {
	p.of = d
	if d.Purpose == "SIGHTING" || slices.Contains([]string{ledger.KindReported, ledger.KindSighted, ledger.KindTriaged}, d.Kind) {
		// Who reported, and who the witness is, reach nobody else: not by way of evidence
		// either, of which the participants' names are a part (domain: sightings).
		p.word.Refusal = "SUP_PURPOSE"
		return p, nil
	}
	x := decide.Export{
		Exporter: b.party(b.Self), Officer: r.Officer, Side: decide.SideHolder, HolderKind: b.party(d.Holder).Kind, Release: decide.No,
	}
	if d.Holder != b.Self {
		x.Side = decide.SideRequester
	}
	switch {
	case slices.Contains(d.Obligations, "no_onward_transfer"):
		x.NoOnward = decide.Yes
	case d.Kind == ledger.KindReceived:
		x.NoOnward = decide.No
	}
	if r.Release != "" {
		if p.release, err = verify.Release(r.Release, verify.ReleaseFor{To: b.Self, Decision: verify.HolderDecision(d), At: at, Registry: b.Registry}); err != nil {
			return p, err
		}
		x.Release = decide.Yes
	}
	free := freeOf(d)
	for _, v := range values {
		x.Values = append(x.Values, decide.ExportValue{Message: v.message, Path: pathOf(v.message, v.Name), ICRC: b.origin(d, v, free)})
	}
	p.word, p.policy, err = b.Policy.Export(ctx, x)
	return p, err
}

// party is a participant by the registry of now; one that it does not know is
// suspended.
func (b *Builder) party(id string) decide.Party {
	p, ok := b.Registry.Participant(id)
	if !ok {
		return decide.Party{ID: id, Suspended: true}
	}
	return decide.Party{ID: p.ID, Kind: p.Kind, AuthorityOfOrigin: p.AuthorityOfOrigin, Prohibited: p.Prohibited, Suspended: p.Suspended}
}

const kindICRC = "icrc"

// of says whether something that a participant said is the ICRC's.
func (b *Builder) of(id string) decide.Tri {
	switch p, ok := b.Registry.Participant(id); {
	case !ok:
		return decide.Unknown
	case p.Kind == kindICRC:
		return decide.Yes
	}
	return decide.No
}

// origin says whether a value is of the ICRC. A question is whose it is, and so is a
// case link in it. Of an answer the holder's policy saw it record by record; who
// received one was not told, unless it came from the ICRC.
func (b *Builder) origin(d ledger.Decision, v value, free map[string]decide.Tri) decide.Tri {
	if v.message != messageAnswer {
		if of := b.of(d.Requester); of != decide.No || v.Name != "" {
			return of
		}
		var token string
		if json.Unmarshal(v.Value, &token) != nil {
			return decide.Unknown
		}
		claims, err := envelope.ClaimsOf(token)
		if err != nil {
			return decide.Unknown
		}
		return b.of(claims.Issuer)
	}
	if d.Holder != b.Self {
		if b.of(d.Holder) == decide.Yes {
			return decide.Yes
		}
		return decide.Unknown
	}
	return free[v.Digest()] // unknown of what no record has
}

// freeOf says of each value of an answer what the policy saw of its record.
func freeOf(d ledger.Decision) map[string]decide.Tri {
	out := make(map[string]decide.Tri)
	for _, r := range d.Records {
		of := map[string]decide.Tri{"yes": decide.Yes, "no": decide.No}[verify.ICRCOrigin(r.Input)]
		for _, v := range r.Digests {
			if was, twice := out[v.Value]; !twice || was == decide.No {
				out[v.Value] = of
			}
		}
	}
	return out
}
