package exchange

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// tellHold adds to a commit the row of a hold and a notice to each who must know.
func (x *Exchange) tellHold(h casework.Hold, was string, who knowing, extra *ledger.Commit) (told []casework.Told, err error) {
	row, err := h.Matter(x.box, was)
	if err != nil {
		return nil, err
	}
	notice := envelope.Notice{Event: envelope.EventHold, Requester: x.Self, Purpose: "HOLD", Query: h.ID}
	if !h.Until.IsZero() {
		notice.Until = h.Until.Unix()
	}
	if h.State == casework.HoldLifted {
		notice.Event = envelope.EventLifted
	}
	extra.Matters = append(extra.Matters, row)
	for _, peer := range slices.Sorted(maps.Keys(who)) {
		for query, as := range x.parts(peer, h, who) {
			if notice.Query, notice.Criteria = query, nil; h.State == casework.HoldPlaced {
				notice.Criteria = wireIdentities(as)
			}
			item, err := x.post(peer, notice, x.Now())
			if err != nil {
				return nil, err
			}
			extra.Outbox = append(extra.Outbox, item)
			extra.Matters = append(extra.Matters, h.Tell(item.ID, peer, x.Now()))
		}
		told = append(told, casework.Told{Participant: peer, Lifted: h.State == casework.HoldLifted, At: x.Now()})
	}
	return told, nil
}

// parts are the notices of one hold to one participant, by their ids: never 7 lets
// the ICRC alone learn that two identities are one child. Everybody else gets a
// hold for each, under ids that nothing but this gateway's key relates.
func (x *Exchange) parts(peer string, h casework.Hold, who knowing) map[string][]casework.Criteria {
	as := who.identities(peer, h)
	if p, ok := x.Registry.Participant(peer); ok && p.Kind == "icrc" {
		return map[string][]casework.Criteria{h.ID: as}
	}
	parts := make(map[string][]casework.Criteria)
	for i, query := range []string{h.ID, x.subject("hold of the imposed identity\x00" + h.ID)[:len(h.ID)]} {
		if len(as) > i && len(as[i]) > 0 {
			one := make([]casework.Criteria, 2)
			one[i] = as[i]
			parts[query] = one
		}
	}
	return parts
}

// holdAt adds to the record of a hit the notice of a hold to the holder that turned
// out to know the child, if nobody told it yet. If a hold is placed or lifted
// meanwhile the hit is taken again.
func (x *Exchange) holdAt(ctx context.Context, hit ledger.Hit, extra *ledger.Commit) error {
	s, err := x.stands(ctx)
	if err != nil {
		return err
	}
	extra.Standing = s.version
	for _, holds := range s.own {
		for _, h := range holds {
			as, late, err := x.late(ctx, h, hit)
			if err != nil {
				return err
			}
			if !late {
				continue
			}
			if _, err := x.tellHold(h, casework.HoldPlaced, knowing{hit.Holder: as}, extra); err != nil {
				return err
			}
		}
	}
	return nil
}

// late says whether a hit is for a child on hold and its holder does not know that,
// and as whom it knows the child.
func (x *Exchange) late(ctx context.Context, h casework.Hold, hit ledger.Hit) (as []casework.Criteria, late bool, err error) {
	if p, ok := x.Registry.Participant(hit.Holder); !ok || !p.Holder || hit.Holder == x.Self || !h.InForce(x.Now()) {
		return nil, false, nil
	}
	var child *homewardv1.ChildRecord // none matches nothing: what cannot be read now must not lose the hit
	if read, err := x.ownChild(ctx, h.Record); err == nil {
		child = read
	}
	as, same := namedBy(hit, adapters.Record{ID: h.Record, Child: child})
	if !same {
		return nil, false, nil
	}
	told, err := x.told(ctx, h.ID)
	return as, !slices.Contains(told, hit.Holder), err
}

// tellNewcomers tells of the holds in force whoever is asked about every child since
// they were placed: a holder that was registered, or named by an agreement.
func (x *Exchange) tellNewcomers(ctx context.Context) error {
	s, err := x.stands(ctx)
	if err != nil {
		return err
	}
	var failures []error
	for _, holds := range s.own {
		for _, h := range holds {
			told, err := x.told(ctx, h.ID)
			who := make(knowing)
			for _, id := range x.anyChild() {
				if !slices.Contains(told, id) {
					who[id] = nil
				}
			}
			if err != nil || len(who) == 0 || !h.InForce(x.Now()) {
				failures = append(failures, err)
				continue
			}
			_, err = x.putHold(ctx, h, casework.HoldPlaced, who, s.version, envelope.Officer{})
			if !errors.Is(err, problem.New(ledger.CodeMoved, "")) { // moved: the next round looks again
				failures = append(failures, err)
			}
		}
	}
	return errors.Join(failures...)
}

// told lists who was told of a hold.
func (x *Exchange) told(ctx context.Context, hold string) ([]string, error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterHold, Subject: hold})
	who := make(map[string]bool)
	for _, m := range rows {
		if t, ok := casework.ToldOf(m); ok && !t.Lifted {
			who[t.Participant] = true
		}
	}
	return slices.Sorted(maps.Keys(who)), err
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
