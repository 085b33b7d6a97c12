package exchange_test

import (
	"testing"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/servertest"
	"homeward.example/gateway/internal/store"
)

// eachStore runs a test on every driver: the chains must not notice which it is.
func eachStore(t *testing.T, test func(t *testing.T, o gatewaytest.Options)) {
	t.Helper()
	for driver, at := range map[string]func(t *testing.T) func(id string) store.Options{
		store.SQLite: func(*testing.T) func(string) store.Options { return nil },
		store.Postgres: func(t *testing.T) func(string) store.Options {
			return func(string) store.Options { return store.Options{Driver: store.Postgres, DSN: servertest.Postgres(t)} }
		},
	} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			test(t, gatewaytest.Options{Store: at(t)})
		})
	}
}

func tuned(o gatewaytest.Options, tune func(id string, d *exchange.Deps)) gatewaytest.Options {
	o.Tune = tune
	return o
}
