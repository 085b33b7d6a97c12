package envelope

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// What people state beside a question: a go-ahead of the authority of origin (or
// the release of the ICRC), and an approval of break-glass.

// BreakGlass is what a question asks beyond its purpose, and why.
type BreakGlass struct {
	Columns []string `json:"columns"` // as the policy names them: "documents"
	Why     string   `json:"why"`     // a disclosure on the wire
}

// PurposeEvidence is that of a release of the ICRC by which what came from it may
// stand in the evidence of one decision. No question has it.
const PurposeEvidence = "EVIDENCE"

// GoAhead is the content of a homeward-goahead: the authority of origin opens
// columns for the child of one case link, to its recipient (aud), in a window
// that begins at From and ends at exp. Issued by the ICRC it is its release.
type GoAhead struct {
	Claims
	Purpose string   `json:"purpose"`
	Link    string   `json:"link"` // the jti of the case link; for PurposeEvidence the holder's decision
	Columns []string `json:"columns"`
	From    int64    `json:"from"` // seconds since 1970
	// Holders that may be asked about the child, beside the leads of the link; array
	// disclosures, so that each sees only that it is named.
	Holders []string `json:"holders,omitempty"`
	// Site is the recipient's own place, by member of a place ("settlement"), that a
	// go-ahead for whereabouts names (CARE); disclosures, since a child is there. Covers
	// lists its members in the open: with fewer it would be a wider place.
	Site   map[string]string `json:"-"`
	Covers []string          `json:"covers,omitempty"`
}

// Approval is the content of a homeward-approval: an officer of iss approves that
// the requester gets columns from one holder (aud) for one question, by break-glass.
type Approval struct {
	Claims
	Officer   Officer  `json:"act"`
	Requester string   `json:"requester"`
	Purpose   string   `json:"purpose"`
	Columns   []string `json:"columns"`
	// Asking is the officer who may ask with it; any of the requester's if empty.
	Asking string `json:"asking,omitempty"`
	// Question is the digest of the question and Why the justification that was
	// approved. Both are disclosures, since a digest of a name can be guessed.
	Question string `json:"-"`
	Why      string `json:"-"`
}

// Members of what an approval is about; disclosures on the wire.
const (
	aboutQuestion = "question"
	aboutWhy      = "why"
)

// Advice is what the asker should do next, whatever the answer: the same for a
// child who is known and for one who is not.
type Advice struct {
	Contact string            `json:"contact"` // duty contact of the authority of origin
	Text    map[string]string `json:"text"`    // by language: "en", "uk"
}

// hiddenBreakGlass is BreakGlass as it is signed.
type hiddenBreakGlass struct {
	Columns []string `json:"columns"`
	SD      []string `json:"_sd"`
}

func (b *BreakGlass) hidden() (*hiddenBreakGlass, []Disclosure, error) {
	if b == nil {
		return nil, nil, nil
	}
	why, err := hide(map[string]string{aboutWhy: b.Why})
	return &hiddenBreakGlass{b.Columns, DigestList(why)}, why, err
}

// GoAheadPayload builds a homeward-goahead. Which child it is about stands in the
// case link alone; the holders and the site that it names are disclosures.
func GoAheadPayload(g GoAhead) ([]byte, []Disclosure, error) {
	hidden := struct {
		GoAhead
		Holders []Element `json:"holders,omitempty"`
		Site    *digests  `json:"site,omitempty"`
		SDAlg   string    `json:"_sd_alg,omitempty"`
	}{GoAhead: g}
	var holders, site []Disclosure
	var err error
	if len(g.Holders) > 0 {
		if holders, err = texts(g.Holders); err != nil {
			return nil, nil, err
		}
		hidden.Holders, hidden.SDAlg = elements(holders), sdAlg
	}
	if len(g.Site) > 0 {
		if site, err = hide(g.Site); err != nil {
			return nil, nil, err
		}
		hidden.Site, hidden.SDAlg = &digests{DigestList(site)}, sdAlg
		hidden.Covers = slices.Sorted(maps.Keys(g.Site))
	}
	return payload(hidden, holders, site)
}

