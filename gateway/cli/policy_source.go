package cli

import (
	"context"
	"os"
	"path/filepath"

	"homeward.example/gateway/internal/decide"
)

// policyOf reads the policy that an argument names: a folder of rules (policies,
// or policies/homeward itself) or a bundle. Without an argument it is the
// one that this program was built with.
func policyOf(args []string) (decide.Bundle, error) {
	if len(args) == 0 {
		return decide.Embedded()
	}
	return decide.LoadFile(rulesFolder(args[0]), decide.RootCoalition)
}

// rulesFolder is the folder above the rules, for who named the one that has them.
func rulesFolder(name string) string {
	if filepath.Base(filepath.Clean(name)) != decide.RootCoalition {
		return name
	}
	if info, err := os.Stat(filepath.Join(name, "data.json")); err == nil && !info.IsDir() {
		return filepath.Dir(filepath.Clean(name))
	}
	return name
}

// policyInForce is the policy that this gateway decides by; where there is no
// configuration to say so, the one that this program was built with.
func (a *app) policyInForce(ctx context.Context, configured bool) (*decide.Engine, error) {
	b, err := a.bundleInForce(configured)
	if err != nil {
		return nil, err
	}
	return decide.New(ctx, b, decide.Options{Now: a.now, Timeout: decide.AuthorsTimeout})
}

func (a *app) bundleInForce(configured bool) (decide.Bundle, error) {
	if !configured {
		return decide.Embedded()
	}
	c, err := a.config()
	if err != nil {
		return decide.Bundle{}, err
	}
	return c.Bundle(a.now)
}
