package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/matching"
	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Problems of holds.
const (
	CodeAlreadyHeld problem.Code = "already_held"
	CodeNotHeld     problem.Code = "not_held"
	CodeHoldEnd     problem.Code = "hold_end"
	// CodeChildHeld: no case link is given for a child on hold.
	CodeChildHeld problem.Code = "child_held"
)

// HoldRequest is what an officer of the authority of origin decides: nobody gets
// anything of this child, until then.
type HoldRequest struct {
	Child   string // record id in one's own system
	Why     string
	Until   time.Time // zero: until it is lifted
	Officer envelope.Officer
}

// Holding is a hold and who was told of it.
type Holding struct {
	casework.Hold
	Told []casework.Told
}

// imposedName marks a criterion of the imposed identity, as a disclosure of an answer does.
const imposedName = "#" + catalog.Imposed

// PlaceHold puts a child on hold: here at once, at everybody who may know the
// child once their gateway has the notice, which is sent until it is acknowledged.
func (x *Exchange) PlaceHold(ctx context.Context, r HoldRequest) (Holding, error) {
	child, err := x.ownChild(ctx, r.Child)
	if err != nil {
		return Holding{}, err
	}
	now := x.Now()
	if !r.Until.IsZero() && !r.Until.After(now) {
		return Holding{}, problem.Mismatch(CodeHoldEnd, "until", "a day to come", r.Until.Format(time.DateOnly))
	}
	if _, err := x.holdOn(ctx, r.Child); err == nil {
		return Holding{}, problem.New(CodeAlreadyHeld, "child")
	} else if !errors.Is(err, problem.New(CodeNotHeld, "")) {
		return Holding{}, err
	}
	hold := casework.Hold{
		ID: envelope.NewID(), State: casework.HoldPlaced, By: x.Self, Subject: x.subject(r.Child), At: now, Until: r.Until,
		HoldBody: casework.HoldBody{Record: r.Child, Why: r.Why, Identities: identities(child)},
	}
	knowing, err := x.knowing(ctx, r.Child, child)
	if err != nil {
		return Holding{}, err
	}
	return x.putHold(ctx, hold, "", knowing, r.Officer)
}

// LiftHold ends a hold, and tells everybody who was told of it. What the store
// kept of the child's identities is erased, here and there.
func (x *Exchange) LiftHold(ctx context.Context, child string, by envelope.Officer) (Holding, error) {
	if err := x.mustBeOrigin(); err != nil {
		return Holding{}, err
	}
	hold, err := x.holdOn(ctx, child)
	if err != nil {
		return Holding{}, err
	}
	told, err := x.told(ctx, hold.ID)
	if err != nil {
		return Holding{}, err
	}
	who := make(map[string]bool)
	for _, t := range told {
		who[t.Participant] = true
	}
	hold.State, hold.At = casework.HoldLifted, x.Now()
	return x.putHold(ctx, hold, casework.HoldPlaced, slices.Sorted(maps.Keys(who)), by)
}

// putHold records where a hold stands, with a notice to each who must know.
func (x *Exchange) putHold(ctx context.Context, h casework.Hold, was string, knowing []string, by envelope.Officer) (Holding, error) {
	row, err := h.Matter(x.box, was)
	if err != nil {
		return Holding{}, err
	}
	notice := envelope.Notice{Event: envelope.EventHold, Requester: x.Self, Purpose: "HOLD", Query: h.ID, Criteria: wireIdentities(h.Identities)}
	if !h.Until.IsZero() {
		notice.Until = h.Until.Unix()
	}
	if h.State == casework.HoldLifted {
		notice.Event, notice.Criteria = envelope.EventLifted, nil
	}
	extra := ledger.Commit{Matters: []ledger.Matter{row}}
	out := Holding{Hold: h}
	for _, peer := range knowing {
		item, err := post(peer, notice, h.At)
		if err != nil {
			return Holding{}, err
		}
		extra.Outbox = append(extra.Outbox, item)
		extra.Matters = append(extra.Matters, h.Tell(item.ID, peer, h.At))
		out.Told = append(out.Told, casework.Told{Participant: peer, Lifted: h.State == casework.HoldLifted, At: h.At})
	}
	_, err = x.Ledger.Record(ctx, row.Body, ledger.Decision{
		Kind: ledger.KindHeld, Holder: x.Self, Requester: x.Self, Peer: x.Self, Officer: by, Purpose: "HOLD",
		QueryID: h.ID, Policy: x.Engine.Ref(), Outcome: h.State,
	}, extra)
	return out, err
}

// Holds lists the holds of this gateway, and those that it was told of, with who
// was told. Lifted ones are there too: that a child was held is part of the record.
func (x *Exchange) Holds(ctx context.Context) ([]Holding, error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterHold})
	if err != nil {
		return nil, err
	}
	var out []Holding
	told := make(map[string][]casework.Told)
	for _, m := range rows {
		if t, ok := casework.ToldOf(m); ok {
			told[m.Subject] = append(told[m.Subject], t)
			continue
		}
		h, err := casework.HoldOf(x.box, m)
		if err != nil {
			return nil, err
		}
		out = append(out, Holding{Hold: h})
	}
	for i := range out {
		out[i].Told = told[out[i].ID]
	}
	return out, nil
}

