package decide

import (
	"context"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/rego"
)

// The bundle of this program is compiled and tried once a process, however many
// gateways run in it: that takes longer than all else of a gateway's start. Its queries
// never change and are safe for concurrent use; engines of this bundle share nothing else.
var (
	ownQueries = sync.OnceValues(func() (map[string]rego.PreparedEvalQuery, error) {
		b, err := embeddedBundle()
		if err != nil {
			return nil, err
		}
		return b.compiledQueries(context.Background())
	})
	ownTried = sync.OnceValue(func() error {
		b, err := embeddedBundle()
		if err != nil {
			return err
		}
		e, ctx := &Engine{now: time.Now}, context.Background()
		if err := e.prepare(ctx, b, Options{Timeout: AuthorsTimeout, CacheSize: 1}); err != nil {
			return err
		}
		return e.selfTest(ctx)
	})
)

// embeddedBundle is Embedded for those who change nothing of it.
var embeddedBundle = sync.OnceValues(Embedded)

// isOwn says whether a bundle, whose digest was checked, is that of this program.
func (b Bundle) isOwn() bool {
	own, err := embeddedBundle()
	return err == nil && b.Digest == own.Digest
}
