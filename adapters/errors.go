package adapters

import "errors"

// ErrNotFound says that the source has no record of that id.
var ErrNotFound = errors.New("adapter: no such record")

// ErrUnavailable wraps whatever kept the source from answering. The gateway
// then answers 503 and never "no match".
var ErrUnavailable = errors.New("adapter: source unavailable")
