package exchange

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Problems of recalls.
const (
	// CodeNothingReleased: the ledger shows nobody who received anything of this record.
	CodeNothingReleased problem.Code = "nothing_released"
	// CodeNotRecipient refuses a receipt for an answer that somebody else got.
	CodeNotRecipient problem.Code = "not_the_recipient"
)

// maxRecalled bounds the decisions that one notice names.
const maxRecalled = 200

// RecallRequest is what an officer of a holder decides: what was released of this
// child is corrected, or must come back, be held, be erased.
type RecallRequest struct {
	Child   string // record id in one's own system; the record itself may be gone
	Kind    string // corrected, returned, held, erased
	Why     string
	Officer envelope.Officer
}

// IssueRecall calls back what was released of one record: from everybody who
// received a value of it, as the whole ledger shows, naming the answers. What they
// received stays received: the ledger's disclosures do not shrink.
func (x *Exchange) IssueRecall(ctx context.Context, r RecallRequest) ([]casework.Recall, error) {
	now := x.Now()
	due, err := casework.RecallDue(r.Kind, now)
	if err != nil {
		return nil, err
	}
	recipients, err := x.recipients(ctx, r.Child)
	if err != nil {
		return nil, err
	}
	body := casework.RecallBody{Issue: envelope.NewID(), Kind: r.Kind, Why: r.Why, Record: r.Child}
	var out []casework.Recall
	var extra ledger.Commit
	for _, to := range recipients {
		for decisions := range slices.Chunk(to.Decisions, maxRecalled) {
			body.Decisions = decisions
			item, err := x.post(to.Participant, envelope.Notice{
				Event: envelope.EventRecall, Requester: x.Self, Purpose: "RECALL", Query: body.Issue,
				Kind: r.Kind, Decisions: decisions, Until: due.Unix(),
			}, now)
			if err != nil {
				return nil, err
			}
			recall := casework.Recall{ID: item.ID, Recipient: to.Participant, Subject: x.subject(r.Child), At: now, Due: due, RecallBody: body}
			row, err := recall.Matter(x.box)
			if err != nil {
				return nil, err
			}
			out, extra.Outbox, extra.Matters = append(out, recall), append(extra.Outbox, item), append(extra.Matters, row)
		}
	}
	_, err = x.Ledger.Record(ctx, []byte(body.Issue), ledger.Decision{
		Kind: ledger.KindRecalled, Holder: x.Self, Requester: x.Self, Peer: x.Self, Officer: r.Officer, Purpose: "RECALL",
		QueryID: body.Issue, Policy: x.Engine.Ref(), Outcome: r.Kind,
	}, extra)
	return out, err
}

// recipients reads the whole ledger, since a recall must miss nobody. What does not
// hold the subject's name is not parsed.
func (x *Exchange) recipients(ctx context.Context, child string) ([]casework.Recipient, error) {
	subject := x.subject(child)
	var found []ledger.Decision
	for before := int64(0); ; {
		rows, err := x.Store.Decisions(ctx, before, 500)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			before = r.Seq
			if r.Kind != ledger.KindAnswered || !bytes.Contains(r.Content, []byte(subject)) {
				continue
			}
			d, err := ledger.ParseDecision(r.Content)
			if err != nil {
				return nil, err
			}
			found = append(found, d)
		}
		if len(rows) == 0 {
			break
		}
	}
	out := casework.Recipients(subject, found)
	if len(out) == 0 {
		return nil, x.nothingReleased(ctx, child)
	}
	return out, nil
}

// nothingReleased tells a record of which nothing was released from one that
// never was.
func (x *Exchange) nothingReleased(ctx context.Context, child string) error {
	if x.Source == nil {
		return problem.New(CodeNothingReleased, "child")
	}
	if _, err := x.Source.Get(ctx, child, adapters.Mask{"record.version"}); errors.Is(err, adapters.ErrNotFound) {
		return problem.New(CodeNoSuchChild, "child")
	}
	return problem.New(CodeNothingReleased, "child")
}

