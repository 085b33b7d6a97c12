// Package reconcile compares what two ledgers recorded of the exchanges between
// their participants, by the digests of the signed messages alone. It is pure.
package reconcile

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"homeward.example/gateway/internal/ledger"
)

// AtOnce is how many halves one message names, and how many its reply adds: with
// both the reply stays within the 64 KiB that are read of a peer.
const AtOnce = 100

// Margin is by how much the two sides' times of one exchange may differ: a message
// lives for two minutes, clocks differ by seconds, and an answer takes its time.
const Margin = 10 * time.Minute

// Set is what one ledger recorded of the exchanges with one peer, by question.
type Set struct{ Asked, Answered map[[32]byte]*Known }

// Known is what is recorded of one question. Of a question that was asked again
// under the same message there may be several answers: one, and refusals.
type Known struct {
	Decision string // the first that recorded it
	At       time.Time
	Answers  map[[32]byte]bool
}

// Of makes a set of halves, the oldest first.
func Of(halves []ledger.Half) Set {
	s := Set{make(map[[32]byte]*Known), make(map[[32]byte]*Known)}
	for _, h := range halves {
		side := s.Answered
		if h.Asked() {
			side = s.Asked
		}
		k := side[h.Question]
		if k == nil {
			k = &Known{Decision: h.Decision, At: h.At, Answers: make(map[[32]byte]bool)}
			side[h.Question] = k
		}
		if h.Answer != [32]byte{} {
			k.Answers[h.Answer] = true
		}
	}
	return s
}

// Names lists the halves of one side as a message names them.
func Names(side map[[32]byte]*Known) []string {
	var out []string
	for question, k := range side {
		if len(k.Answers) == 0 {
			out = append(out, name(question))
		}
		for answer := range k.Answers {
			out = append(out, name(question)+"."+name(answer))
		}
	}
	slices.Sort(out)
	return out
}

// Reply is what one ledger says to the halves that another named: those that it has
// no record of, and those of its own that were not named.
type Reply struct {
	// Unknown are "QUESTION" of which nothing is known, and "QUESTION.ANSWER" of which
	// the question is.
	Unknown []string
	// Asked and Answered are halves of who replies.
	Asked, Answered []string
	// More is from when on there are more, zero if there are not.
	More time.Time
}

// Compare makes the reply to halves that a peer asked and answered. all is what this
// ledger has of the time and a Margin around it, within what it has of the time itself.
func Compare(all Set, within []ledger.Half, asked, answered []string) (Reply, bool) {
	var r Reply
	for _, side := range []struct {
		named []string
		have  map[[32]byte]*Known
	}{{asked, all.Answered}, {answered, all.Asked}} { // what the peer asked, this side answered
		for _, text := range side.named {
			question, answer, ok := Parse(text)
			if !ok {
				return Reply{}, false
			}
			switch k := side.have[question]; {
			case k == nil:
				r.Unknown = append(r.Unknown, name(question))
			case answer != [32]byte{} && !k.Answers[answer]:
				r.Unknown = append(r.Unknown, text)
			}
		}
	}
	r.add(within, asked, answered)
	return r, true
}

// add names the halves that the peer did not, as many as there is room for. A
// question that was sent and not answered is no exchange yet.
func (r *Reply) add(within []ledger.Half, asked, answered []string) {
	known := make(map[string]bool)
	for _, text := range asked {
		known["answered "+text] = true
	}
	for _, text := range answered {
		known["asked "+text] = true
	}
	for _, h := range within {
		if h.Answer == [32]byte{} {
			continue
		}
		side, list := "answered ", &r.Answered
		if h.Asked() {
			side, list = "asked ", &r.Asked
		}
		text := name(h.Question) + "." + name(h.Answer)
		if known[side+text] {
			continue
		}
		if len(r.Asked)+len(r.Answered) == AtOnce {
			r.More = h.At
			return
		}
		known[side+text] = true
		*list = append(*list, text)
	}
}

// Parse reads the name of a half; answer is zero if it has none.
func Parse(text string) (question, answer [32]byte, ok bool) {
	q, a, both := strings.Cut(text, ".")
	ok = digest(q, &question) && (!both || digest(a, &answer))
	return question, answer, ok
}

func digest(text string, to *[32]byte) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	copy(to[:], b)
	return err == nil && len(b) == len(to)
}

func name(d [32]byte) string { return base64.RawURLEncoding.EncodeToString(d[:]) }
