// Package casework is what people decide about one child, and must do: go-aheads,
// approvals of break-glass and their reviews, holds, recalls, obligations, decoys,
// and the tallies by which a sweep is seen. Each is a row (ledger.Matter) that only
// a recorded decision changes; here are its states, its deadlines and the form of
// its body. Package exchange carries them out. It is pure but for random nonces.
package casework
