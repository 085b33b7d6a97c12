package ledger

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"slices"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// CodePage: a page token that no search gave.
const CodePage problem.Code = "search_page"

// Facets are what a decision is found by. All of it stands in the decision, but
// for the children of what goes with it.
type Facets struct {
	Requester, Holder      string
	Officer                envelope.Officer
	Basis, Outcome, Reason string
	BreakGlass             bool
	// Verdicts of each record, as decide.ReadLedger takes them.
	Verdicts []json.RawMessage
	// Children whom the decision is about: keyed, sorted, each once.
	Children []string
}

// FacetsOf reads a decision's facets.
func FacetsOf(d Decision) *Facets {
	f := &Facets{
		Requester: d.Requester, Holder: d.Holder, Officer: d.Officer, Basis: d.Basis,
		Outcome: d.Outcome, Reason: d.Reason, BreakGlass: d.BreakGlass,
	}
	for _, r := range d.Records {
		if len(r.Verdicts) > 0 {
			f.Verdicts = append(f.Verdicts, r.Verdicts)
		}
		f.Children = append(f.Children, r.Subject)
	}
	f.tidy()
	return f
}

// facets are those of a decision with what goes with it.
func (d *Decision) facets(extra *Commit) *Facets {
	f := FacetsOf(*d)
	for _, u := range extra.Disclosures {
		f.Children = append(f.Children, u.Subject)
	}
	for _, a := range extra.Asked {
		f.Children = append(f.Children, a.Subject)
	}
	for _, m := range extra.Matters {
		if m.Kind != MatterErasure { // what is erased is not found by who asked for it
			f.Children = append(f.Children, m.Subject)
		}
	}
	f.tidy()
	return f
}

func (f *Facets) tidy() {
	slices.Sort(f.Children)
	f.Children = slices.DeleteFunc(slices.Compact(f.Children), func(c string) bool { return c == "" })
}

// glass says whether a commit is about break-glass: somebody approves or reviews
// it, or the answer is one that waits for people or uses what they approved.
func (d *Decision) glass(extra *Commit) bool {
	return d.BreakGlass || d.Kind == KindApproved || d.Kind == KindReviewed || slices.ContainsFunc(extra.Matters, func(m Matter) bool {
		return m.Kind == MatterApproval || m.Kind == MatterReview
	})
}

// Query selects decisions; what is empty selects all.
type Query struct {
	From      time.Time `json:"from,omitzero"` // From <= at < To
	To        time.Time `json:"to,omitzero"`
	Kind      string    `json:"kind,omitempty"`
	Requester string    `json:"requester,omitempty"`
	Officer   string    `json:"officer,omitempty"`
	Holder    string    `json:"holder,omitempty"`
	Purpose   string    `json:"purpose,omitempty"`
	Basis     string    `json:"basis,omitempty"`
	Outcome   string    `json:"outcome,omitempty"`
	// Field is a path of the record; Verdict and Reason are then those of this field.
	// Without Field, Reason is also that of the whole decision.
	Field      string `json:"field,omitempty"`
	Verdict    string `json:"verdict,omitempty"`
	Reason     string `json:"reason,omitempty"`
	BreakGlass bool   `json:"break_glass,omitempty"` // only those about break-glass
	Child      string `json:"child,omitempty"`       // keyed
	Limit      int    `json:"limit"`                 // 1 to MaxPage
	Page       string `json:"page,omitempty"`        // Next of the page before; "" for the first
}

// MaxPage bounds a page.
const MaxPage = 200

// Found is one decision as a search shows it.
type Found struct {
	ID         string           `json:"id"`
	Seq        int64            `json:"seq"`
	At         time.Time        `json:"at"`
	Kind       string           `json:"kind"`
	Requester  string           `json:"requester"`
	Officer    envelope.Officer `json:"officer"`
	Holder     string           `json:"holder"`
	Purpose    string           `json:"purpose,omitempty"`
	Basis      string           `json:"basis,omitempty"`
	Outcome    string           `json:"outcome"`
	Reason     string           `json:"reason,omitempty"`
	BreakGlass bool             `json:"break_glass,omitempty"`
	LogIndex   int64            `json:"log_index"`        // -1 until the transparency log has it
	Erased     string           `json:"erased,omitempty"` // under what its personal part was erased
}

// Page is one page, the newest first. A search does a bounded amount of work for a
// page, so one may be short, or empty, although there is a Next.
type Page struct {
	Found []Found
	Next  string // "" at the end
}

// SearchStore is how reviewers find decisions.
type SearchStore interface {
	// Search is indexed. A token that no search gave is problem "search_page".
	Search(ctx context.Context, q Query) (Page, error)
	// Unfound returns those of some decisions, as Entries listed them, that a search
	// would not find by what they say, by id, each with what is wrong.
	Unfound(ctx context.Context, rows []Row) (map[string]string, error)
}

// Mark is a place between decisions in the order of time.
type Mark struct {
	At  int64 // microseconds
	Seq int64
}

// String is the mark as a page token.
func (m Mark) String() string {
	b := binary.BigEndian.AppendUint64(nil, uint64(m.At))
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(b, uint64(m.Seq)))
}

// ParseMark reads a page token.
func ParseMark(token string) (Mark, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != 16 {
		return Mark{}, problem.Wrap(CodePage, "page", err)
	}
	return Mark{int64(binary.BigEndian.Uint64(b)), int64(binary.BigEndian.Uint64(b[8:]))}, nil
}
