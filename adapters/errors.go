package adapters

import "errors"

// ErrNotFound says that the source has no record of that id.
var ErrNotFound = errors.New("adapter: no such record")

// ErrUnavailable wraps whatever kept the source from answering. The gateway
// then answers 503 and never "no match".
var ErrUnavailable = errors.New("adapter: source unavailable")

// ErrCriteria says that a search names too little: two criteria, or a document
// number, are the least. There is no search by wildcard or by one name alone.
var ErrCriteria = errors.New("adapter: too few criteria")

// ErrCursor says that a cursor is not of this run of the adapter. The caller
// starts again from "" and drops what is no longer listed.
var ErrCursor = errors.New("adapter: unknown cursor")

// ErrContract says that an adapter returned what it must not: another record
// than the one asked for, no version, a path outside the mask. Nothing of it is used.
var ErrContract = errors.New("adapter: broke its contract")
