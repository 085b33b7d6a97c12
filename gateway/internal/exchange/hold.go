package exchange

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
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

func (h Holding) knows(participant string) bool {
	return slices.ContainsFunc(h.Told, func(t casework.Told) bool { return t.Participant == participant })
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
	who, err := x.knowing(ctx, r.Child, child)
	if err != nil {
		return Holding{}, err
	}
	placed, err := x.putHold(ctx, hold, "", who, 0, r.Officer)
	if err != nil {
		return Holding{}, err
	}
	// Who told of a hit meanwhile knew of no hold yet.
	if who, err = x.knowing(ctx, r.Child, child); err != nil {
		return Holding{}, err
	}
	maps.DeleteFunc(who, func(peer string, _ []casework.Criteria) bool { return placed.knows(peer) })
	if len(who) == 0 {
		return placed, nil
	}
	more, err := x.putHold(ctx, hold, casework.HoldPlaced, who, 0, r.Officer)
	placed.Told = append(placed.Told, more.Told...)
	return placed, err
}

// LiftHold ends a hold, and tells everybody who was told of it. What the store
// kept of the child's identities is erased, here and there.
func (x *Exchange) LiftHold(ctx context.Context, child string, by envelope.Officer) (Holding, error) {
	if err := x.mustBeOrigin(); err != nil {
		return Holding{}, err
	}
	for range maxDecisions {
		version := x.Store.Standing()
		hold, err := x.holdOn(ctx, child)
		if err != nil {
			return Holding{}, err
		}
		told, err := x.told(ctx, hold.ID)
		if err != nil {
			return Holding{}, err
		}
		hold.State, hold.At = casework.HoldLifted, x.Now()
		who := make(knowing)
		for _, peer := range told {
			who[peer] = nil
		}
		lifted, err := x.putHold(ctx, hold, casework.HoldPlaced, who, version, by)
		if !errors.Is(err, problem.New(ledger.CodeMoved, "")) {
			return lifted, err
		}
	}
	return Holding{}, problem.New(problem.CodeUnavailable, "who is told keeps moving")
}

// putHold records where a hold stands, with a notice to each who must know. was is
// the state that must stand, and version what must have been read; 0 for any.
func (x *Exchange) putHold(ctx context.Context, h casework.Hold, was string, who knowing, version int64, by envelope.Officer) (Holding, error) {
	extra := ledger.Commit{Standing: version}
	out := Holding{Hold: h}
	var err error
	if out.Told, err = x.tellHold(h, was, who, &extra); err != nil {
		return Holding{}, err
	}
	_, err = x.Ledger.Record(ctx, extra.Matters[0].Body, ledger.Decision{
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
			told[m.Subject] = casework.AddTold(told[m.Subject], t)
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

// unheld refuses what would be given for a child on hold: one's own record, by a hold
// of one's own or one that this gateway was told of. What is given is recorded with
// the version, so that a hold that comes meanwhile refuses it too; who must be told of
// a hold is read when it is placed.
func (x *Exchange) unheld(ctx context.Context, id, where string) (version int64, err error) {
	s, err := x.stands(ctx)
	if err != nil || id == "" {
		return 0, err
	}
	record := adapters.Record{ID: id}
	if len(s.others) > 0 && x.Source != nil { // one's own holds name the record
		if record.Child, err = x.identified(ctx, id); err != nil && !errors.Is(err, problem.New(CodeNoSuchChild, "")) {
			return 0, err
		}
	}
	if x.held(s, x.subject(id), record) {
		return 0, problem.New(CodeChildHeld, where)
	}
	return s.version, nil
}

func (x *Exchange) mustBeOrigin() error {
	if !x.party(x.Self).AuthorityOfOrigin {
		return problem.New(CodeNotOrigin, "participant")
	}
	return nil
}

// ownChild reads of a record of the authority of origin all that another holder may
// have been asked for.
func (x *Exchange) ownChild(ctx context.Context, id string) (*homewardv1.ChildRecord, error) {
	if err := x.mustBeOrigin(); err != nil {
		return nil, err
	}
	if x.Source == nil {
		return nil, problem.New(CodeNoRecords, "source")
	}
	return x.identified(ctx, id, "name.patronymic", "birth.sex", "birth.birth_place", "documents.national_id",
		"documents.birth_certificate_no", "documents.passport_no", "documents.imposed_passport_no", "documents.icrc_ref", "documents.unhcr_id")
}
