package exchange

import (
	"slices"
	"strings"
	"time"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/minimize"
	"homeward.example/gateway/internal/problem"
)

// What the policy refuses, as the proven caller is told it.
const (
	CodePolicyRefused   problem.Code = "policy_refused"
	CodeNoAgreement     problem.Code = "no_agreement"
	CodeProhibitedParty problem.Code = "prohibited_party"
	CodeBulk            problem.Code = "query_too_broad"
	CodePurposeRole     problem.Code = "purpose_not_for_role"
	CodeUnknownField    problem.Code = "unknown_field"
)

// refusalProblem says to a caller, who is proven, what the policy's code means.
// Every one of these depends on the question alone and tells nothing of records.
func refusalProblem(reason string) problem.Code {
	switch reason {
	case "DENY_PROHIBITED_PARTY":
		return CodeProhibitedParty
	case "SUP_NO_AGREEMENT":
		return CodeNoAgreement
	case "DENY_BULK":
		return CodeBulk
	case "SUP_ROLE", "SUP_PURPOSE":
		return CodePurposeRole
	case "SUP_NOT_REQUESTED":
		return CodeUnknownField
	default:
		return CodePolicyRefused
	}
}

// decision is the ledger's record of an answer, with all that must be durable
// together with it: the claim, what was disclosed, whom to tell, what is pending.
func (x *Exchange) decision(message envelope.Verified, released minimize.Released, p people) (ledger.Decision, ledger.Commit, error) {
	a := released.Admitted()
	f := a.Facts()
	asked := a.Fresh().Verified()
	d := received(ledger.KindAnswered, message, f.Query.Officer)
	d.QueryID, d.QueryHash = asked.ID(), hash(asked)
	d.Purpose, d.Basis, d.Case = f.Query.Purpose, f.Query.Basis, f.Query.Case
	d.Links = linkIDs(append(slices.Clip(f.Query.Links), p.statements...))
	d.Holder, d.Policy = x.Self, a.Policy()
	d.Outcome, d.Reason, d.Input = released.Status(), a.Refusal()+a.Reason(), a.Input()
	d.Failure = a.Failure()
	extra := ledger.Commit{Claim: claim(message)}
	for _, r := range released.Records() {
		subject := x.subject(r.ID)
		d.Records = append(d.Records, ledger.DecidedRecord{
			Subject: subject, Version: ledger.HashVersion(r.Version), Matched: r.Matched,
			Verdicts: r.Set.Ledger, Input: r.Set.Input, Digests: digests(r.Disclosures),
		})
		if r.Set.Failure != "" {
			d.Failure = r.Set.Failure
		}
		if len(r.Set.Groups) > 0 {
			extra.Disclosures = append(extra.Disclosures, x.update(f.Requester.ID, subject, r))
		}
	}
	if p.push != nil {
		d.QueryID = p.push.ID
		done := *p.push
		done.State = casework.PushCollected
		row, err := done.Matter(x.box)
		if err != nil {
			return d, extra, err
		}
		extra.Matters = append(extra.Matters, row)
	}
	if p.glass != nil && p.glass.suspended && d.Reason == "" {
		d.Reason = reasonSuspended
	}
	if !p.resumed { // whom it concerns was told when it came
		if err := x.tell(a, released, &extra); err != nil {
			return d, extra, err
		}
	}
	switch {
	case p.push != nil: // it waits as what it is
	case a.Pending():
		extra.Pending = pendingOf(asked, p.until(x.Now()))
	case a.NotifyAlways() && !p.resumed:
		extra.Pending = pendingOf(asked, x.Now().Add(foundFor))
	}
	return d, extra, x.keep(p.glass, a, &extra)
}

// pendingOf keeps a question, to be decided again when it is collected.
func pendingOf(asked envelope.Verified, until time.Time) *ledger.Pending {
	return &ledger.Pending{
		Issuer: asked.Issuer(), JTI: asked.ID(), Query: asked.SDJWT(), Asked: asked.IssuedAt(), Until: until,
	}
}

func digests(ds []envelope.Disclosure) ledger.Digests {
	out := make(ledger.Digests, len(ds))
	for i, d := range ds {
		out[i] = ledger.Digest{Name: d.Name, Value: d.Digest()}
	}
	return out
}

// update is what the requester has received of one record after this answer.
func (x *Exchange) update(requester, subject string, r minimize.ReleasedRecord) ledger.DisclosureUpdate {
	return ledger.DisclosureUpdate{
		Requester: requester, Subject: subject, ReadVersion: r.Set.Disclosed.Version,
		Groups: decide.Union(r.Set.Disclosed.Groups, r.Set.Groups),
	}
}

