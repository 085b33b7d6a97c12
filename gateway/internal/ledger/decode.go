package ledger

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"

	"homeward.example/gateway/internal/problem"
)

// ParseDecision reads stored bytes. Unknown members and anything after the
// object are a problem "ledger_mismatch": this build did not write them.
func ParseDecision(content []byte) (Decision, error) {
	dec := json.NewDecoder(bytes.NewReader(content))
	dec.DisallowUnknownFields()
	var d Decision
	if err := dec.Decode(&d); err != nil {
		return Decision{}, problem.Wrap(CodeLedgerMismatch, "stored decision", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return Decision{}, problem.New(CodeLedgerMismatch, "bytes after the stored decision")
	}
	if d.Version != version {
		return Decision{}, problem.Mismatch(CodeLedgerMismatch, "version of the stored decision", strconv.Itoa(version), strconv.Itoa(d.Version))
	}
	return d, nil
}