// Recalls lists what this gateway called back, the newest first.
func (x *Exchange) Recalls(ctx context.Context) ([]casework.Recall, error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterRecall})
	if err != nil {
		return nil, err
	}
	out := make([]casework.Recall, len(rows))
	for i, m := range rows {
		if out[i], err = casework.RecallOf(x.box, m); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b casework.Recall) int { return cmp.Compare(b.At.UnixNano(), a.At.UnixNano()) })
	return out, nil
}

// takeRecall makes everything due that the recalled answers obliged to, by the
// deadline of its kind, and adds for each what the recall itself asks for. Until
// that deadline questions for the child go on: a correction must not stop a return. Answers that did not come from its
// sender, or never came, are not touched.
func (x *Exchange) takeRecall(ctx context.Context, n envelope.Notice) (ledger.Commit, error) {
	due, err := casework.RecallDue(n.Kind, x.Now())
	if err != nil {
		return ledger.Commit{}, err
	}
	if len(n.Decisions) > maxRecalled {
		return ledger.Commit{}, problem.Mismatch(envelope.CodeContent, "claim decisions", "at most "+strconv.Itoa(maxRecalled), "more")
	}
	var extra ledger.Commit
	for _, decision := range casework.Each(n.Decisions) {
		rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterObligation, Participant: n.Issuer, Subject: decision})
		if err != nil {
			return ledger.Commit{}, err
		}
		if extra.Matters, err = x.recall(extra.Matters, rows, n, due); err != nil {
			return ledger.Commit{}, err
		}
	}
	return extra, nil
}

// recall appends the obligations of one answer as they stand after a recall. The
// same recall again asks for nothing more, whoever confirmed it meanwhile: a holder
// that repeats itself must not keep a requester from asking.
func (x *Exchange) recall(to, rows []ledger.Matter, n envelope.Notice, due time.Time) ([]ledger.Matter, error) {
	asks, known := casework.Recalled+"="+n.Kind, false
	obligations := make([]casework.Obligation, len(rows))
	for i, m := range rows {
		var err error
		if obligations[i], err = casework.ObligationOf(x.box, m); err != nil {
			return nil, err
		}
		known = known || obligations[i].Text == asks
	}
	for i, m := range rows {
		o := obligations[i]
		if i == 0 && !known { // what the recall itself asks for, once an answer
			called := o
			called.ID, called.At, called.Due, called.Done = recalledID(n, o.Decision), x.Now(), due, false
			called.Text, called.How, called.By = asks, "", ""
			row, err := called.Matter(x.box, "")
			if err != nil {
				return nil, err
			}
			to = append(to, row)
		}
		if o.Done || o.Due.IsZero() || o.Due.Before(due) {
			continue
		}
		o.Due = due
		row, err := o.Matter(x.box, m.State)
		if err != nil {
			return nil, err
		}
		to = append(to, row)
	}
	return to, nil
}

// recalledID names what one kind of recall asks of one answer. A recall that says it
// again, however often, is the same obligation: whoever repeats itself does not pile
// up what keeps its recipient from asking.
func recalledID(n envelope.Notice, decision string) string {
	return "rc-" + envelope.SHA256(n.Issuer + "\x00" + decision + "\x00" + n.Kind)[:22]
}

// gave says whether decisions of this ledger answered a recipient: nobody
// acknowledges what another got.
func (x *Exchange) gave(ctx context.Context, recipient string, decisions []string) error {
	if len(decisions) == 0 || len(decisions) > maxRecalled {
		return problem.New(CodeNotRecipient, "claim decisions")
	}
	for _, id := range decisions {
		row, err := x.Store.Decision(ctx, id)
		if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
			return problem.New(CodeNotRecipient, "claim decisions")
		}
		if err != nil {
			return err
		}
		if row.Kind != ledger.KindAnswered || row.Peer != recipient {
			return problem.New(CodeNotRecipient, "claim decisions")
		}
	}
	return nil
}

// overdueRecalls counts recalls that their recipients should have acknowledged.
func (x *Exchange) overdueRecalls(ctx context.Context, now time.Time) (int, error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterRecall, State: casework.RecallWaiting, DueBefore: now})
	return len(rows), err
}