// ApprovalPayload builds a homeward-approval.
func ApprovalPayload(a Approval) ([]byte, []Disclosure, error) {
	about, err := hide(map[string]string{aboutQuestion: a.Question, aboutWhy: a.Why})
	if err != nil {
		return nil, nil, err
	}
	return payload(struct {
		Approval
		About digests `json:"about"`
		SDAlg string  `json:"_sd_alg"`
	}{a, digests{DigestList(about)}, sdAlg}, about)
}

// GoAhead returns the content of a homeward-goahead.
func (v Verified) GoAhead() (GoAhead, error) { return decode(v, TypeGoAhead, (*decoder).goAhead) }

// Approval returns the content of a homeward-approval, as far as it was disclosed.
func (v Verified) Approval() (Approval, error) { return decode(v, TypeApproval, (*decoder).approval) }

func (d *decoder) goAhead() GoAhead {
	return GoAhead{
		Claims: d.claims, Purpose: d.text("purpose"), Link: d.text("link"), Columns: d.texts("columns"), From: d.integer("from"),
		Holders: d.elements("holders"), Site: d.criteria("site", false), Covers: d.texts("covers"),
	}
}

func (d *decoder) approval() Approval {
	about := d.criteria("about", true)
	return Approval{
		Claims: d.claims, Officer: d.officer(), Requester: d.text("requester"), Purpose: d.text("purpose"),
		Columns: d.texts("columns"), Asking: d.optional("asking"), Question: about[aboutQuestion], Why: about[aboutWhy],
	}
}

// breakGlass reads the claim of a query; nil if it has none.
func (d *decoder) breakGlass() *BreakGlass {
	i, ok := d.find("break_glass", kindObject, false)
	if !ok {
		return nil
	}
	b := &BreakGlass{Columns: d.object("break_glass").texts("columns")}
	value, ok := d.content.values(i)[aboutWhy]
	if !ok {
		return b // kept back
	}
	if b.Why, ok = unquote(value); !ok {
		d.fail("break_glass.why", "a string", "another kind of value")
	}
	return b
}

// advice reads the claim of an answer; nil if it has none.
func (d *decoder) advice() *Advice {
	i, ok := d.find("advice", kindObject, false)
	if !ok {
		return nil
	}
	a := &Advice{}
	if json.Unmarshal([]byte(d.raw(i)), a) != nil { // scanned before: a kind that does not fit, and nothing else
		d.fail("advice", "a contact and texts by language", "another kind of value in it")
	}
	return a
}

// TypeOf reads the typ that a statement names in its header. It checks nothing
// else: it is to choose what to verify the statement as.
func TypeOf(sdjwt string) (Type, error) {
	part, _, _ := strings.Cut(sdjwt, ".")
	d, err := scanHeader(part)
	if err != nil {
		return "", err
	}
	var f faults
	h := readHeader(d, &f)
	return Type(h.typ), f.err()
}

// ClaimsOf reads the claims of a statement and believes nothing of them: it is to
// find whom to send the statement to, and what to expect of it.
func ClaimsOf(sdjwt string) (Claims, error) {
	jws, _, err := cut(sdjwt)
	if err != nil {
		return Claims{}, err
	}
	if _, err := parseHeader(jws); err != nil { // three parts
		return Claims{}, err
	}
	payload, err := decode64(strings.Split(jws, ".")[1], "payload")
	if err != nil {
		return Claims{}, err
	}
	doc, err := scan(string(payload), kindObject, "payload")
	if err != nil {
		return Claims{}, err
	}
	var f faults
	c := readClaims(doc, &f)
	return c, f.err()
}

// statementType is what one of a query's links is taken for: a case link unless
// it says that it is one of the statements that may stand beside one.
func statementType(sdjwt string) Type {
	switch t, err := TypeOf(sdjwt); {
	case err == nil && (t == TypeGoAhead || t == TypeApproval):
		return t
	}
	return TypeCaseLink
}
