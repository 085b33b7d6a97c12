package ledger

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// KindLooked: a reviewer was shown decisions.
const KindLooked = "looked"

// CodeMandate: somebody who may not review asked for decisions.
const CodeMandate problem.Code = "ledger_mandate"

// Roles of those who may look at decisions. Their mandate is this gateway's ledger:
// what it decided as a holder, and what it asked as a requester.
const (
	RoleReviewer      = "reviewer"
	RoleLegalReviewer = "legal_reviewer"
)

// RoleOperator is who runs the gateway, at its command line, and could open the store
// without it. No client of a listener has this role.
const RoleOperator = "operator"

const purposeAudit = "AUDIT"

// Reviewer is who looks, and on what ground.
type Reviewer struct {
	envelope.Officer
	Mandate string
}

// MayLook returns the problem "ledger_mandate" for who is no reviewer by name, role
// and mandate.
func (r Reviewer) MayLook() error {
	const want = RoleReviewer + " or " + RoleLegalReviewer + ", with a name and a mandate"
	if r.ID == "" || r.Mandate == "" || !slices.Contains([]string{RoleReviewer, RoleLegalReviewer, RoleOperator}, r.Role) {
		return problem.Mismatch(CodeMandate, "role", want, "somebody without them")
	}
	return nil
}

// Reader shows decisions to reviewers. Each look is recorded before it is shown; one
// that cannot be recorded shows nothing.
type Reader struct {
	Ledger *Ledger
	Store  Store
	Self   string
}

// Look is what was shown: the details of the decision that records it.
type Look struct {
	What string `json:"what"` // search, list, decision, export, prove
	// Query of a search. It names a child only if something was found, so that a child
	// who was erased does not come back by being looked for.
	Query  *Query    `json:"query,omitempty"`
	From   time.Time `json:"from,omitzero"` // of a proof
	To     time.Time `json:"to,omitzero"`
	Before int64     `json:"before,omitempty"` // of a list
	Found  int       `json:"found"`            // on this page
	// Concerns is the one decision that was shown.
	Concerns string `json:"concerns,omitempty"`
}

// Decision shows one.
func (r Reader) Decision(ctx context.Context, by Reviewer, id string) (Row, error) {
	return shown(ctx, r, by, func() (Row, Look, error) {
		row, err := r.Store.Decision(ctx, id)
		return row, Look{What: "decision", Found: 1, Concerns: id}, err
	})
}

// Decisions shows a list, as Store.Decisions.
func (r Reader) Decisions(ctx context.Context, by Reviewer, before int64, limit int) ([]Row, error) {
	return shown(ctx, r, by, func() ([]Row, Look, error) {
		rows, err := r.Store.Decisions(ctx, before, limit)
		return rows, Look{What: "list", Before: before, Found: len(rows)}, err
	})
}

// Search shows one page.
func (r Reader) Search(ctx context.Context, by Reviewer, q Query) (Page, error) {
	return shown(ctx, r, by, func() (Page, Look, error) {
		p, err := r.Store.Search(ctx, q)
		return p, Look{What: "search", Query: &q, Found: len(p.Found)}, err
	})
}

func shown[T any](ctx context.Context, r Reader, by Reviewer, read func() (T, Look, error)) (T, error) {
	var nothing T
	if err := by.MayLook(); err != nil {
		return nothing, err
	}
	out, look, err := read()
	if err != nil {
		return nothing, err
	}
	if err := r.Looked(ctx, by, look); err != nil {
		return nothing, err
	}
	return out, nil
}

// Looked records a look; what it is at may be shown once it is.
func (r Reader) Looked(ctx context.Context, by Reviewer, l Look) error {
	if err := by.MayLook(); err != nil {
		return err
	}
	d := Decision{
		Kind: KindLooked, Holder: r.Self, Requester: r.Self, Peer: r.Self, Officer: by.Officer, Purpose: purposeAudit, Basis: by.Mandate,
		Outcome: l.What, Concerns: l.Concerns,
	}
	if l.Query != nil {
		q := *l.Query
		if l.Found == 0 {
			q.Child = ""
		}
		if l.Query = &q; q.Child != "" {
			d.Records = []DecidedRecord{{Subject: q.Child}}
		}
	}
	details, err := json.Marshal(l)
	if err != nil {
		return problem.Wrap(problem.CodeInternal, "look", err)
	}
	_, err = r.Ledger.Record(ctx, details, d, Commit{Row: Row{Details: details}})
	return err
}

// RoleOf is the role in which somebody of these roles reviews, "" if in none.
func RoleOf(roles []string) string {
	for _, role := range []string{RoleLegalReviewer, RoleReviewer} {
		if slices.Contains(roles, role) {
			return role
		}
	}
	return ""
}
