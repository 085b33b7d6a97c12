package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/ledger"
)

// said is a commit of a decision with the messages that were said.
func said(t *testing.T, kind string, at time.Time, e ledger.Exchanged) ledger.Commit {
	t.Helper()
	box, err := ledger.NewBox(make([]byte, 32))
	must(t, err)
	c := Decision(kind)
	c.Row.At = at
	c.Exchange, err = box.Keep(c.Row.ID, e)
	must(t, err)
	return c
}

func jws(typ, what string) ledger.Message {
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA","kid":"k","typ":"homeward-` + typ + `+sd-jwt"}`))
	payload := base64.RawURLEncoding.EncodeToString([]byte(what))
	return ledger.Message{JWS: []byte(header + "." + payload + ".c2ln"), Payload: []byte(what)}
}

func halves(t *testing.T, s ledger.Store, again func() ledger.Store) {
	ctx := context.Background()
	query, collect, answer := jws("query", "1"), jws("collect", "2"), jws("answer", "3")
	commits := []ledger.Commit{
		said(t, ledger.KindAnswered, start, ledger.Exchanged{Query: query, Answer: answer}),
		said(t, ledger.KindAnswered, start.Add(time.Second), ledger.Exchanged{Query: query, Again: collect, Answer: answer}),
		said(t, ledger.KindNoticed, start.Add(time.Second), ledger.Exchanged{Query: jws("notice", "4"), Answer: answer}),
		said(t, ledger.KindAsked, start.Add(2*time.Second), ledger.Exchanged{Query: query}),
		Decision(ledger.KindAnswered),
	}
	var all []string
	for _, c := range commits {
		must(t, s.Commit(ctx, c))
		all = append(all, c.Row.ID)
	}
	must(t, s.EraseExchanges(ctx, all)) // the digests outlive it
	from, to := start, start.Add(2*time.Second)
	got, err := again().Halves(ctx, "gov-pl", from, to.Add(time.Microsecond), 10)
	must(t, err)
	at := func(c ledger.Commit) time.Time { return c.Row.At.UTC() }
	q, a := sha256.Sum256(query.JWS), sha256.Sum256(answer.JWS)
	want := []ledger.Half{
		{Decision: commits[0].Row.ID, Kind: ledger.KindAnswered, At: at(commits[0]), Question: q, Answer: a},
		{Decision: commits[1].Row.ID, Kind: ledger.KindAnswered, At: at(commits[1]), Question: sha256.Sum256(collect.JWS), Answer: a},
		{Decision: commits[3].Row.ID, Kind: ledger.KindAsked, At: at(commits[3]), Question: q},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for name, c := range map[string]struct {
		peer  string
		to    time.Time
		limit int
		want  int
	}{"not at its end": {"gov-pl", to, 10, 2}, "as many as asked for": {"gov-pl", to, 1, 1}, "of somebody else": {"gov-ua", to, 10, 0}} {
		if got, err := s.Halves(ctx, c.peer, from, c.to, c.limit); err != nil || len(got) != c.want {
			t.Errorf("%s: %d halves, %v, want %d", name, len(got), err, c.want)
		}
	}
}
