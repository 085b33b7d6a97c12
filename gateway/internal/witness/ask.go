package witness

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/problem"
)

// Post sends an add-checkpoint request to one witness and returns its status and body.
type Post func(ctx context.Context, witness string, body []byte) (status int, reply []byte, err error)

// Consistency proves that the first to leaves of one's own log begin with the first from.
type Consistency func(ctx context.Context, from, to uint64) ([][]byte, error)

// Quorum is whom to ask for one's own log.
type Quorum struct {
	Need      int
	Witnesses map[string]note.Verifier // by participant
	Post      Post
	Prove     Consistency
}

// said is what came of asking the witnesses.
type said struct {
	signed  int
	lines   []byte
	missing []string // of each that did not sign, why
	behind  int      // how many remember another log, or more of it
}

// Cosign asks all witnesses about a checkpoint of size leaves, and returns the
// lines of those who signed. Fewer than Need is CodeWitnesses, or
// checkpoint.CodeRolledBack where they remember another log than this. Each is
// first asked as if it had seen the checkpoint before; one that remembers another
// size gets the proof from there.
func (q Quorum) Cosign(ctx context.Context, old, size uint64, raw []byte) ([]byte, error) {
	s := q.all(func(id string, v note.Verifier) ([]byte, error) { return q.ask(ctx, id, v, old, size, raw) })
	switch {
	case s.signed >= q.Need:
		return s.lines, nil
	case q.rolledBack(s):
		return nil, s.problem(checkpoint.CodeRolledBack, q.Need)
	}
	return nil, s.problem(CodeWitnesses, q.Need)
}

// Remember asks all witnesses whether they know more of a log than it has: size
// leaves, of which raw is the checkpoint over the published ones. A log that was put
// back from an older copy is checkpoint.CodeRolledBack. Witnesses that are away say
// nothing, and what one says alone does not stop a log that a quorum cosigns.
func (q Quorum) Remember(ctx context.Context, published, size uint64, raw []byte) error {
	s := q.all(func(id string, v note.Verifier) ([]byte, error) {
		status, reply, err := q.Post(ctx, id, format(published, nil, raw))
		if err != nil {
			return nil, err
		}
		if status == http.StatusOK {
			return checked(reply, raw, v)
		}
		if seen, ok := conflict(status, reply); ok && (seen > size || seen == published) {
			return nil, another(seen, size)
		}
		return nil, fmt.Errorf("status %d", status) // it knows less, or what was not published any more
	})
	if s.signed < q.Need && q.rolledBack(s) {
		return s.problem(checkpoint.CodeRolledBack, q.Need)
	}
	return nil
}

// rolledBack: as many witnesses say so as are a quorum, or keep one from coming
// together. So one that lies, where others are enough, stops no log.
func (q Quorum) rolledBack(s said) bool {
	return s.behind > 0 && s.behind >= min(q.Need, len(q.Witnesses)-q.Need+1)
}

func (q Quorum) all(ask func(id string, v note.Verifier) ([]byte, error)) (s said) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for id, verifier := range q.Witnesses {
		all.Go(func() {
			line, err := ask(id, verifier)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				s.lines, s.signed = append(s.lines, line...), s.signed+1
				return
			}
			s.missing = append(s.missing, id+": "+err.Error())
			if errors.Is(err, problem.New(checkpoint.CodeRolledBack, "")) {
				s.behind++
			}
		})
	}
	all.Wait()
	slices.Sort(s.missing) // the same failure has the same text
	return s
}

func (s said) problem(code problem.Code, need int) error {
	return problem.Wrap(code, fmt.Sprintf("witnesses: %d of %d", s.signed, need), errors.New(strings.Join(s.missing, "; ")))
}

// conflict reads the size that a witness remembers.
func conflict(status int, reply []byte) (seen uint64, ok bool) {
	seen, err := strconv.ParseUint(strings.TrimSpace(string(reply)), 10, 64)
	return seen, status == http.StatusConflict && err == nil
}

// another: a witness remembers a log of seen leaves that this one of size does not continue.
func another(seen, size uint64) error {
	have := strconv.FormatUint(size, 10) + " entries"
	if seen > size {
		return problem.Mismatch(checkpoint.CodeRolledBack, "witness", "at least "+strconv.FormatUint(seen, 10)+" entries", have)
	}
	return problem.Mismatch(checkpoint.CodeRolledBack, "witness", "what continues the "+strconv.FormatUint(seen, 10)+" entries that it cosigned", have)
}

func (q Quorum) ask(ctx context.Context, id string, v note.Verifier, old, size uint64, raw []byte) ([]byte, error) {
	for range 3 {
		proof, err := q.Prove(ctx, old, size)
		if err != nil {
			return nil, err
		}
		status, reply, err := q.Post(ctx, id, format(old, proof, raw))
		if err != nil {
			return nil, err
		}
		if status == http.StatusOK {
			return checked(reply, raw, v)
		}
		seen, conflicts := conflict(status, reply)
		switch {
		case status == http.StatusUnprocessableEntity: // the proof is from this log's own tiles
			return nil, another(old, size)
		case status == http.StatusForbidden:
			return nil, errors.New("it takes no such log: its registry names another generation, or ends the one before elsewhere than it remembers")
		case !conflicts || seen == old && seen != size:
			return nil, fmt.Errorf("status %d", status)
		case seen >= size && (seen > size || seen == old): // more, or another root
			return nil, another(seen, size)
		}
		old = seen
	}
	return nil, fmt.Errorf("it keeps naming another size")
}

// checked keeps of a reply the one line that this witness signed.
func checked(reply, raw []byte, v note.Verifier) ([]byte, error) {
	text, _, _ := bytes.Cut(raw, []byte("\n\n"))
	for line := range bytes.Lines(reply) {
		n, err := note.Open(bytes.Join([][]byte{text, line}, []byte("\n\n")), note.VerifierList(v))
		if err == nil && len(n.Sigs) == 1 {
			return line, nil
		}
	}
	return nil, fmt.Errorf("its reply is not signed by it")
}

func format(old uint64, proof [][]byte, raw []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", old)
	for _, hash := range proof {
		b.WriteString(base64.StdEncoding.EncodeToString(hash) + "\n")
	}
	b.WriteString("\n")
	b.Write(raw)
	return b.Bytes()
}
