package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/proof"
)

// judge tries mutants of one bundle.
type judge struct {
	bundle decide.Bundle
	suite  *proof.Suite
}

// verdict on one mutant: what killed it, "" if nothing did.
type verdict struct {
	killed    string
	stillborn bool
}

func newJudge(o options) (*judge, error) {
	bundle, err := decide.Load(os.DirFS(o.root))
	if err != nil {
		return nil, err
	}
	cases, err := proof.Cases(os.DirFS(filepath.Join(o.root, "cases")))
	if err != nil {
		return nil, err
	}
	suite, err := proof.NewSuite(cases, o.seed, o.contexts)
	if err != nil {
		return nil, err
	}
	return &judge{bundle, suite}, nil
}

// mutants of every module.
func (j *judge) mutants() ([]mutant, error) {
	var all []mutant
	for _, file := range slices.Sorted(maps.Keys(j.bundle.Modules)) {
		of, err := mutants(file, j.bundle.Modules[file])
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	return all, nil
}

// try judges mutants, as many at a time as there are processors.
func (j *judge) try(ctx context.Context, all []mutant) []verdict {
	out := make([]verdict, len(all))
	next := make(chan int)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range next {
				out[i] = j.judge(ctx, &all[i])
			}
		})
	}
	for i := range all {
		next <- i
	}
	close(next)
	wait.Wait()
	return out
}

func (j *judge) judge(ctx context.Context, m *mutant) verdict {
	b := j.bundle.Variant(m.File, m.apply(j.bundle.Modules[m.File]))
	e, err := decide.New(ctx, b, decide.Options{Timeout: time.Minute, CacheSize: 1})
	switch {
	case err != nil && !compiles(b):
		return verdict{stillborn: true}
	case err != nil:
		return verdict{killed: err.Error()}
	}
	if d := j.suite.Differs(ctx, e); d != "" {
		return verdict{killed: d}
	}
	if _, err := b.Test(ctx); err != nil {
		return verdict{killed: err.Error()}
	}
	if opened, err := decide.New(ctx, proof.Opened(b), decide.Options{Timeout: time.Minute, CacheSize: 1}); err != nil {
		return verdict{killed: err.Error()}
	} else if d := j.suite.OpenedDiffers(ctx, opened); d != "" {
		return verdict{killed: d}
	}
	// Some tables of the rules are read when data.json is made, and a mutant of one
	// is a bundle whose data is no longer what its rules make.
	for _, f := range decide.Check(ctx, b, nil) {
		if strings.HasPrefix(f.Place, "homeward/data.json") {
			return verdict{killed: f.What}
		}
	}
	return verdict{}
}

// compiles tells a bundle that the compiler refuses from one that fails its self-test.
func compiles(b decide.Bundle) bool {
	modules := make(map[string]*ast.Module)
	for name, source := range b.Modules {
		m, err := ast.ParseModuleWithOpts(name, source, ast.ParserOptions{RegoVersion: ast.RegoV1})
		if err != nil {
			return false
		}
		modules[name] = m
	}
	c := ast.NewCompiler().WithStrict(true)
	c.Compile(modules)
	return !c.Failed()
}
