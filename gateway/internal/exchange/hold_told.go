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

// tellHold adds to a commit the row of a hold and a notice to each who must know.
func (x *Exchange) tellHold(h casework.Hold, was string, knowing []string, extra *ledger.Commit) (told []casework.Told, err error) {
	row, err := h.Matter(x.box, was)
	if err != nil {
		return nil, err
	}
	notice := envelope.Notice{Event: envelope.EventHold, Requester: x.Self, Purpose: "HOLD", Query: h.ID, Criteria: wireIdentities(h.Identities)}
	if !h.Until.IsZero() {
		notice.Until = h.Until.Unix()
	}
	if h.State == casework.HoldLifted {
		notice.Event, notice.Criteria = envelope.EventLifted, nil
	}
	extra.Matters = append(extra.Matters, row)
	for _, peer := range knowing {
		item, err := post(peer, notice, x.Now())
		if err != nil {
			return nil, err
		}
		extra.Outbox = append(extra.Outbox, item)
		extra.Matters = append(extra.Matters, h.Tell(item.ID, peer, x.Now()))
		told = append(told, casework.Told{Participant: peer, Lifted: h.State == casework.HoldLifted, At: x.Now()})
	}
	return told, nil
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
			if late, err := x.late(ctx, h, hit); err != nil {
				return err
			} else if !late {
				continue
			}
			if _, err := x.tellHold(h, casework.HoldPlaced, []string{hit.Holder}, extra); err != nil {
				return err
			}
		}
	}
	return nil
}

// late says whether a hit is for a child on hold and its holder does not know that.
func (x *Exchange) late(ctx context.Context, h casework.Hold, hit ledger.Hit) (bool, error) {
	if p, ok := x.Registry.Participant(hit.Holder); !ok || !p.Holder || hit.Holder == x.Self || !h.InForce(x.Now()) {
		return false, nil
	}
	var child *homewardv1.ChildRecord // none matches nothing: what cannot be read now must not lose the hit
	if read, err := x.ownChild(ctx, h.Record); err == nil {
		child = read
	}
	if _, same := matching.Identity(criteriaOfHit(hit), adapters.Record{ID: h.Record, Child: child}); !same {
		return false, nil
	}
	told, err := x.told(ctx, h.ID)
	return !slices.Contains(told, hit.Holder), err
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
