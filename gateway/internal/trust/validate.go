package trust

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/envelope"
)

// Kinds of participants and purposes of agreements. Another one is a mistake in
// the registry, never a wish to be guessed.
var (
	kinds    = []string{"government", "unicef", "icrc", "ngo", "icc", "prosecutor", "mediator"}
	purposes = []string{"MATCH", "FOUND", "TRACE", "RETURN", "CARE", "ACCOUNTABILITY", purposeAudit, "SIGHTING"}
)

// purposeAudit is the one purpose that needs a mandate.
const purposeAudit = "AUDIT"

var (
	idPattern  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	tlsPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

	bundlePattern = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

// Validate checks a whole registry and returns everything that is wrong with
// it, each fault with its participant and key; nil if there is nothing.
func Validate(r Registry) error {
	c := checker{ids: map[string]bool{}, kids: map[string]string{}, keys: map[string]string{}, tls: map[string]string{}}
	if r.Version < 1 {
		c.fault("version: expected 1 or more, found %d", r.Version)
	}
	if !r.IssuedAt.Before(r.Expires) {
		c.fault("expires: expected a time after issued_at")
	}
	if len(r.Participants) == 0 {
		c.fault("participants: there are none")
	}
	for _, p := range r.Participants {
		c.participant(p)
	}
	c.origin(r.Participants)
	c.organisations(r.Participants)
	c.bundle(r)
	c.witnesses(r)
	for i, a := range r.Agreements {
		c.agreement(fmt.Sprintf("agreement %d", i+1), a)
	}
	return errors.Join(c.faults...)
}

// checker remembers what must be unique across the registry, by who has it.
type checker struct {
	faults          []error
	ids             map[string]bool
	kids, keys, tls map[string]string
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf(format, args...))
}

// bundle checks the policy that is named: by digest, the version is a second look.
func (c *checker) bundle(r Registry) {
	if r.Bundle != "" && !bundlePattern.MatchString(r.Bundle) {
		c.fault("bundle: expected sha256: and 64 lower-case hexadecimal digits, found %q", r.Bundle)
	}
	if r.BundleVersion != "" && r.Bundle == "" {
		c.fault("bundle_version: there is no bundle that has it")
	}
}

// origin checks the authority of origin: whose links and go-aheads all others
// trust, so there is at most one, and it is a government that holds records.
func (c *checker) origin(participants []Participant) {
	var first string
	for _, p := range participants {
		switch {
		case !p.AuthorityOfOrigin:
		case first != "":
			c.fault("participant %s: authority_of_origin: %s is that already", p.ID, first)
		default:
			if first = p.ID; p.Kind != "government" || !p.Holder || p.Prohibited {
				c.fault("participant %s: authority_of_origin: expected a government that is a holder and not prohibited", p.ID)
			}
		}
	}
}

// witnesses: enough of them must be left when one of them is the log's own
// participant, or nobody could publish.
func (c *checker) witnesses(r Registry) {
	w := r.Witnesses
	if len(w.Participants) == 0 && w.Quorum == 0 {
		return
	}
	if w.Quorum < 1 || w.Quorum >= len(w.Participants) {
		c.fault("witnesses: quorum: expected 1 to %d, one less than there are witnesses, found %d", len(w.Participants)-1, w.Quorum)
	}
	for i, id := range w.Participants {
		at := slices.IndexFunc(r.Participants, func(p Participant) bool { return p.ID == id })
		switch {
		case slices.Contains(w.Participants[:i], id):
			c.fault("witnesses: %s is there twice", id)
		case at < 0:
			c.fault("witnesses: no participant %q", id)
		case !slices.ContainsFunc(r.Participants[at].Keys, func(k Key) bool { return k.Use == envelope.UseLog }):
			c.fault("witnesses: participant %s has no key for use %q", id, envelope.UseLog)
		}
	}
}

// organisations checks that one which is named as a participant is that participant's own.
func (c *checker) organisations(all []Participant) {
	for _, p := range all {
		at := slices.IndexFunc(all, func(o Participant) bool { return o.ID == p.Organisation })
		if at >= 0 && all[at].RunBy() != p.Organisation {
			c.fault("participant %q: organisation: %q is itself of %q", p.ID, p.Organisation, all[at].RunBy())
		}
	}
}

func (c *checker) participant(p Participant) {
	who := fmt.Sprintf("participant %q", p.ID)
	if !idPattern.MatchString(p.ID) || len(p.ID) > 63 || p.ID == Issuer || p.ID == Audience {
		c.fault("%s: an id is at most 63 lower-case letters, digits and single hyphens, and not %q or %q", who, Issuer, Audience)
	}
	if c.ids[p.ID] {
		c.fault("%s: is there twice", who)
	}
	c.ids[p.ID] = true
	if p.Organisation != "" && !idPattern.MatchString(p.Organisation) {
		c.fault("%s: organisation: expected lower-case letters, digits and single dashes, found %q", who, p.Organisation)
	}
	if !slices.Contains(kinds, p.Kind) {
		c.fault("%s: kind: expected one of %s, found %q", who, strings.Join(kinds, ", "), p.Kind)
	}
	if p.Endpoint != "" || p.Holder {
		if err := checkEndpoint(p.Endpoint); err != nil {
			c.fault("%s: endpoint: %w", who, err)
		}
	}
	for _, fingerprint := range p.TLS {
		if !tlsPattern.MatchString(fingerprint) {
			c.fault("%s: tls: expected 64 lower-case hexadecimal digits, found %q", who, fingerprint)
		}
		c.once(c.tls, fingerprint, who, "tls "+fingerprint)
	}
	c.endedLogs(who, p)
	if p.Suspended || p.Prohibited {
		return // refused whatever else the entry says: it need not be complete
	}
	if len(p.TLS) == 0 {
		c.fault("%s: tls: there is no fingerprint, so it could never connect", who)
	}
	c.participantKeys(who, p)
}

