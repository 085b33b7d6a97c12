package exchange_test

import (
	"context"
	"crypto/sha256"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/store"
)

// child is one of whom many ask, and what its first answer said.
type child struct {
	token string
	said  map[string]string
}

// Memory is used again from answer to answer. Many ask at once of several children,
// and some of them go away at any time: each is told of the child it asked for alone,
// and what stands in the ledger is what was said, to the byte.
func TestAnswersShareNoMemory(t *testing.T) {
	t.Parallel()
	const clients, questions = 8, 12
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		var source adapters.Adapter
		dir, at := t.TempDir(), o.Store
		f := gatewaytest.New(t, gatewaytest.Options{
			Store: func(id string) store.Options {
				if id == "gov-ua" && at != nil { // who answers
					return at(id)
				}
				return store.Options{Driver: store.SQLite, DSN: filepath.Join(dir, id+".db")}
			},
			Tune: func(id string, d *exchange.Deps) {
				generous(id, d)
				if id == "gov-ua" {
					source = d.Source
				}
			},
		})
		children, answers := childrenOf(t, f, source), newSaid()
		for i := range children {
			query := sealedQuery(t, f, children[i].token)
			reply, err := f.Member("gov-ua").Answer(t.Context(), "gov-pl", query)
			must(t, err)
			children[i].said = answers.add(t, f, i, query, reply)
		}
		if shown := slices.DeleteFunc(slices.Clone(children), func(c child) bool { return len(c.said) == 0 }); len(shown) < 4 {
			t.Fatalf("of %d children alone anything is told", len(shown))
		}
		var wait sync.WaitGroup
		for range clients {
			wait.Go(func() {
				for range questions {
					i := rand.IntN(len(children))
					query := sealedQuery(t, f, children[i].token)
					answers.asked(t, f, i, query)
					ctx, cancel := context.WithTimeout(t.Context(), patience())
					reply, err := f.Member("gov-ua").Answer(ctx, "gov-pl", query)
					cancel()
					if err == nil {
						isOf(t, children[i].said, answers.add(t, f, i, query, reply))
					}
				}
			})
		}
		wait.Wait()
		answers.recorded(t, f, children)
	})
}

// patience of a client: one in two goes away while it is answered.
func patience() time.Duration {
	if rand.IntN(2) == 0 {
		return time.Minute
	}
	return time.Duration(rand.IntN(12_000)) * time.Microsecond
}

func childrenOf(t *testing.T, f *gatewaytest.Federation, source adapters.Adapter) []child {
	t.Helper()
	changes, _, err := source.Changes(t.Context(), "")
	must(t, err)
	var out []child
	for _, c := range changes[:12] {
		out = append(out, child{token: link(t, f, exchange.LinkRequest{Child: c.ID})})
	}
	return out
}

func isOf(t *testing.T, want, got map[string]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d values, want %d", len(got), len(want))
	}
	for name, value := range got {
		if want[name] != value {
			t.Errorf("%s is that of another child", name)
		}
	}
}

// said is what was asked and answered, by the hash of the question.
type said struct {
	mu      sync.Mutex
	queries map[[32]byte]string
	of      map[[32]byte]int    // the child
	answers map[string][]string // by decision: the answer, its leaf
}

func newSaid() *said {
	return &said{queries: make(map[[32]byte]string), of: make(map[[32]byte]int), answers: make(map[string][]string)}
}

func (s *said) asked(t *testing.T, f *gatewaytest.Federation, child int, query string) {
	sdjwt, err := envelope.Open(query, envelope.TypeQuery, []envelope.PrivateKey{f.Member("gov-ua").Keys.Seal})
	if err != nil {
		t.Error(err)
	}
	jws, _, _ := strings.Cut(sdjwt, "~")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queries[sha256.Sum256([]byte(jws))], s.of[sha256.Sum256([]byte(jws))] = sdjwt, child
}

// add returns the values by name.
func (s *said) add(t *testing.T, f *gatewaytest.Federation, child int, query, reply string) map[string]string {
	s.asked(t, f, child, query)
	sdjwt, err := envelope.Open(reply, envelope.TypeAnswer, []envelope.PrivateKey{f.Member("gov-pl").Keys.Seal})
	if err != nil {
		t.Error(err)
	}
	a, err := f.Member("gov-pl").Inspect("gov-ua", reply)
	if err != nil {
		t.Error(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[a.Decision] = []string{sdjwt, a.Leaf}
	return shownIn(t, sdjwt)
}

func shownIn(t *testing.T, sdjwt string) map[string]string {
	out := make(map[string]string)
	_, err := envelope.Present(sdjwt, func(d envelope.Disclosure) bool {
		out[d.Name] = string(d.Value)
		return true
	})
	if err != nil {
		t.Error(err)
	}
	return out
}

// recorded compares each row with what was said, also where who asked was gone.
func (s *said) recorded(t *testing.T, f *gatewaytest.Federation, children []child) {
	db := f.Member("gov-ua").Store
	secret := sha256.Sum256([]byte("test secret of gov-ua"))
	box, err := ledger.NewBox(secret[:])
	must(t, err)
	rows, err := db.Decisions(t.Context(), 0, 1000)
	must(t, err)
	for _, r := range rows {
		must(t, ledger.Verify(r))
		if r.Kind != ledger.KindAnswered {
			continue
		}
		kept, err := db.Exchange(t.Context(), r.ID)
		must(t, err)
		e, _, err := box.Read(r.ID, kept)
		must(t, err)
		jws := sha256.Sum256(e.Query.JWS)
		if query := e.Query.SDJWT(); query != s.queries[jws] {
			t.Errorf("%s: another question is recorded", r.ID)
		}
		if answer := s.answers[r.ID]; answer != nil && (e.Answer.SDJWT() != answer[0] || envelope.Base64(r.Leaf) != answer[1]) {
			t.Errorf("%s: another answer is recorded", r.ID)
		}
		if d, err := ledger.ParseDecision(r.Content); err != nil || d.Outcome == "answered" {
			isOf(t, children[s.of[jws]].said, shownIn(t, e.Answer.SDJWT()))
		}
		delete(s.answers, r.ID)
	}
	if len(s.answers) > 0 {
		t.Errorf("%d answers are not recorded", len(s.answers))
	}
}
