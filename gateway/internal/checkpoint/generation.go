package checkpoint

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/problem"
)

// Problems of generations.
const (
	// CodeGeneration: a log is of another generation than the registry names.
	CodeGeneration problem.Code = "log_generation"
	// CodeBreak: the registry ends a generation elsewhere than where it was seen.
	CodeBreak problem.Code = "log_break"
)

// MaxGenerations is more than any log has: each is a disaster, and a decision of all.
const MaxGenerations = 100

// Generation is the origin of one generation of a participant's log, counted from 1.
// A log that lost published entries goes on under the next.
func Generation(participant string, n int) string {
	if n == 1 {
		return LogName(participant)
	}
	return LogName(participant) + "/" + strconv.Itoa(n)
}

// GenerationOf is which generation of a participant's log an origin names, 0 for none.
func GenerationOf(participant, origin string) int {
	if n := Number(origin); Generation(participant, n) == origin {
		return n
	}
	return 0
}

// Number is the generation that an origin names, whoever's log it is of.
func Number(origin string) int {
	_, last, _ := strings.Cut(origin, logSuffix+"/")
	if n, err := strconv.Atoi(last); err == nil && 1 < n && n <= MaxGenerations {
		return n
	}
	return 1
}

// Break is where the registry ends one generation of a log, and where the next goes on.
type Break struct {
	// End is the newest head of the ended generation that anybody remembers.
	End Head
	// From is the head, no larger, whose tree the next generation continues: what the
	// log had after it is lost. Proven says that a quorum of witnesses cosigned it, and
	// Unknown that whoever asks is a witness who did not: who signs the registry says who
	// the others are, but nobody forges one's own cosignature.
	From            Head
	Proven, Unknown bool
}

// Across is what must be seen continued after the break by who remembers a head of
// before it, the zero value for nothing: that head, or From, if there was more. A head
// that contradicts the registry is CodeBreak, a From that nobody proves CodeCheckpoint.
func (b Break) Across(h Head) (Head, error) {
	switch {
	case h.Size > b.End.Size, h.differs(b.End), h.differs(b.From):
		return Head{}, problem.Mismatch(CodeBreak, "registry", "an end at "+decimal(h.Size)+" entries or later, with the content that was seen", decimal(b.End.Size)+" entries")
	case h.Size > 0 && h.Size <= b.From.Size:
		return h, nil
	case b.From.Size > 0 && !b.Proven:
		return Head{}, problem.New(CodeCheckpoint, "ended_logs, continues: too few witnesses cosigned it")
	case b.From.Size > 0 && b.Unknown && h.Size > 0:
		return Head{}, problem.New(CodeCheckpoint, "ended_logs, continues: not cosigned here")
	}
	return b.From, nil
}

// differs: two heads of one size that are of two logs.
func (h Head) differs(from Head) bool {
	return h.Size > 0 && h.Size == from.Size && h.Root != from.Root
}

// Read reads a checkpoint and believes nothing of it: whose signatures are under it
// somebody else must ask.
func Read(raw []byte) (Checkpoint, error) {
	_, err := note.Open(raw, note.VerifierList())
	unverified, ok := errors.AsType[*note.UnverifiedNoteError](err)
	if !ok || !canonical(string(raw)) {
		return Checkpoint{}, problem.New(CodeCheckpoint, "signatures")
	}
	head, origin, ok := parseBody(unverified.Note.Text)
	if !ok {
		return Checkpoint{}, problem.New(CodeCheckpoint, "body")
	}
	return Checkpoint{Head: head, Origin: origin, Raw: raw}, nil
}
