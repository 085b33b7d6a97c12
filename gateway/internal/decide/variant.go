package decide

import "maps"

// Variant is the bundle with another text of one module, under a digest of its
// own: what the tests of the policy are tried on.
func (b Bundle) Variant(module, source string) Bundle {
	b.Modules = maps.Clone(b.Modules)
	b.Modules[module] = source
	b.Digest = b.digest()
	return b
}
