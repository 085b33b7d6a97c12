package exchange

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/schemas/catalog"
)

// Columns that may not meet (never 6).
const (
	columnNames = "names_birth"
	columnPhoto = "photo"
)

// childKey names, at the requester, the child that a question is about: a keyed
// hash of the names in any order and of the year of birth, so that the same
// identity has the same key by whatever link or criteria it is asked for. Where no
// name is shown it is the link, or all criteria. That two identities are one child,
// or that a document is a named child's, nobody here knows; what a holder knows of
// that, its own ledger counts.
func (x *Exchange) childKey(q question) string {
	c := q.query.Criteria
	if q.link != nil {
		c = q.link.Child
	}
	names := strings.Fields(adapters.Latin(strings.Join([]string{c[critFull], c[critGiven], c[critFamily]}, " ")))
	slices.Sort(names)
	kind, parts := namedChild, append([]string{"child", year(c[critBorn])}, names...)
	switch {
	case len(names) > 0:
	case q.link != nil:
		parts = []string{"link", q.link.ID}
	default:
		kind, parts = "", []string{"criteria", criteriaForm(c)}
	}
	return x.keyed(kind, parts...)
}

// keyed is the key of a child by what it is known by.
func (x *Exchange) keyed(kind string, by ...string) string {
	mac := hmac.New(sha256.New, x.SubjectKey)
	mac.Write(budget.AppendParts(nil, by))
	return kind + envelope.Base64(mac.Sum(nil))
}

// namedChild begins the key of a child whose name stands in the question, or in its
// link: it is known to whoever asks.
const namedChild = "named."

// declare says in a question what this gateway's own ledger shows that it received
// of the child, so that no holder adds the other half. A ledger that cannot be read
// received everything.
func (x *Exchange) declare(ctx context.Context, q *question) error {
	q.child = x.childKey(*q)
	if q.query.Purpose != purposeFound { // a child who is with somebody is reported whatever is overdue
		if err := x.mayAskOf(ctx, q.child, q.links()...); err != nil {
			return err
		}
	}
	if err := x.use(q); err != nil {
		return err
	}
	q.query.Has = append(q.query.Has, x.has(ctx, q.child)...)
	return nil
}

// links are the statements of a question by the hash of their signed part, the same
// whatever of them is shown.
func (q *question) links() []string {
	tokens := q.query.Links // as an agency signed them
	if q.token != "" {
		tokens = []string{q.token}
	}
	return linkIDs(tokens)
}

// has lists what was received of a child, of what may not meet.
func (x *Exchange) has(ctx context.Context, child string) (out []string) {
	received := x.receivedOf(ctx, child)
	for _, column := range []string{columnNames, columnPhoto} {
		if received.Unreadable || slices.Contains(columns(received.Groups), column) {
			out = append(out, column)
		}
	}
	return out
}

// use keeps the go-aheads of the authority of origin with the child of a question:
// they open what is received of it, in their window, whenever and from whom it comes.
func (x *Exchange) use(q *question) error {
	for _, token := range q.goAheads {
		g, err := x.goAhead(token, q.link)
		if err != nil {
			return err
		}
		if !x.party(g.Issuer).AuthorityOfOrigin {
			continue // a release of the ICRC opens what came from it, and joins nothing
		}
		row, err := x.usedRow(g, q.child)
		if err != nil {
			return err
		}
		q.used = append(q.used, row)
	}
	return nil
}

func (x *Exchange) usedRow(g envelope.GoAhead, child string) (ledger.Matter, error) {
	return casework.GoAhead{
		ID: g.ID, Recipient: x.Self, From: time.Unix(g.From, 0), Until: time.Unix(g.Expires, 0),
		GoAheadBody: casework.GoAheadBody{Link: g.Link, Purpose: g.Purpose, Columns: g.Columns},
	}.Used(x.box, child)
}

// openedFor lists the columns that go-aheads open for a child and purpose, as far as
// this gateway has used them, or does so now.
func (x *Exchange) openedFor(ctx context.Context, child, purpose string, now []ledger.Matter) ([]string, error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterGoAhead, State: casework.GoAheadUsed, Subject: child})
	if err != nil {
		return nil, err
	}
	var columns []string
	for _, m := range append(rows, now...) {
		g, err := casework.GoAheadOf(x.box, m)
		if err != nil {
			return nil, err
		}
		if g.Purpose == purpose && g.Opens(x.Now()) {
			columns = append(columns, g.Columns...)
		}
	}
	return columns, nil
}

// apart asks the policy which columns of an answer its officers may not see, since
// with what came before they would join photo and name, and counts the others as
// received. A name in the question is known.
func (x *Exchange) apart(ctx context.Context, m sentMessage, a envelope.Answer, extra *ledger.Commit) ([]string, error) {
	groups := arriving(a)
	if len(groups) == 0 || m.child == "" {
		return nil, nil
	}
	received := x.receivedOf(ctx, m.child)
	opened, err := x.openedFor(ctx, m.child, m.purpose, extra.Matters)
	if err != nil {
		return nil, err
	}
	seen := received
	if strings.HasPrefix(m.child, namedChild) {
		seen.Groups = decide.Union(received.Groups, []string{columnNames + "/" + catalog.Original})
	}
	withheld, err := x.Engine.Deliver(ctx, decide.Delivery{
		Purpose: m.purpose, Requester: x.party(x.Self), GoAhead: opened, Received: seen, Arriving: slices.Compact(columns(groups)),
	})
	if err != nil {
		return nil, err
	}
	shown := slices.DeleteFunc(slices.Clone(groups), func(g string) bool {
		column, _, _ := strings.Cut(g, "/")
		return slices.Contains(withheld, column)
	})
	if len(shown) > 0 {
		extra.Disclosures = append(extra.Disclosures, ledger.DisclosureUpdate{
			Requester: x.Self, Subject: m.child, ReadVersion: received.Version, Groups: decide.Union(received.Groups, shown),
		})
	}
	return withheld, nil
}

// receivedOf is what this gateway received of a child, from all holders.
func (x *Exchange) receivedOf(ctx context.Context, child string) decide.Disclosed {
	known, err := x.Store.Disclosed(ctx, x.Self, []string{child})
	if err != nil {
		return decide.Disclosed{Unreadable: true}
	}
	return known[child]
}

// columns of groups such as "photo/original".
func columns(groups []string) []string {
	out := make([]string, len(groups))
	for i, g := range groups {
		out[i], _, _ = strings.Cut(g, "/")
	}
	return out
}
