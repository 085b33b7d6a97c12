package decide

// Forget empties the caches, so that a benchmark can see what they save.
func (e *Engine) Forget() {
	e.sets.Purge()
	e.admissions.Purge()
}
