package exchange

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/seal"
)

// ReleaseRequest is what an officer of the ICRC decides: what came from it may stand
// in the evidence of one decision that one participant hands out.
type ReleaseRequest struct {
	Decision string // the holder's id of it
	To       string // who hands it out
	Until    time.Time
	Officer  envelope.Officer
}

// IssueRelease records a release of the ICRC for evidence and signs it. It lets
// nobody ask: no question has its purpose.
func (x *Exchange) IssueRelease(ctx context.Context, r ReleaseRequest) (Statement, error) {
	if x.party(x.Self).Kind != kindICRC {
		return Statement{}, problem.Mismatch(CodeStatementIssuer, "this gateway", "that of the ICRC", x.Self)
	}
	if !slices.Contains(casework.IssuerRoles(), r.Officer.Role) {
		return Statement{}, problem.Mismatch(problem.CodeForbidden, "officer.role", strings.Join(casework.IssuerRoles(), ", "), r.Officer.Role)
	}
	if _, err := uuid.Parse(r.Decision); err != nil {
		return Statement{}, problem.Mismatch(CodeStatementInvalid, "decision", "the id of a decision", "another word")
	}
	if to := x.party(r.To); to.Prohibited || to.Suspended {
		return Statement{}, problem.Mismatch(CodeStatementInvalid, "to", "a participant in good standing", r.To)
	}
	now := x.Now()
	if err := firstOf(officerWords(r.Officer), x.window(GoAheadRequest{From: now, Until: r.Until})); err != nil {
		return Statement{}, err
	}
	g := envelope.GoAhead{
		Claims:  envelope.Claims{Issuer: x.Self, Audience: r.To, ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: r.Until.Unix()},
		Purpose: envelope.PurposeEvidence, Link: r.Decision, Columns: decide.Columns(), From: now.Unix(),
	}
	payload, disclosures, err := envelope.GoAheadPayload(g)
	if err != nil {
		return Statement{}, err
	}
	kept := casework.GoAhead{
		ID: g.ID, Recipient: r.To, Subject: x.subject("evidence\x00" + r.Decision), From: now, Until: r.Until,
		GoAheadBody: casework.GoAheadBody{Link: r.Decision, Purpose: g.Purpose, Columns: g.Columns, Officer: r.Officer},
	}
	receipt, err := x.recordGoAhead(ctx, payload, kept)
	if err != nil {
		return Statement{}, err
	}
	token, err := seal.Statement(receipt, payload, disclosures, envelope.TypeGoAhead, x.SignKey)
	return statementOf(kept, token), err
}
