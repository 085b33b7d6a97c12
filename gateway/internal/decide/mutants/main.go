// Command mutants shows that the tests of the policy bite: it makes one small
// change after another to the rules (a rule deleted, a condition negated or
// dropped, a set widened or narrowed, a constant changed) and counts those that the
// cases, the reference and the rules' own tests find.
//
//	mutants [-every N] [-contexts N] [-only TEXT]    from the root of the module
//
// Its last line is "killed K / N". It exits with 1 if fewer than 95 % die, or if
// policies/mutants.yaml does not list each survivor, and no other, with the reason
// why it decides the same as the policy.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

func main() {
	o := options{root: "policies"}
	flag.IntVar(&o.every, "every", 1, "try each `N`th mutant only")
	flag.IntVar(&o.contexts, "contexts", 400, "random contexts that a mutant is compared on")
	flag.StringVar(&o.only, "only", "", "try those mutants only whose key has `TEXT`, such as plan/plan.rego")
	flag.Uint64Var(&o.seed, "seed", 1, "of the contexts")
	flag.BoolVar(&o.kills, "kills", false, "print what found each mutant")
	flag.Parse()
	debug.SetGCPercent(400) // short lives, much garbage: a third of the time
	ok, err := run(context.Background(), o, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if !ok {
		os.Exit(1)
	}
}

// options of a run. root is the folder of the policies.
type options struct {
	root            string
	every, contexts int
	seed            uint64
	only            string
	kills           bool
}

// run tries the mutants, prints the survivors and the count, and says whether that is good enough.
func run(ctx context.Context, o options, out io.Writer) (bool, error) {
	known, err := equivalents(filepath.Join(o.root, "mutants.yaml"))
	if err != nil {
		return false, err
	}
	j, err := newJudge(o)
	if err != nil {
		return false, err
	}
	all, err := j.mutants()
	if err != nil {
		return false, err
	}
	t := tally{known: known, ok: true, kills: o.kills, out: out}
	t.exist(all)
	all = slices.DeleteFunc(sample(all, o.every), func(m mutant) bool { return !strings.Contains(m.Key, o.only) })
	for i, v := range j.try(ctx, all) {
		t.count(&all[i], v)
	}
	fmt.Fprintf(out, "%d do not compile and are not counted\n", t.stillborn)
	tried := len(all) - t.stillborn
	fmt.Fprintf(out, "killed %d / %d\n", t.killed, tried)
	enough := o.every > 1 || t.killed*100 >= tried*95 // a sample is too small for a share
	return t.ok && tried > 0 && enough, ctx.Err()
}

// sample is each nth mutant.
func sample(all []mutant, n int) []mutant {
	var out []mutant
	for i := 0; i < len(all); i += n {
		out = append(out, all[i])
	}
	return out
}

// tally counts verdicts and prints what a reader must see.
type tally struct {
	known             map[string]string // survivors that are known, and why
	killed, stillborn int
	ok, kills         bool
	out               io.Writer
}

// exist fails if a survivor is listed of which there is no mutant.
func (t *tally) exist(all []mutant) {
	for _, key := range slices.Sorted(maps.Keys(t.known)) {
		if !slices.ContainsFunc(all, func(m mutant) bool { return m.Key == key }) {
			t.ok = false
			fmt.Fprintf(t.out, "LISTED    %s\n          but there is no such mutant\n", key)
		}
	}
}

func (t *tally) count(m *mutant, v verdict) {
	because, listed := t.known[m.Key]
	said := func(what, why string) {
		fmt.Fprintf(t.out, "%-9s %s:%d %s\n          %s\n", what, m.File, m.Row, m.Key, why)
	}
	switch {
	case v.stillborn:
		t.stillborn++
	case v.killed != "":
		t.killed++
		if t.kills {
			said("killed", "by "+v.killed)
		}
	case listed:
		said("survived", "and decides the same: "+because)
	default:
		t.ok = false
		said("SURVIVED", "and nobody says why it would decide the same")
	}
	if listed && (v.stillborn || v.killed != "") {
		t.ok = false
		said("LISTED", "but it does not survive: "+v.killed)
	}
}

// equivalents reads the survivors that are known to decide the same: key to reason.
func equivalents(file string) (map[string]string, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var doc struct{ Mutants map[string]string }
	d := yaml.NewDecoder(bytes.NewReader(source))
	d.KnownFields(true)
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for key, because := range doc.Mutants {
		if because == "" {
			return nil, fmt.Errorf("%s: %s: no reason", file, key)
		}
	}
	return doc.Mutants, nil
}
