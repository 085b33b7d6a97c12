package exchange

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/matching"
	"homeward.example/schemas/catalog"
	"homeward.example/schemas/edtf"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// namedBy says whether a hit is for a child, and as whom its holder knows the child:
// by what the hit itself says. Whoever reports hits learns of a hold no name and no
// date that it did not name, and by sex, years or a name alone learns of none.
func namedBy(hit ledger.Hit, record adapters.Record) (as []casework.Criteria, ok bool) {
	c := criteriaOfHit(hit)
	named := c.Full+c.Given+c.Patronymic+c.Family != ""
	born, dated := edtf.Parse(c.Born)
	dated = dated && born.Within(1)
	if !(named && dated || named && c.Document != "" || dated && c.Document != "") {
		return nil, false
	}
	identity, ok := matching.Identity(c, record)
	if !ok {
		return nil, false
	}
	as = make([]casework.Criteria, 2)
	said := &as[slices.Index([]string{catalog.Original, catalog.Imposed}, identity)]
	if *said = (casework.Criteria{critFull: c.Full, critGiven: c.Given, critPatronymic: c.Patronymic, critFamily: c.Family, critBorn: c.Born}); !(named && dated) {
		*said = identityOf(record.Child, identity) // a document names one child, and is not read for every question
	}
	maps.DeleteFunc(*said, func(_, value string) bool { return value == "" })
	return as, true
}

// knowing are holders who may know a child, each with the identities that it is told
// of; nil for both.
type knowing map[string][]casework.Criteria

func (k knowing) identities(peer string, h casework.Hold) []casework.Criteria {
	if as := k[peer]; as != nil {
		return as
	}
	return h.Identities
}

// anyChild lists the holders that are asked about every child, and so are told of every
// hold: UNICEF and the ICRC, and whom an agreement names.
func (x *Exchange) anyChild() []string {
	holders := x.Registry.AnyChild(x.Now())
	for _, p := range x.Registry.Participants() {
		if p.Kind == "unicef" || p.Kind == kindICRC {
			holders = append(holders, p.ID)
		}
	}
	return slices.DeleteFunc(holders, func(id string) bool {
		p, registered := x.Registry.Participant(id)
		return !registered || !p.Holder || id == x.Self
	})
}

// knowing lists the holders who may know a child: those that are asked about every
// child, the leads of its case links, and who told of a hit for its criteria.
func (x *Exchange) knowing(ctx context.Context, id string, child *homewardv1.ChildRecord) (knowing, error) {
	who := make(knowing)
	hits, err := x.Hits(ctx, maxHits)
	if err != nil {
		return nil, err
	}
	record := adapters.Record{ID: id, Child: child}
	for _, h := range hits {
		if as, same := namedBy(h, record); same {
			who[h.Holder] = as
		}
	}
	leads, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterLead, Subject: x.subject(id)})
	if err != nil {
		return nil, err
	}
	for _, l := range leads {
		who[l.Participant] = nil
	}
	for _, id := range x.anyChild() {
		who[id] = nil
	}
	delete(who, x.Self)
	maps.DeleteFunc(who, func(id string, _ []casework.Criteria) bool {
		p, registered := x.Registry.Participant(id)
		return !registered || !p.Holder
	})
	return who, nil
}

// criteriaOfHit is what another holder was asked; of one's own hits there is none.
func criteriaOfHit(h ledger.Hit) adapters.Criteria {
	var asked map[string]string
	_ = json.Unmarshal(h.Detail, &asked) // what is no object has no criteria, and matches nobody
	return criteria(asked)
}

// maxHits bounds how far back hits are compared with a child.
const maxHits = 20000
