package envelope

import (
	"strconv"
	"time"

	"homeward.example/gateway/internal/problem"
)

// claims reads and checks the five claims that every message has.
func (e Expect) claims(d doc, key PublicKey) (Claims, error) {
	c, err := readClaims(d)
	if err != nil {
		return Claims{}, err
	}
	switch {
	case c.Issuer != key.Participant:
		return Claims{}, problem.Mismatch(CodeIssuer, "claim iss", key.Participant+", whose key signed", c.Issuer)
	case e.Issuer != AnyIssuer && c.Issuer != e.Issuer:
		return Claims{}, problem.Mismatch(CodeIssuer, "claim iss", e.Issuer, c.Issuer)
	case c.Audience != e.Audience:
		return Claims{}, problem.Mismatch(CodeAudience, "claim aud", e.Audience, c.Audience)
	}
	return c, c.timely(e.Type, e.Now)
}

func readClaims(d doc) (Claims, error) {
	r := reader{doc: d}
	c := Claims{
		Issuer: r.text("iss"), Audience: r.text("aud"), ID: r.text("jti"),
		IssuedAt: r.integer("iat"), Expires: r.integer("exp"),
	}
	switch {
	case r.err != nil:
		return Claims{}, r.err
	case !identifier(c.Issuer):
		return Claims{}, badClaim("iss", "letters, digits and - _ . : @", "another character")
	case !identifier(c.Audience):
		return Claims{}, badClaim("aud", "one string of letters, digits and - _ . : @", "another character")
	case len(c.ID) != 22 || canonical64(c.ID, "") != nil:
		return Claims{}, badClaim("jti", "128 random bits in base64url", "another value")
	}
	// RFC 7519 and RFC 7800 give these a meaning that a verifier must honour; ours has no use for it.
	for _, name := range []string{"nbf", "cnf", "crit"} {
		if _, ok := d.member(0, name); ok {
			return Claims{}, badClaim(name, "not to be there", "it is there")
		}
	}
	return c, nil
}

// timely checks the lifetime. iat may be MaxAhead in the future; exp is strict.
func (c Claims) timely(t Type, now time.Time) error {
	issued, expires := time.Unix(c.IssuedAt, 0), time.Unix(c.Expires, 0)
	switch life := expires.Sub(issued); {
	case life <= 0:
		return badClaim("exp", "after iat", "not after it")
	case life > MaxLifetime(t):
		return problem.Mismatch(CodeLifetime, "claim exp", "at most "+seconds(MaxLifetime(t))+" after iat", seconds(life))
	case issued.After(now.Add(MaxAhead)):
		return problem.Mismatch(CodeNotYet, "claim iat", "at most "+seconds(MaxAhead)+" ahead of "+now.UTC().Format(time.RFC3339), issued.UTC().Format(time.RFC3339))
	case !now.Before(expires):
		return problem.Mismatch(CodeExpired, "claim exp", "after "+now.UTC().Format(time.RFC3339), expires.UTC().Format(time.RFC3339))
	}
	return nil
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) + " s" }

func badClaim(name, expected, found string) *problem.Error {
	return problem.Mismatch(CodeClaim, "claim "+name, expected, found)
}
