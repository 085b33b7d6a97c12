package exchange

import (
	"context"
	hashing "hash"
	"slices"
	"strings"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// Problems of a question's own parts; they depend on the question alone, so a
// proven caller may know them.
const (
	CodeLinkInvalid   problem.Code = "link_invalid"
	CodeLinkPurpose   problem.Code = "link_purpose"
	CodeTooManyLinks  problem.Code = "too_many_links"
	CodeLinkNotForUs  problem.Code = "link_not_for_this_holder"
	CodeLinkAuthority problem.Code = "link_issuer"
	CodeLinkCut       problem.Code = "link_cut"
)

// Criteria names on the wire, as in schemas/wire.md.
const (
	critFull       = "full"
	critGiven      = "given"
	critPatronymic = "patronymic"
	critFamily     = "family"
	critBorn       = "born"
	critSex        = "sex"
	critOblast     = "birth_oblast"
	critDocument   = "document"

	linkRecord   = envelope.LinkRecord
	linkIdentity = envelope.LinkIdentity
)

// factsOf is facts of a question on which people decide under an id: its own, or that
// of the case which is pushed by it.
func (x *Exchange) factsOf(ctx context.Context, q envelope.Query, id string, resumed bool) (decide.Facts, people, error) {
	came, err := sorted(q.Links)
	if err != nil {
		return decide.Facts{Query: q}, people{}, err
	}
	came.id = id
	return x.facts(ctx, q, came, resumed)
}

// facts computes the context of one question at this holder: everything that depends
// on time, on a signature, on the registry or on people. came are its links. resumed
// is true for a question that was let in before and is decided again.
func (x *Exchange) facts(ctx context.Context, q envelope.Query, came beside, resumed bool) (decide.Facts, people, error) {
	f := decide.Facts{
		Requester: x.party(q.Issuer), Holder: x.party(x.Self), Query: q,
		Agreement: x.agreement(x.Self, q.Issuer, q.Purpose), Mandate: x.mandate(x.Self, q.Issuer, q.Purpose),
	}
	var link *envelope.CaseLink
	if f.Query.Links = nil; came.link != "" {
		f.Query.Links = []string{came.link}
		var err error
		if link, err = x.linked(ctx, &f, came.goAheads); err != nil {
			return f, people{}, err
		}
	}
	p, err := x.attend(ctx, &f, link, came, resumed)
	return f, p, err
}

// linked adds what the case link of a question says. One that was taken back here
// says nothing.
func (x *Exchange) linked(ctx context.Context, f *decide.Facts, goAheads []string) (*envelope.CaseLink, error) {
	link, err := x.link(f.Query.Links[0], f.Query.Issuer, f.Query.Purpose)
	if err != nil {
		return nil, err
	}
	if err := x.whole(link, goAheads); err != nil {
		return nil, err
	}
	if link.Issuer == x.Self {
		if taken, err := x.revoked.has(ctx, x.Store, link.ID); taken || err != nil {
			f.Link = decide.No
			return nil, err
		}
		f.LinkRecord, f.LinkIdentity = link.Child[linkRecord], link.Child[linkIdentity]
	}
	f.Link, f.LinkCriteria = decide.Yes, criteria(link.Child)
	return &link, nil
}

// whole refuses a link of which its presenter left out what ties it to one
// child: the record at its issuer, any part of the identity at a lead or at whom a
// go-ahead names. With less
// it would fit other children too.
func (x *Exchange) whole(link envelope.CaseLink, goAheads []string) error {
	needed := link.Covers
	switch {
	case link.Issuer == x.Self:
		needed = []string{linkRecord, linkIdentity}
	case !slices.Contains(link.Leads, x.Self) && !slices.Contains(x.namedBy(goAheads, &link), x.Self):
		return problem.New(CodeLinkNotForUs, "claim leads")
	case len(needed) < 2:
		return problem.New(CodeLinkCut, "claim covers")
	}
	for _, name := range needed {
		if link.Child[name] == "" {
			return problem.Mismatch(CodeLinkCut, "claim child", "a disclosure of "+name, "none")
		}
	}
	return nil
}

// link verifies a case link: signed by the authority of origin or by this
// holder, for this recipient and purpose, not ended.
func (x *Exchange) link(token, recipient, purpose string) (envelope.CaseLink, error) {
	link, err := x.linkFor(token, recipient)
	if err == nil && link.Purpose != purpose {
		return envelope.CaseLink{}, problem.Mismatch(CodeLinkPurpose, "claim purpose", link.Purpose, purpose)
	}
	return link, err
}

// linkFor is link for whatever purpose it names.
func (x *Exchange) linkFor(token, recipient string) (envelope.CaseLink, error) {
	verified, err := envelope.Verify(token, envelope.Expect{
		Type: envelope.TypeCaseLink, Audience: recipient, Issuer: envelope.AnyIssuer,
		Keys: x.Registry, Now: x.Now(), Uses: []envelope.Use{envelope.UseSign}, Seen: x.seen,
	})
	if err != nil {
		return envelope.CaseLink{}, problem.Wrap(CodeLinkInvalid, "claim links", err)
	}
	link, err := verified.CaseLink()
	if err != nil {
		return envelope.CaseLink{}, problem.Wrap(CodeLinkInvalid, "claim links", err)
	}
	issuer, _ := x.Registry.Participant(link.Issuer)
	if !issuer.AuthorityOfOrigin && link.Issuer != x.Self {
		return envelope.CaseLink{}, problem.Mismatch(CodeLinkAuthority, "claim links", "the authority of origin or this holder", link.Issuer)
	}
	return link, nil
}

func criteria(m map[string]string) adapters.Criteria {
	return adapters.Criteria{
		Full: m[critFull], Given: m[critGiven], Patronymic: m[critPatronymic], Family: m[critFamily],
		Born: m[critBorn], Sex: m[critSex], BirthOblast: m[critOblast], Document: m[critDocument],
	}
}

// normalised is what one and the same question looks like however it is
// written, for the budget per child. A linked question is its link.
func normalised(q envelope.Query, came beside) string {
	if came.link != "" {
		issuerPart, _, _ := strings.Cut(came.link, "~")
		return "link\x00" + issuerPart
	}
	return criteriaForm(q.Criteria)
}

// subject names a record to the ledger without saying which it is.
func (x *Exchange) subject(recordID string) string {
	mac := x.macs.Get().(hashing.Hash)
	defer x.macs.Put(mac)
	defer mac.Reset()
	mac.Write([]byte(recordID))
	return envelope.Base64(mac.Sum(nil))
}
