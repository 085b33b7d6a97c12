package checkpoint

import (
	"errors"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/problem"
)

// An origin has one spelling, and is of one participant.
func TestGenerations(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		1: "homeward.example/gov-ua/ledger", 2: "homeward.example/gov-ua/ledger/2", MaxGenerations: "homeward.example/gov-ua/ledger/100",
	} {
		if got := Generation("gov-ua", n); got != want || GenerationOf("gov-ua", got) != n || Number(got) != n || GenerationOf("gov-pl", got) != 0 {
			t.Errorf("generation %d: %s, read as %d", n, got, GenerationOf("gov-ua", got))
		}
	}
	for _, origin := range []string{
		"", "homeward.example/gov-ua/ledger/", "homeward.example/gov-ua/ledger/1", "homeward.example/gov-ua/ledger/02", "homeward.example/gov-ua/ledger/+2",
		"homeward.example/gov-ua/ledger/-2", "homeward.example/gov-ua/ledger/101", "homeward.example/gov-ua/ledger2", "homeward.example/gov-ua/ledger/2/2",
	} {
		if n := GenerationOf("gov-ua", origin); n != 0 {
			t.Errorf("%q is read as generation %d", origin, n)
		}
	}
}

// Whoever remembers no more than what is continued holds the log to that; who remembers
// more believes the registry, if witnesses cosigned it, up to the end that it names.
func TestAcross(t *testing.T) {
	t.Parallel()
	head := func(size uint64, root byte) Head { return Head{Size: size, Root: Leaf{root}} }
	b := Break{End: head(96, 3), From: head(64, 2), Proven: true}
	unproven, nothing := b, Break{End: head(96, 3)}
	unproven.Proven = false
	unknown := b
	unknown.Unknown = true
	for name, c := range map[string]struct {
		b    Break
		seen Head
		want Head
		code problem.Code
	}{
		"nothing":                   {b, Head{}, b.From, ""},
		"less":                      {b, head(32, 1), head(32, 1), ""},
		"what is continued":         {b, b.From, b.From, ""},
		"something that is lost":    {b, head(80, 9), b.From, ""},
		"the end":                   {b, b.End, b.From, ""},
		"more than the end":         {b, head(97, 3), Head{}, CodeBreak},
		"another end":               {b, head(96, 4), Head{}, CodeBreak},
		"another than is continued": {b, head(64, 4), Head{}, CodeBreak},
		"unproven, less":            {unproven, head(32, 1), head(32, 1), ""},
		"unproven, the same":        {unproven, b.From, b.From, ""},
		"unproven, more":            {unproven, b.End, Head{}, CodeCheckpoint},
		"unproven, nothing":         {unproven, Head{}, Head{}, CodeCheckpoint},
		"not cosigned here, less":   {unknown, head(32, 1), head(32, 1), ""},
		"not cosigned here, more":   {unknown, head(80, 9), Head{}, CodeCheckpoint},
		"not cosigned here, new":    {unknown, Head{}, b.From, ""},
		"nothing was left":          {nothing, head(32, 1), Head{}, ""},
		"nothing left, more":        {nothing, head(97, 1), Head{}, CodeBreak},
	} {
		got, err := c.b.Across(c.seen)
		if got != c.want || (c.code == "") != (err == nil) || err != nil && !errors.Is(err, problem.New(c.code, "")) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// What is read without belief is what would be verified, and nothing else.
func TestRead(t *testing.T) {
	t.Parallel()
	signer, verifier := keys(t)
	raw, err := note.Sign(&note.Note{Text: Head{Size: 32}.Body(origin)}, signer)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := Parse(raw, origin, verifier)
	if err != nil {
		t.Fatal(err)
	}
	if read, err := Read(raw); err != nil || read.Head != parsed.Head || read.Origin != origin {
		t.Errorf("%+v, %v", read, err)
	}
	for _, bad := range []string{"", "x", Head{Size: 32}.Body(origin), Head{Size: 32}.Body(origin) + "\n", "x" + "\n\n" + string(raw)} {
		if _, err := Read([]byte(bad)); !errors.Is(err, problem.New(CodeCheckpoint, "")) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
