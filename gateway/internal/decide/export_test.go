package decide

// Forget empties the caches, so that a benchmark can see what they save.
func (e *Engine) Forget() {
	e.sets.Purge()
	e.admissions.Purge()
}

// Digest is what a bundle's digest must be, so that a test can change a bundle.
func Digest(b Bundle) string { return b.digest() }
