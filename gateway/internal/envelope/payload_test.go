package envelope

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// The head of an answer is what encoding/json makes of it, whatever its texts are: who
// collects chooses the id that is answered.
func TestAnswerHead(t *testing.T) {
	t.Parallel()
	like := func(a Answer) string {
		b := must(json.Marshal(struct {
			Claims
			InReplyTo string `json:"irt"`
			QueryHash string `json:"qh"`
			Decision  string `json:"decision"`
			Leaf      string `json:"leaf"`
		}{a.Claims, a.InReplyTo, a.QueryHash, a.Decision, a.Leaf}))
		return string(b)
	}
	check := func(t interface{ Fatalf(string, ...any) }, irt string) {
		a := Answer{Claims: Claims{Issuer: "gov-ua", Audience: "gov-pl", ID: NewID(), IssuedAt: 1, Expires: -2}, InReplyTo: irt, QueryHash: "q", Decision: "d", Leaf: "l"}
		if got := string(AnswerHead(a)) + "}"; got != like(a) {
			t.Fatalf("%s, want %s", got, like(a))
		}
	}
	for _, irt := range []string{"", "\a\v\x7f\x00", "\U000e0001\u2028", `","leaf":"`, `\`, "<&>", "їжак", "\xff"} {
		check(t, irt)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, rapid.String().Draw(t, "irt")) })
}