// endedLogs: each in its place, and continued from a checkpoint of this log that is
// smaller than its end.
func (c *checker) endedLogs(who string, p Participant) {
	if len(p.EndedLogs) >= checkpoint.MaxGenerations {
		c.fault("%s: ended_logs: expected less than %d", who, checkpoint.MaxGenerations)
	}
	for i, e := range p.EndedLogs {
		at := fmt.Sprintf("%s: ended_logs %d", who, i+1)
		if want := checkpoint.Generation(p.ID, i+1); e.Origin != want {
			c.fault("%s: origin: expected %s, found %q", at, want, e.Origin)
		}
		if _, ok := e.Break(); !ok {
			c.fault("%s: expected a size, a root (base64, 32 bytes) and in continues the signed note of a smaller checkpoint", at)
		}
		from, err := checkpoint.Read([]byte(e.Continues))
		if n := checkpoint.GenerationOf(p.ID, from.Origin); err == nil && (n == 0 || n > i+1) {
			c.fault("%s: continues: expected a checkpoint of %s or of one before, found %q", at, e.Origin, from.Origin)
		}
	}
}

func (c *checker) participantKeys(who string, p Participant) {
	uses := map[envelope.Use]bool{}
	for i, k := range p.Keys {
		at := fmt.Sprintf("%s, key %d %q", who, i+1, k.JWK["kid"])
		if key, ok := c.key(at, k); ok {
			c.once(c.kids, key.ID, at, "kid")
			// One key under two ids could be used with two algorithms, or for two uses.
			c.once(c.keys, material(key), at, "the key itself")
			uses[k.Use] = true
		}
	}
	for _, use := range []envelope.Use{envelope.UseSign, envelope.UseSeal} {
		if !uses[use] {
			c.fault("%s: keys: there is none for use %q", who, use)
		}
	}
}

func (c *checker) key(at string, k Key) (envelope.PublicKey, bool) {
	key, err := envelope.ParsePublicJWK(k.JWK)
	if err != nil {
		c.fault("%s: %w", at, err)
		return key, false
	}
	sealing := key.Alg == envelope.AlgECDHES
	switch {
	case k.Use != envelope.UseSign && k.Use != envelope.UseAgency && k.Use != envelope.UseSeal && k.Use != envelope.UseLog:
		c.fault("%s: use: expected sign, agency, seal or log, found %q", at, k.Use)
	case k.Use == envelope.UseLog && key.Alg != envelope.AlgEdDSA:
		c.fault("%s: alg: %s is not for use %q", at, key.Alg, k.Use)
	case sealing != (k.Use == envelope.UseSeal):
		c.fault("%s: alg: %s is not for use %q", at, key.Alg, k.Use)
	case !k.NotAfter.IsZero() && !k.NotBefore.Before(k.NotAfter):
		c.fault("%s: not_after: expected a time after not_before", at)
	default:
		return key, true
	}
	return key, false
}

// once notes who has a thing that only one may have.
func (c *checker) once(seen map[string]string, thing, at, what string) {
	if before, ok := seen[thing]; ok {
		c.fault("%s: %s: %s has it already", at, what, before)
		return
	}
	seen[thing] = at
}

func (c *checker) agreement(at string, a Agreement) {
	for _, side := range []struct{ name, id string }{{"holder", a.Holder}, {"recipient", a.Recipient}} {
		if side.id != Anyone && !c.ids[side.id] {
			c.fault("%s: %s: no participant %q", at, side.name, side.id)
		}
	}
	if len(a.Purposes) == 0 {
		c.fault("%s: purposes: there is none", at)
	}
	for _, p := range a.Purposes {
		if !slices.Contains(purposes, p) {
			c.fault("%s: purposes: expected some of %s, found %q", at, strings.Join(purposes, ", "), p)
		}
	}
	if a.Until.IsZero() {
		c.fault("%s: until: there is no end", at)
	}
	if a.Asked && a.Holder == Anyone {
		c.fault("%s: asked: expected an agreement that names the holder, found %q", at, Anyone)
	}
	c.mandates(at, a)
}

// mandates: each names its reviewer and the holders that it covers, in an agreement
// that is for AUDIT between them.
func (c *checker) mandates(at string, a Agreement) {
	if len(a.Mandates) > 0 && !slices.Contains(a.Purposes, purposeAudit) {
		c.fault("%s: mandates: the agreement is not for %s", at, purposeAudit)
	}
	for _, m := range a.Mandates {
		if !c.ids[m.Reviewer] || a.Recipient != Anyone && a.Recipient != m.Reviewer {
			c.fault("%s: mandates: reviewer: expected the recipient, found %q", at, m.Reviewer)
		}
		if len(m.Covers) == 0 {
			c.fault("%s: mandates: covers: there is no holder", at)
		}
		for _, id := range m.Covers {
			if !c.ids[id] || a.Holder != Anyone && a.Holder != id {
				c.fault("%s: mandates: covers: expected the holder, found %q", at, id)
			}
		}
	}
}

// material identifies a public key whatever it is called.
func material(k envelope.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(k.Key)
	if err != nil {
		return k.ID
	}
	return string(der)
}

// checkEndpoint wants https://host:port and nothing after it: the paths are the protocol's.
func checkEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.Port() == "" || endpoint != "https://"+u.Host {
		return fmt.Errorf("expected https://host:port and nothing else, found %q", endpoint)
	}
	return nil
}
