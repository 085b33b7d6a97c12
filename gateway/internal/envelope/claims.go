package envelope

import (
	"strconv"
	"time"

	"homeward.example/gateway/internal/problem"
)

// checkClaims reads the five claims that every message has and checks them.
func (e Expect) checkClaims(d doc, key PublicKey, f *faults) Claims {
	c := readClaims(d, f)
	f.check(c.Issuer == key.Participant, CodeIssuer, "claim iss", key.Participant, shown(c.Issuer))
	f.check(e.Issuer == AnyIssuer || c.Issuer == e.Issuer, CodeIssuer, "claim iss", e.Issuer, shown(c.Issuer))
	f.check(c.Audience == e.Audience, CodeAudience, "claim aud", e.Audience, shown(c.Audience))
	c.checkTimes(e.Type, e.Now, f)
	return c
}

func readClaims(d doc, f *faults) Claims {
	r := reader{doc: d, faults: f}
	c := Claims{
		Issuer: r.text("iss"), Audience: r.text("aud"), ID: r.text("jti"),
		IssuedAt: r.integer("iat"), Expires: r.integer("exp"),
	}
	if c.Issuer != "" {
		f.check(identifier(c.Issuer), CodeClaim, "claim iss", kidForm, "another character")
	}
	if c.Audience != "" {
		f.check(identifier(c.Audience), CodeClaim, "claim aud", kidForm, "another character")
	}
	if c.ID != "" {
		f.check(len(c.ID) == 22 && canonical64(c.ID, "") == nil, CodeClaim, "claim jti", "128 random bits in base64url", "another value")
	}
	// RFC 7519 and RFC 7800 give these a meaning that a verifier must honour; ours has no use for it.
	for _, name := range []string{"nbf", "cnf"} {
		if _, ok := d.member(0, name); ok {
			r.fail(name, "not to be there", "it is there")
		}
	}
	return c
}

// checkTimes checks the lifetime. iat may be MaxAhead in the future; exp is
// strict, since a message that lives two minutes has room for a clock that is
// ten seconds off, and what is dead must be dead to everybody.
func (c Claims) checkTimes(t Type, now time.Time, f *faults) {
	if c.IssuedAt == 0 || c.Expires == 0 {
		return // missing, and said so
	}
	issued, expires, most := time.Unix(c.IssuedAt, 0), time.Unix(c.Expires, 0), MaxLifetime(t)
	switch life := expires.Sub(issued); {
	case life <= 0:
		f.add(problem.Mismatch(CodeClaim, "claim exp", "after iat", "not after it"))
	case life > most:
		f.add(problem.Mismatch(CodeLifetime, "claim exp", "at most "+seconds(most)+" after iat", seconds(life)))
	}
	if issued.After(now.Add(MaxAhead)) {
		f.add(problem.Mismatch(CodeNotYet, "claim iat", "at most "+seconds(MaxAhead)+" after "+utc(now), utc(issued)))
	}
	if !now.Before(expires) {
		f.add(problem.Mismatch(CodeExpired, "claim exp", "after "+utc(now), utc(expires)))
	}
}

func utc(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) + " s" }
