package exchange

import (
	"context"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/matching"
)

// standing is what every answer looks at: who is on hold, and what is a decoy. It is
// kept opened, since reading it costs a sixth of an answer; a commit that was
// decided on a version which has moved is decided again, so no answer leaves that
// knew less than its ledger.
type standing struct {
	version    int64
	own        map[string][]casework.Hold // of this holder's records, by subject
	others     []casework.Hold            // that the authority of origin told of, by identity
	unreadable bool                       // a hold could not be opened: then all are held
	decoys     map[string]bool            // by subject
}

// stands returns what stands. The version is read before the rows, so that rows
// which are newer count as the older version, never the other way.
func (x *Exchange) stands(ctx context.Context) (*standing, error) {
	version := x.Store.Standing()
	if s := x.stood.Load(); s != nil && s.version == version {
		return s, nil
	}
	holds, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterHold, State: casework.HoldPlaced})
	if err != nil {
		return nil, err
	}
	decoys, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterDecoy, State: casework.DecoyLaid})
	if err != nil {
		return nil, err
	}
	s := &standing{version: version, own: make(map[string][]casework.Hold), decoys: make(map[string]bool)}
	for _, m := range holds {
		switch hold, err := casework.HoldOf(x.box, m); {
		case err != nil:
			s.unreadable = true
		case hold.By == x.Self:
			s.own[hold.Subject] = append(s.own[hold.Subject], hold)
		default:
			s.others = append(s.others, hold)
		}
	}
	for _, m := range decoys {
		s.decoys[m.Subject] = true
	}
	x.stood.Store(s)
	return s, nil
}

// held says whether a record is on hold: one's own by its subject, what the
// authority of origin told of by either identity.
func (x *Exchange) held(s *standing, subject string, r adapters.Record) bool {
	for _, hold := range s.own[subject] {
		if hold.InForce(x.Now()) {
			return true
		}
	}
	for _, hold := range s.others {
		for _, c := range hold.Identities {
			if _, same := matching.Identity(criteria(c), r); same && hold.InForce(x.Now()) {
				return true
			}
		}
	}
	return s.unreadable
}
