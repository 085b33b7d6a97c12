package decide

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/util"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// Options of an engine. The zero value is usable.
type Options struct {
	// Timeout of one evaluation, which takes about a millisecond; 0: 2 s, well within
	// the time that a requester waits, even on a machine that is overloaded. What
	// takes longer is denied.
	Timeout time.Duration
	// CacheSize is the number of verdict sets, and of admissions, that are kept;
	// 0: 1024 of each (about 30 KB a set).
	CacheSize int
	// Now is the clock for ages and consents; nil: time.Now.
	Now func() time.Time
	// Overlay is this holder's own bundle beside the coalition's; none if it has no root.
	Overlay Bundle
	// Cached is told of each look-up in the cache of verdicts. May be nil.
	Cached func(hit bool)
}

// Engine decides by one bundle, and one overlay if there is one. It is safe for
// concurrent use and immutable but for its caches; another bundle is another Engine.
type Engine struct {
	ref                  envelope.PolicyRef
	plan, admit, release *entry
	deliver, sighting    *entry
	export               *entry
	overlay              *overlay // nil if there is none
	admissions           *lru.Cache[[sha256.Size]byte, *admission]
	sets                 *lru.Cache[setKey, *Set]
	now                  func() time.Time
	cached               func(hit bool)
}

// New compiles a bundle and tries it on samples. A bundle that fails is refused
// with CodeBundle.
func New(ctx context.Context, b Bundle, o Options) (*Engine, error) {
	if err := b.check(RootCoalition); err != nil {
		return nil, err
	}
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Second
	}
	if o.CacheSize == 0 {
		o.CacheSize = 1024
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	e := &Engine{ref: envelope.PolicyRef{Bundle: b.Digest, Version: b.Version}, now: o.Now, cached: o.Cached}
	if err := e.prepare(ctx, b, o); err != nil {
		return nil, problem.Wrap(CodeBundle, "bundle "+b.Version, err)
	}
	if o.Overlay.Root != "" {
		if err := e.prepareOverlay(ctx, o); err != nil {
			return nil, err
		}
	}
	if err := e.tried(ctx, b, o); err != nil {
		return nil, problem.Wrap(CodeBundle, "self-test of bundle "+b.Version, err)
	}
	return e, nil
}

func (e *Engine) tried(ctx context.Context, b Bundle, o Options) error {
	if b.isOwn() && o.Overlay.Root == "" {
		return ownTried()
	}
	return e.patiently(func() error { return e.selfTest(ctx) })
}

// patiently gives evaluations the time of authors: nobody waits for a self-test, and
// a machine that is busy, as at a start, must not make a good bundle look bad.
func (e *Engine) patiently(do func() error) error {
	entries := []*entry{e.plan, e.admit, e.release, e.deliver, e.sighting, e.export}
	if e.overlay != nil {
		entries = append(entries, e.overlay.admit, e.overlay.release)
	}
	for _, x := range entries {
		if x != nil {
			defer func(t time.Duration) { x.timeout = t }(x.timeout)
			x.timeout = max(x.timeout, AuthorsTimeout)
		}
	}
	return do()
}

// Ref names the policy that decides.
func (e *Engine) Ref() envelope.PolicyRef { return e.ref }

func (e *Engine) prepare(ctx context.Context, b Bundle, o Options) (err error) {
	if err := e.makeCaches(o.CacheSize); err != nil {
		return err
	}
	queries, err := b.queries(ctx)
	if err != nil {
		return err
	}
	for name, to := range map[string]**entry{
		"plan": &e.plan, "admit": &e.admit, "release": &e.release,
		"deliver": &e.deliver, "sighting": &e.sighting, "export": &e.export,
	} {
		*to = &entry{queries[name], o.Timeout}
	}
	return nil
}

// queries are the coalition's entry points, by name, ready to be asked.
func (b Bundle) queries(ctx context.Context) (map[string]rego.PreparedEvalQuery, error) {
	if b.isOwn() {
		return ownQueries()
	}
	return b.compiledQueries(ctx)
}

func (b Bundle) compiledQueries(ctx context.Context) (map[string]rego.PreparedEvalQuery, error) {
	compiler, store, err := b.compiled()
	if err != nil {
		return nil, err
	}
	queries := make(map[string]rego.PreparedEvalQuery)
	for _, name := range []string{"plan", "admit", "release", "deliver", "sighting", "export"} {
		if queries[name], err = newQuery(ctx, "data.homeward."+name+".decision", compiler, store); err != nil {
			return nil, err
		}
	}
	return queries, nil
}

func (e *Engine) makeCaches(size int) (err error) {
	if e.admissions, err = lru.New[[sha256.Size]byte, *admission](size); err != nil {
		return err
	}
	e.sets, err = lru.New[setKey, *Set](size)
	return err
}

// compiled are the rules of a bundle, all below its root, and its data.
func (b Bundle) compiled() (*ast.Compiler, storage.Store, error) {
	compiler, err := compile(b.Modules)
	if err != nil {
		return nil, nil, err
	}
	root := ast.DefaultRootRef.Append(ast.StringTerm(b.Root))
	for name, m := range compiler.Modules {
		if !m.Package.Path.HasPrefix(root) {
			return nil, nil, fmt.Errorf("%s: package %s is not below %s", name, m.Package.Path, root)
		}
	}
	data, err := b.document()
	if err != nil {
		return nil, nil, err
	}
	// Values are kept as OPA's own, so that reading the schema converts nothing.
	return compiler, inmem.NewFromObjectWithOpts(data, inmem.OptReturnASTValuesOnRead(true)), nil
}

// document is the data of a bundle, its numbers as they are written.
func (b Bundle) document() (data map[string]any, err error) {
	err = util.NewJSONDecoder(bytes.NewReader(b.Data)).Decode(&data)
	return data, err
}

func compile(modules map[string]string) (*ast.Compiler, error) {
	parsed, err := parse(modules)
	if err != nil {
		return nil, err
	}
	c := newCompiler()
	if c.Compile(parsed); c.Failed() {
		return nil, c.Errors
	}
	return c, nil
}
