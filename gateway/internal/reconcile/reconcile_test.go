package reconcile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"homeward.example/gateway/internal/ledger"
)

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// deal is one exchange, and what each side recorded of it.
type deal struct {
	question, answer          [32]byte
	asked, received, answered bool
}

func halves(deals []deal, requester bool) (out []ledger.Half) {
	for i, d := range deals {
		h := ledger.Half{Decision: fmt.Sprint(i), At: start.Add(time.Duration(i) * time.Second), Question: d.question}
		if requester && d.asked {
			h.Kind = ledger.KindAsked
			out = append(out, h)
		}
		if requester && d.received {
			h.Kind, h.Answer = ledger.KindReceived, d.answer
			out = append(out, h)
		}
		if !requester && d.answered {
			h.Kind, h.Answer = ledger.KindAnswered, d.answer
			out = append(out, h)
		}
	}
	return out
}

// wants is what must be found of one exchange, "" if nothing.
func (d deal) wants(requester bool) string {
	knows := d.asked || d.received
	switch {
	case requester && d.received && !d.answered:
		return "there exchange"
	case requester && knows && !d.received && d.answered:
		return "here answer"
	case requester && knows && !d.received:
		return "lost exchange"
	case requester && !knows && d.answered:
		return "here exchange"
	case !requester && d.answered && !knows:
		return "there exchange"
	case !requester && d.answered && !d.received:
		return "there answer"
	case !requester && !d.answered && d.received:
		return "here exchange"
	}
	return ""
}

// Whatever either side has lost, and whichever of them asks, exactly that is found.
func TestEveryLoss(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var deals []deal
		for i := range rapid.IntRange(0, AtOnce/2).Draw(t, "exchanges") {
			deals = append(deals, deal{
				question: [32]byte{1, byte(i)}, answer: [32]byte{2, byte(i)}, asked: rapid.Bool().Draw(t, "asked"),
				received: rapid.Bool().Draw(t, "received"), answered: rapid.Bool().Draw(t, "answered"),
			})
		}
		requester := rapid.Bool().Draw(t, "the requester compares")
		own, theirs := halves(deals, requester), halves(deals, !requester)
		set := Of(own)
		reply, ok := Compare(Of(theirs), theirs, Names(set.Asked), Names(set.Answered))
		if !ok || !reply.More.IsZero() {
			t.Fatalf("%v %+v", ok, reply)
		}
		found, ok := Findings(set, reply)
		if !ok {
			t.Fatal("the reply is refused")
		}
		got := make(map[string]string)
		for _, f := range found {
			got[f.Question] = f.Missing + " " + f.Part
		}
		for _, d := range deals {
			if want := d.wants(requester); got[name(d.question)] != want {
				t.Fatalf("%+v (the requester compares: %v): %q, want %q", d, requester, got[name(d.question)], want)
			}
		}
	})
}

// A reply has room for so many; the rest comes with the next.
func TestMore(t *testing.T) {
	t.Parallel()
	var deals []deal
	for i := range 3 * AtOnce {
		deals = append(deals, deal{question: [32]byte{1, byte(i), byte(i >> 8)}, answer: [32]byte{2}, answered: true})
	}
	theirs := halves(deals, false)
	seen := make(map[string]bool)
	rounds := 0
	for from := start; !from.IsZero(); rounds++ {
		within := slices.Clone(theirs)
		within = slices.DeleteFunc(within, func(h ledger.Half) bool { return h.At.Before(from) })
		reply, ok := Compare(Of(theirs), within, nil, nil)
		if !ok || len(reply.Answered) > AtOnce {
			t.Fatalf("%v, %d halves", ok, len(reply.Answered))
		}
		for _, text := range reply.Answered {
			seen[text] = true
		}
		from = reply.More
	}
	if len(seen) != len(deals) || rounds != 3 {
		t.Errorf("%d of %d in %d rounds", len(seen), len(deals), rounds)
	}
}

// What is no digest, or was not named, is refused.
func TestStrict(t *testing.T) {
	t.Parallel()
	digest := name([32]byte{1})
	for _, text := range []string{"", ".", "x", digest + ".", digest + "." + digest + "." + digest, digest + "=", strings.ToUpper(digest[:42]) + "B", digest[:42]} {
		if _, _, ok := Parse(text); ok {
			t.Errorf("%q is taken", text)
		}
		if _, ok := Compare(Of(nil), nil, []string{text}, nil); ok {
			t.Errorf("%q is taken in a message", text)
		}
	}
	for what, r := range map[string]Reply{
		"an unknown half that was not named": {Unknown: []string{digest}},
		"a half without an answer":           {Asked: []string{digest}},
		"no digest":                          {Answered: []string{"x"}},
	} {
		if _, ok := Findings(Of(nil), r); ok {
			t.Errorf("%s is taken", what)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(name([32]byte{1}) + "." + name([32]byte{2}))
	f.Fuzz(func(t *testing.T, text string) {
		question, answer, ok := Parse(text)
		again := name(question)
		if answer != [32]byte{} || strings.Contains(text, ".") {
			again += "." + name(answer)
		}
		if ok && again != text {
			t.Fatalf("%q and %q are one half", text, again)
		}
	})
}