// holdOn is the hold on one's own record; problem "not_held" if there is none.
func (x *Exchange) holdOn(ctx context.Context, child string) (casework.Hold, error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterHold, State: casework.HoldPlaced, Subject: x.subject(child)})
	if err != nil {
		return casework.Hold{}, err
	}
	for _, m := range rows {
		if h, err := casework.HoldOf(x.box, m); err != nil || h.InForce(x.Now()) {
			return h, err
		}
	}
	return casework.Hold{}, problem.New(CodeNotHeld, "child")
}

// heldChild says whether one of this gateway's own records is on hold by itself.
func (x *Exchange) heldChild(ctx context.Context, child string) (bool, error) {
	_, err := x.holdOn(ctx, child)
	if errors.Is(err, problem.New(CodeNotHeld, "")) {
		return false, nil
	}
	return err == nil, err
}

func (x *Exchange) told(ctx context.Context, hold string) ([]casework.Told, error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterHold, Subject: hold})
	var out []casework.Told
	for _, m := range rows {
		if t, ok := casework.ToldOf(m); ok {
			out = append(out, t)
		}
	}
	return out, err
}

func (x *Exchange) mustBeOrigin() error {
	if !x.party(x.Self).AuthorityOfOrigin {
		return problem.New(CodeNotOrigin, "participant")
	}
	return nil
}

// ownChild reads the names and birth dates of a record of the authority of origin.
func (x *Exchange) ownChild(ctx context.Context, id string) (*homewardv1.ChildRecord, error) {
	if err := x.mustBeOrigin(); err != nil {
		return nil, err
	}
	if x.Source == nil {
		return nil, problem.New(CodeNoRecords, "source")
	}
	return x.identified(ctx, id)
}

// identities are the criteria of both identities of a record, the original first;
// one that would fit other children too is left out.
func identities(child *homewardv1.ChildRecord) []casework.Criteria {
	out := []casework.Criteria{nil, nil}
	for i, identity := range []string{catalog.Original, catalog.Imposed} {
		if c := identityOf(child, identity); len(c) >= minIdentity {
			out[i] = c
		}
	}
	return out
}

// wireIdentities names the criteria of both identities so that they fit into one object.
func wireIdentities(list []casework.Criteria) map[string]string {
	out := make(map[string]string)
	for i, c := range list {
		for name, value := range c {
			out[name+[]string{"", imposedName}[i]] = value
		}
	}
	return out
}

func readIdentities(m map[string]string) []casework.Criteria {
	out := []casework.Criteria{{}, {}}
	for name, value := range m {
		if plain, imposed := strings.CutSuffix(name, imposedName); imposed {
			out[1][plain] = value
		} else {
			out[0][name] = value
		}
	}
	return out
}

// knowing lists the holders who may know a child: UNICEF and the ICRC always, the
// leads of its case links, and who told of a hit for its criteria.
func (x *Exchange) knowing(ctx context.Context, id string, child *homewardv1.ChildRecord) ([]string, error) {
	who := make(map[string]bool)
	for _, p := range x.Registry.Participants() {
		who[p.ID] = p.Holder && (p.Kind == "unicef" || p.Kind == "icrc")
	}
	leads, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterLead, Subject: x.subject(id)})
	if err != nil {
		return nil, err
	}
	for _, l := range leads {
		who[l.Participant] = true
	}
	hits, err := x.Store.Hits(ctx, maxHits)
	if err != nil {
		return nil, err
	}
	record := adapters.Record{ID: id, Child: child}
	for _, h := range hits {
		if _, same := matching.Identity(criteriaOfHit(h), record); same {
			who[h.Holder] = true
		}
	}
	delete(who, x.Self)
	maps.DeleteFunc(who, func(id string, knows bool) bool {
		p, registered := x.Registry.Participant(id)
		return !knows || !registered || !p.Holder
	})
	return slices.Sorted(maps.Keys(who)), nil
}

// criteriaOfHit is what another holder was asked; of one's own hits there is none.
func criteriaOfHit(h ledger.Hit) adapters.Criteria {
	var asked map[string]string
	_ = json.Unmarshal(h.Detail, &asked) // what is no object has no criteria, and matches nobody
	return criteria(asked)
}

// maxHits bounds how far back hits are compared with a child.
const maxHits = 20000

// takeHold keeps the hold of a notice, or erases it. A hold that was lifted before
// its notice came stays lifted.
func (x *Exchange) takeHold(ctx context.Context, n envelope.Notice) (ledger.Commit, error) {
	hold := casework.Hold{ID: "hold." + n.Query, State: casework.HoldPlaced, By: n.Issuer, At: x.Now()}
	hold.Identities = readIdentities(n.Criteria)
	if n.Until != 0 {
		hold.Until = time.Unix(n.Until, 0)
	}
	if n.Event == envelope.EventLifted {
		hold.State = casework.HoldLifted
	}
	stands, err := x.Store.Matter(ctx, hold.ID)
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		stands, err = ledger.Matter{}, nil
	}
	if err != nil || stands.State == casework.HoldLifted {
		return ledger.Commit{}, err
	}
	row, err := hold.Matter(x.box, stands.State)
	return ledger.Commit{Matters: []ledger.Matter{row}}, err
}
