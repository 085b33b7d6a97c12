package decide

import (
	"homeward.example/adapters"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/replay"
)

// word is the policy's, or a refusal where no engine gave one.
func (a Admitted) word() admission {
	if a.engine == nil || a.admission == nil {
		return admission{refusal: reasonUndecided, failure: failedUndefined}
	}
	return *a.admission
}

// Facts of the question.
func (a Admitted) Facts() Facts { return a.facts }

// Fresh is the message that the question came in.
func (a Admitted) Fresh() replay.Fresh { return a.fresh }

// Refusal is the reason code for which the question is refused outright; the
// requester is told. Empty if it is let in.
func (a Admitted) Refusal() string { return a.word().refusal }

// Reason is the code for which nothing may be read although the question is let
// in: it is answered as for a child whom nobody knows. For the ledger alone.
func (a Admitted) Reason() string { return a.word().reason }

// Failure says why the policy gave no word ("timeout", …); empty if it gave one. For the ledger.
func (a Admitted) Failure() string { return a.word().failure }

// Mask lists the paths that may be read. Empty: nothing is read. The slice is shared: do not change it.
func (a Admitted) Mask() adapters.Mask { return a.word().mask }

// Opens says that something of a record could be released.
func (a Admitted) Opens() bool { return a.word().opens }

// Criteria to search by and to compare with: those of the link, if there is one.
func (a Admitted) Criteria() adapters.Criteria { return a.criteria }

// Pending says that a person must decide first, whatever the records are.
func (a Admitted) Pending() bool { return a.word().pending }

// BreakGlass lists the columns that people can open in an emergency; the slice is shared.
func (a Admitted) BreakGlass() []string { return a.word().glass }

// TellOrigin says that a hit is told to the authority of origin.
func (a Admitted) TellOrigin() bool { return a.word().tellOrigin }

// NotifyAlways says that the authority of origin is told of the question, hit or
// miss, and that the reply to it is the same for both (FOUND).
func (a Admitted) NotifyAlways() bool { return a.word().notify }

// Input is what the policy saw, canonical JSON without child data; nil in the zero value.
func (a Admitted) Input() []byte { return a.context.bytes }

// Policy names the bundle and the overlay that admitted the question; zero in the zero value.
func (a Admitted) Policy() envelope.PolicyRef {
	if a.engine == nil {
		return envelope.PolicyRef{}
	}
	return a.engine.ref
}