// refusal records why a proven caller was refused before a decision on fields.
// It claims the message, but for two cases: a replay is claimed already, and what
// was over the budget may be a copy of one that is still being answered.
func (x *Exchange) refusal(message envelope.Verified, p *problem.Error) (ledger.Decision, ledger.Commit) {
	d := received(ledger.KindAnswered, message, envelope.Officer{})
	if q, err := queryOf(message); err == nil {
		d.Officer, d.Purpose, d.Basis, d.Case = q.Officer, q.Purpose, q.Basis, q.Case
	}
	d.Holder = x.Self
	d.Outcome, d.Reason = envelope.StatusRefused, string(p.Code)
	if p.Code == budget.CodeRateLimited {
		d.Reason = "DENY_RATE" // as the policy would say it
	}
	if p.Code == ledger.CodeReplayed || p.Code == budget.CodeRateLimited {
		return d, ledger.Commit{}
	}
	return d, ledger.Commit{Claim: claim(message)}
}

// received starts the record of a message that came.
func received(kind string, message envelope.Verified, officer envelope.Officer) ledger.Decision {
	return ledger.Decision{
		Kind: kind, Requester: message.Issuer(), Peer: message.Issuer(), Officer: officer,
		QueryID: message.ID(), QueryHash: hash(message), Presented: message.Digests(),
	}
}

func claim(v envelope.Verified) *ledger.Claim {
	return &ledger.Claim{Issuer: v.Issuer(), JTI: v.ID(), Expires: v.Expires()}
}

func hash(v envelope.Verified) string {
	h := v.Hash()
	return envelope.Base64(h[:])
}

// linkIDs names case links by the hash of their signed part: enough to find the
// link in its issuer's ledger, nothing of the child.
func linkIDs(tokens []string) []string {
	ids := make([]string, len(tokens))
	for i, token := range tokens {
		jws, _, _ := strings.Cut(token, "~")
		ids[i] = envelope.SHA256(jws)
	}
	return ids
}

// sentMessage is one message to one participant, as the ledger knows it.
type sentMessage struct {
	queryID string // of the whole question
	to      string
	jti     string // of the query at that holder: what the answer must name
	officer envelope.Officer
	purpose string
	basis   string
	label   string // the agency's case number
	links   []string
	client  string             // who asked, and may collect
	asked   bool               // a question of one's own, to be collected later
	policy  envelope.PolicyRef // that said whom to ask
	child   string             // keyed: whom it is about
	pushed  string             // at a mediator: the jti of the case link that is collected; "" for a question
	said    ledger.Exchanged   // the question as it was signed
	// criteria of the question, for the authority of origin; none if it was linked or is collected.
	criteria map[string]string
}

func (x *Exchange) sentQuery(by Client, queryID string, q envelope.Query) sentMessage {
	return sentMessage{
		queryID: queryID, to: q.Audience, jti: q.ID, officer: q.Officer, purpose: q.Purpose,
		basis: q.Basis, label: q.Case, links: linkIDs(q.Links), client: by.Name, asked: true, criteria: q.Criteria,
	}
}

func (x *Exchange) sending(m sentMessage, kind string) (ledger.Decision, ledger.Commit) {
	d := ledger.Decision{
		Kind: kind, Holder: m.to, Requester: x.Self, Peer: m.to, Officer: m.officer, Purpose: m.purpose,
		Basis: m.basis, Case: m.label, Links: m.links, QueryID: m.jti, Policy: m.policy, Outcome: "sent",
	}
	return d, m.extra(x, "sent")
}

func (x *Exchange) receiving(m sentMessage, v envelope.Verified, a envelope.Answer) (ledger.Decision, ledger.Commit) {
	d := received(ledger.KindReceived, v, m.officer)
	d.Holder, d.Requester, d.Purpose, d.QueryID = m.to, x.Self, m.purpose, m.jti
	d.Outcome, d.Policy = a.Status, a.Policy
	d.TheirDecision, d.TheirLeaf = a.Decision, a.Leaf
	for _, r := range a.Records {
		d.Obligations = append(d.Obligations, r.Obligations...)
	}
	return d, m.extra(x, a.Status)
}

func (m sentMessage) extra(x *Exchange, status string) ledger.Commit {
	if !m.asked {
		return ledger.Commit{}
	}
	return ledger.Commit{Asked: []ledger.Asked{{
		QueryID: m.queryID, Holder: m.to, JTI: m.jti, Purpose: m.purpose, Subject: m.child,
		Client: m.client, Role: m.officer.Role, Status: status, At: x.Now(),
	}}}
}
