package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// messages are those of the package, verified; what is not there has no type.
type messages struct{ query, again, answer envelope.Verified }

type named struct {
	name     string
	verified envelope.Verified
}

func (m messages) each() []named {
	return []named{{"question", m.query}, {"request to answer again", m.again}, {"answer", m.answer}}
}

// messages verifies the signed parts, as on their day, by the registry of that day.
func (v *verifier) messages() (m messages, err error) {
	for _, one := range []struct {
		sdjwt string
		to    *envelope.Verified
	}{{v.Query, &m.query}, {v.Again, &m.again}, {v.Answer, &m.answer}} {
		if one.sdjwt == "" {
			continue
		}
		if *one.to, err = v.message(signedPart(one.sdjwt)+"~", one.to == &m.answer); err != nil {
			return m, err
		}
	}
	return m, nil
}

// message verifies one message: from the participant to its peer or the other way.
func (v *verifier) message(sdjwt string, isAnswer bool) (envelope.Verified, error) {
	typ, issued, err := unread(sdjwt)
	if err != nil {
		return envelope.Verified{}, err
	}
	if isAnswer != (typ == envelope.TypeAnswer) {
		return envelope.Verified{}, problem.Mismatch(envelope.CodeType, "header typ", "a question's or an answer's", string(typ))
	}
	from, to := v.decision.Peer, v.About.Participant
	if own := asks(v.decision.Kind); own != isAnswer {
		from, to = to, from
	}
	return envelope.Verify(sdjwt, envelope.Expect{
		Type: typ, Audience: to, Issuer: from, Uses: []envelope.Use{envelope.UseSign, envelope.UseAgency}, Keys: v.live, Now: issued,
	})
}

// asks says whether a decision of this kind is on a question of one's own.
func asks(kind string) bool {
	return slices.Contains([]string{ledger.KindAsked, ledger.KindReceived, ledger.KindCollecting, ledger.KindReported}, kind)
}

// unread is what a message says before it is verified: what it is, and when it was made.
func unread(sdjwt string) (typ envelope.Type, issued time.Time, err error) {
	parts := strings.Split(signedPart(sdjwt), ".")
	var header struct {
		Typ envelope.Type `json:"typ"`
	}
	var claims struct {
		IssuedAt int64 `json:"iat"`
	}
	for i, to := range []any{&header, &claims} {
		if len(parts) != 3 {
			return "", issued, problem.New(envelope.CodeMalformed, "message")
		}
		raw, err := strict64(parts[i])
		if err == nil {
			err = json.Unmarshal(raw, to)
		}
		if err != nil {
			return "", issued, problem.New(envelope.CodeMalformed, "message")
		}
	}
	return header.Typ, time.Unix(claims.IssuedAt, 0), nil
}

// redactionsVerdict: every value that is shown was signed, and every one that is not
// is named.
func (v *verifier) redactionsVerdict() Verdict {
	shown := make(map[string][]string) // digests by message
	for i, sdjwt := range []string{v.Query, v.Again, v.Answer} {
		if sdjwt == "" {
			continue
		}
		verified, err := v.message(sdjwt, i == 2)
		if err != nil {
			return because("a value that is disclosed", err)
		}
		v.result.Shown += len(verified.Digests())
		shown[[]string{queryName, againName, ansName}[i]] = verified.Digests()
	}
	v.result.LeftOut = len(v.About.LeftOut)
	if v.About.Erased && v.result.Shown+v.result.LeftOut > 0 {
		return failed("the package says that every value was erased, and has some")
	}
	for _, why := range []string{v.unnamed(shown[ansName]), v.unreleased(shown)} {
		if why != "" {
			return failed(why)
		}
	}
	switch {
	case v.Query == "" && v.Answer == "":
		return notChecked("the decision has no messages")
	case v.About.Erased:
		return passed("every value was erased from the ledger; what is left is what was signed over")
	case v.result.LeftOut == 0:
		return passed(fmt.Sprintf("all %d values are shown, each of them signed", v.result.Shown))
	}
	return passed(fmt.Sprintf("%d values are shown, each of them signed; %d are left out and named", v.result.Shown, v.result.LeftOut))
}

// unnamed says which value of the answer is neither shown nor named as left out, or
// named although it is shown. The decision has a digest of each.
func (v *verifier) unnamed(answered []string) string {
	shown := make(map[string]bool)
	for _, digest := range answered {
		shown[digest] = true
	}
	left := make(map[string]int)
	for _, l := range v.About.LeftOut {
		if l.Message == "answer" {
			left[l.Name]++
		}
	}
	for _, r := range v.decision.Records {
		for _, d := range r.Digests {
			if !shown[d.Value] && !v.About.Erased {
				if left[d.Name]--; left[d.Name] < 0 {
					return d.Name + " is left out and not named"
				}
			}
		}
	}
	for name, n := range left {
		if n > 0 && v.decision.Kind == ledger.KindAnswered && len(v.decision.Records) > 0 {
			return name + " is named as left out and is not"
		}
	}
	return ""
}
