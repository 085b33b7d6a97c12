package witness

import (
	"bytes"
	"context"
	"encoding/base64"
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

// Cosign asks all witnesses about a checkpoint of size leaves, and returns the
// lines of those who signed. Fewer than Need is CodeWitnesses. Each is first asked
// as if it had seen the checkpoint before; one that remembers another size gets
// the proof from there.
func (q Quorum) Cosign(ctx context.Context, old, size uint64, raw []byte) ([]byte, error) {
	var mu sync.Mutex
	var lines []byte
	var missing []string
	signed := 0
	var all sync.WaitGroup
	for id, verifier := range q.Witnesses {
		all.Go(func() {
			line, err := q.ask(ctx, id, verifier, old, size, raw)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				missing = append(missing, id+": "+err.Error())
				return
			}
			lines, signed = append(lines, line...), signed+1
		})
	}
	all.Wait()
	if signed < q.Need {
		slices.Sort(missing) // the same failure has the same text
		return nil, problem.Wrap(CodeWitnesses, fmt.Sprintf("%d of %d", signed, q.Need), fmt.Errorf("%s", strings.Join(missing, "; ")))
	}
	return lines, nil
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
		seen, err := strconv.ParseUint(strings.TrimSpace(string(reply)), 10, 64)
		if status == http.StatusConflict && err == nil && seen > size {
			return nil, problem.Mismatch(checkpoint.CodeRolledBack, "witness", "at least "+strconv.FormatUint(seen, 10)+" entries", strconv.FormatUint(size, 10))
		}
		if status != http.StatusConflict || err != nil || seen == old {
			return nil, fmt.Errorf("status %d", status)
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
