package trust

import (
	"slices"
	"strconv"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// current returns what is in force, false once it has expired: then nobody is known.
func (l *Live) current() (*state, time.Time, bool) {
	s, now := l.state.Load(), l.o.Clock()
	return s, now, s.index != nil && now.Before(s.registry.Expires)
}

func (s *state) refused(id string) bool {
	p, ok := s.participants[id]
	return !ok || p.Suspended || p.Prohibited || s.blocked[id]
}

// PublicKey finds a key by its kid. Those of a suspended, prohibited or blocked
// participant are not found. The key's own time is for the verifier to check.
func (l *Live) PublicKey(kid string) (envelope.PublicKey, bool) {
	s, _, ok := l.current()
	if !ok {
		return envelope.PublicKey{}, false
	}
	key, ok := s.keys[kid]
	if !ok || s.refused(key.Participant) {
		return envelope.PublicKey{}, false
	}
	return key, true
}

// Participant finds a participant; a blocked one is shown as suspended.
func (l *Live) Participant(id string) (Participant, bool) {
	s, _, ok := l.current()
	if !ok {
		return Participant{}, false
	}
	p, ok := s.participants[id]
	p.Suspended = p.Suspended || s.blocked[id]
	return p, ok
}

// Participants lists all in the registry's order; blocked ones are shown as suspended.
func (l *Live) Participants() []Participant {
	s, _, ok := l.current()
	if !ok {
		return nil
	}
	all := make([]Participant, 0, len(s.participants))
	for _, p := range s.registry.Participants {
		p.Suspended = p.Suspended || s.blocked[p.ID]
		all = append(all, p)
	}
	return all
}

// ByTLS finds the participant to whom a certificate belongs, by the SHA-256 of
// its public key (SPKI) in lower-case hex. Refused participants are not found.
func (l *Live) ByTLS(fingerprint string) (Participant, bool) {
	s, _, ok := l.current()
	if !ok {
		return Participant{}, false
	}
	id, ok := s.byTLS[fingerprint]
	if !ok || s.refused(id) {
		return Participant{}, false
	}
	return s.participants[id], true
}

// Agreement says whether holder may answer recipient for a purpose ("RETURN")
// at a time. known is false if the registry has expired or lacks either of them.
func (l *Live) Agreement(holder, recipient, purpose string, now time.Time) (inForce, known bool) {
	s, _, ok := l.current()
	if !ok {
		return false, false
	}
	inForce, known = s.agreement(holder, recipient, purpose, now)
	return inForce && !s.refused(holder) && !s.refused(recipient), known
}

// Asked says whether an agreement in force at a time names holder as one whom
// recipient may ask about any child for a purpose.
func (l *Live) Asked(holder, recipient, purpose string, now time.Time) bool {
	s, _, ok := l.current()
	return ok && !s.refused(holder) && !s.refused(recipient) && slices.ContainsFunc(s.registry.Agreements, func(a Agreement) bool {
		return a.Asked && a.Holder == holder && a.covers(holder, recipient, purpose, now)
	})
}

// AnyChild lists the holders that an agreement in force at a time lets somebody ask
// about any child.
func (l *Live) AnyChild(now time.Time) []string {
	s, _, ok := l.current()
	if !ok {
		return nil
	}
	var holders []string
	for _, a := range s.registry.Agreements {
		if a.Asked && now.Before(a.Until) && !s.refused(a.Holder) {
			holders = append(holders, a.Holder)
		}
	}
	return holders
}

// Mandate says whether an agreement in force at a time gives reviewer a mandate that covers holder.
func (l *Live) Mandate(holder, reviewer string, now time.Time) bool {
	s, _, ok := l.current()
	return ok && !s.refused(holder) && !s.refused(reviewer) && slices.ContainsFunc(s.registry.Agreements, func(a Agreement) bool {
		return a.covers(holder, reviewer, purposeAudit, now) && slices.ContainsFunc(a.Mandates, func(m Mandate) bool {
			return m.Reviewer == reviewer && slices.Contains(m.Covers, holder)
		})
	})
}

// SealKey returns the key to seal to for a participant now; false if there is
// none in force or the participant is refused.
func (l *Live) SealKey(id string) (envelope.PublicKey, bool) { return l.key(id, envelope.UseSeal) }

// LogKey returns the key of a participant's transparency log now; false as for SealKey.
func (l *Live) LogKey(id string) (envelope.PublicKey, bool) { return l.key(id, envelope.UseLog) }

func (l *Live) key(id string, of envelope.Use) (envelope.PublicKey, bool) {
	s, now, ok := l.current()
	if !ok || s.refused(id) {
		return envelope.PublicKey{}, false
	}
	return s.index.key(use{id, of}, now)
}

// Witnesses returns who cosigns, but for one participant, and how many must.
func (l *Live) Witnesses(but string) (ids []string, quorum int) {
	s, _, ok := l.current()
	if !ok {
		return nil, 0
	}
	for _, id := range s.registry.Witnesses.Participants {
		if id != but {
			ids = append(ids, id)
		}
	}
	return ids, s.registry.Witnesses.Quorum
}

// EndedLogs are the generations of a participant's log that ended; ok is false if no
// registry is in force, or it lacks the participant.
func (l *Live) EndedLogs(id string) (ended []EndedLog, ok bool) {
	s, _, ok := l.current()
	if !ok {
		return nil, false
	}
	p, ok := s.participants[id]
	return p.EndedLogs, ok
}

// Bundle returns the digest and the version of the policy bundle that the registry
// names, both "" for the embedded one; an error if no registry is in force.
func (l *Live) Bundle() (digest, version string, err error) {
	if err := l.Ready(); err != nil {
		return "", "", err
	}
	r := l.state.Load().registry
	return r.Bundle, r.BundleVersion, nil
}

// Ready is nil while a registry is in force.
func (l *Live) Ready() error {
	if s, now, ok := l.current(); !ok {
		return problem.Mismatch(CodeExpired, "registry", "expires after "+now.UTC().Format(time.RFC3339), s.registry.Expires.UTC().Format(time.RFC3339))
	}
	return nil
}

// Version of the registry in force.
func (l *Live) Version() int64 { return l.state.Load().registry.Version }

func version(v int64) string { return strconv.FormatInt(v, 10) }
