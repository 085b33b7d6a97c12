package trust

import (
	"slices"
	"time"

	"homeward.example/gateway/internal/envelope"
)

// index is one registry, read-only, arranged for look-up.
type index struct {
	registry     Registry
	digest       [32]byte
	participants map[string]Participant
	keys         map[string]envelope.PublicKey // by kid
	uses         map[use][]envelope.PublicKey  // what gateways choose by themselves
	byTLS        map[string]string             // fingerprint → participant
}

// use names the keys of a participant for sealing to it, or of its log.
type use struct {
	participant string
	use         envelope.Use
}

// newIndex arranges a registry that Validate let pass.
func newIndex(r Registry, digest [32]byte) (*index, error) {
	x := &index{
		registry: r, digest: digest,
		participants: make(map[string]Participant), keys: make(map[string]envelope.PublicKey),
		uses: make(map[use][]envelope.PublicKey), byTLS: make(map[string]string),
	}
	for _, p := range r.Participants {
		x.participants[p.ID] = p
		for _, fingerprint := range p.TLS {
			x.byTLS[fingerprint] = p.ID
		}
		if p.Suspended || p.Prohibited {
			continue // its keys may be unreadable and are never asked for
		}
		for _, k := range p.Keys {
			key, err := envelope.ParsePublicJWK(k.JWK)
			if err != nil {
				return nil, err
			}
			key.Participant, key.Use, key.NotBefore, key.NotAfter = p.ID, k.Use, k.NotBefore, k.NotAfter
			x.keys[key.ID] = key
			if key.Use == envelope.UseSeal || key.Use == envelope.UseLog {
				x.uses[use{p.ID, key.Use}] = append(x.uses[use{p.ID, key.Use}], key)
			}
		}
	}
	return x, nil
}

// agreement says whether one covers the day. It is known only of participants
// that the registry has: of a stranger nothing can be said.
func (x *index) agreement(holder, recipient, purpose string, now time.Time) (inForce, known bool) {
	_, isHolder := x.participants[holder]
	_, isRecipient := x.participants[recipient]
	if !isHolder || !isRecipient {
		return false, false
	}
	for _, a := range x.registry.Agreements {
		if a.covers(holder, recipient, purpose, now) {
			return true, true
		}
	}
	return false, true
}

// covers says whether an agreement is in force between two for a purpose.
func (a Agreement) covers(holder, recipient, purpose string, now time.Time) bool {
	return (a.Holder == holder || a.Holder == Anyone) && (a.Recipient == recipient || a.Recipient == Anyone) &&
		slices.Contains(a.Purposes, purpose) && now.Before(a.Until)
}

// key returns the one in force that was begun last, so that a rotation takes
// effect when the new key's time starts while the old one still opens messages.
func (x *index) key(of use, now time.Time) (envelope.PublicKey, bool) {
	var best envelope.PublicKey
	found := false
	for _, k := range x.uses[of] {
		if now.Before(k.NotBefore) || (!k.NotAfter.IsZero() && !now.Before(k.NotAfter)) {
			continue
		}
		if !found || k.NotBefore.After(best.NotBefore) {
			best, found = k, true
		}
	}
	return best, found
}
