package exchange

import (
	"context"
	"errors"
	"maps"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/matching"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/seal"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Problems of issuing a case link.
const (
	CodeNoSuchChild        problem.Code = "no_such_child"
	CodeUnknownParticipant problem.Code = "unknown_participant"
	CodeLinkEnd            problem.Code = "link_end"
	CodeLinkIdentity       problem.Code = "link_identity"
	CodeLinkTerms          problem.Code = "link_terms"
	CodeNoRecords          problem.Code = "no_records"
)

// maxLinkLife bounds a case link; a longer case gets a new one.
const maxLinkLife = 366 * 24 * time.Hour

// LinkRequest is what an officer of the issuer decides: this child, this
// recipient, this purpose, until then, these leads.
type LinkRequest struct {
	Child     string // record id in one's own system
	Identity  string // the identity it covers: "original" (default) or "imposed"
	Recipient string
	Purpose   string // "RETURN"
	Until     time.Time
	Leads     []string // further holders that may be asked
	// QueryJTI, if set, lets the recipient collect the link with that question.
	QueryJTI string
	Officer  envelope.Officer
}

// IssueLink signs a case link, after it is recorded. The link covers one
// identity of the child, as this holder's own record has it.
func (x *Exchange) IssueLink(ctx context.Context, r LinkRequest) (ledger.Link, error) {
	if err := x.checkLink(&r); err != nil {
		return ledger.Link{}, err
	}
	child, err := x.linkedChild(ctx, r)
	if err != nil {
		return ledger.Link{}, err
	}
	version, err := x.unheld(ctx, r.Child, "child")
	if err != nil {
		return ledger.Link{}, err
	}
	now := x.Now()
	link := envelope.CaseLink{
		Claims: envelope.Claims{
			Issuer: x.Self, Audience: r.Recipient, ID: envelope.NewID(),
			IssuedAt: now.Unix(), Expires: r.Until.Unix(),
		},
		Purpose: r.Purpose, Child: child, Leads: r.Leads,
	}
	payload, disclosures, err := envelope.CaseLinkPayload(link)
	if err != nil {
		return ledger.Link{}, err
	}
	receipt, err := x.Ledger.Record(ctx, payload, ledger.Decision{
		Kind: ledger.KindLinked, Holder: x.Self, Requester: r.Recipient, Peer: r.Recipient, Purpose: r.Purpose,
		Officer: r.Officer, QueryID: r.QueryJTI, Links: []string{link.ID}, Outcome: "issued",
	}, ledger.Commit{Matters: x.leads(r.Leads, r.Child, now), Standing: version})
	if err != nil {
		return ledger.Link{}, err
	}
	token, err := seal.Statement(receipt, payload, disclosures, envelope.TypeCaseLink, x.SignKey)
	if err != nil {
		return ledger.Link{}, err
	}
	issued := ledger.Link{ID: link.ID, Recipient: r.Recipient, QueryJTI: r.QueryJTI, Token: token, Expires: r.Until}
	return issued, x.Store.PutLink(ctx, issued)
}

// leads remembers whom a link of this child or a go-ahead names, so that they are told
// when the child is held back.
func (x *Exchange) leads(named []string, child string, now time.Time) []ledger.Matter {
	var out []ledger.Matter
	for _, lead := range named {
		out = append(out, ledger.Matter{
			ID: envelope.NewID(), Kind: ledger.MatterLead, State: "named", Participant: lead, Subject: x.subject(child), At: now,
		})
	}
	return out
}

func (x *Exchange) checkLink(r *LinkRequest) error {
	if r.Identity == "" {
		r.Identity = catalog.Original
	}
	if r.Identity != catalog.Original && r.Identity != catalog.Imposed {
		return problem.Mismatch(CodeLinkIdentity, "identity", "original or imposed", r.Identity)
	}
	if x.Source == nil {
		return problem.New(CodeNoRecords, "source")
	}
	for _, id := range append([]string{r.Recipient}, r.Leads...) {
		if _, ok := x.Registry.Participant(id); !ok {
			return problem.Mismatch(CodeUnknownParticipant, "registry", "a participant", id)
		}
	}
	if err := x.checkTerms(r); err != nil {
		return err
	}
	if left := r.Until.Sub(x.Now()); left <= 0 || left > maxLinkLife {
		return problem.Mismatch(CodeLinkEnd, "until", "a day within the next 366", r.Until.Format(time.DateOnly))
	}
	return nil
}

// checkTerms refuses a link that could open nothing: for MATCH, whose hit comes to
// the authority of origin anyway, for oneself, or with a lead that holds no records.
func (x *Exchange) checkTerms(r *LinkRequest) error {
	if n := homewardv1.Purpose_value["PURPOSE_"+r.Purpose]; n == 0 || r.Purpose == "MATCH" {
		return problem.Mismatch(CodeLinkTerms, "purpose", "a purpose that a link opens, e.g. RETURN", r.Purpose)
	}
	if r.Recipient == x.Self {
		return problem.Mismatch(CodeLinkTerms, "recipient", "another participant", "oneself")
	}
	return x.holdRecords("leads", r.Leads)
}

func (x *Exchange) holdRecords(where string, ids []string) error {
	for _, id := range ids {
		if p, ok := x.Registry.Participant(id); !ok || !p.Holder {
			return problem.Mismatch(CodeLinkTerms, where, "participants that hold records", id)
		}
	}
	return nil
}

// linkedChild is what other holders will compare: one identity of the child, and
// which of one's own records it is.
func (x *Exchange) linkedChild(ctx context.Context, r LinkRequest) (map[string]string, error) {
	record, err := x.identified(ctx, r.Child)
	if err != nil {
		return nil, err
	}
	child := identityOf(record, r.Identity)
	if len(child) < minIdentity {
		return nil, problem.Mismatch(CodeLinkIdentity, "child", "a name and a birth date of the "+r.Identity+" identity", "too little to tell the child from another")
	}
	child[linkRecord], child[linkIdentity] = r.Child, r.Identity
	return child, nil
}

// minIdentity is how many criteria tell a child from another (never 8).
const minIdentity = 2

// identified reads the names and birth dates of one of this holder's records, and
// what else it is asked for.
func (x *Exchange) identified(ctx context.Context, id string, more ...string) (*homewardv1.ChildRecord, error) {
	record, err := x.Source.Get(ctx, id, append(adapters.Mask{"name.full", "name.given", "name.family", "birth.birth_date"}, more...))
	if errors.Is(err, adapters.ErrNotFound) {
		return nil, problem.New(CodeNoSuchChild, "child")
	}
	if err != nil {
		return nil, problem.Wrap(problem.CodeUnavailable, "source", err)
	}
	return record.Child, nil
}

// identityOf is given and family name and birth date of one identity; the full
// name where the source has no parts. What the record lacks is left out.
func identityOf(record *homewardv1.ChildRecord, identity string) map[string]string {
	name, birth := record.GetName(), record.GetBirth()
	child := map[string]string{
		critGiven:  matching.First(name.GetGiven(), identity),
		critFamily: matching.First(name.GetFamily(), identity),
		critBorn:   matching.First(birth.GetBirthDate(), identity),
	}
	if child[critGiven] == "" || child[critFamily] == "" {
		child[critFull] = matching.First(name.GetFull(), identity)
	}
	maps.DeleteFunc(child, func(_, value string) bool { return value == "" })
	return child
}
