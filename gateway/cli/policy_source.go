package cli

import (
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

// inForce is the policy that this gateway decides by, and this holder's overlay;
// where no configuration is asked for, the policy that this program was built with.
func (a *app) inForce(configured bool) (bundle, overlay decide.Bundle, err error) {
	if !configured {
		bundle, err = decide.Embedded()
		return bundle, overlay, err
	}
	c, err := a.config()
	if err != nil {
		return bundle, overlay, err
	}
	if c.Policy.Overlay != "" {
		if overlay, err = decide.LoadFile(c.Policy.Overlay, decide.RootOverlay); err != nil {
			return bundle, overlay, err
		}
	}
	bundle, err = c.Bundle(a.now)
	return bundle, overlay, err
}

// authors are the options of an engine that nobody waits for.
func (a *app) authors(overlay decide.Bundle) decide.Options {
	return decide.Options{Now: a.now, Timeout: decide.AuthorsTimeout, Overlay: overlay}
}
