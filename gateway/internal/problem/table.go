package problem

import (
	"net/http"

	"google.golang.org/grpc/codes"
)

// All is the catalogue, in the order of PROBLEMS.md. A code that is used anywhere and
// missing here fails a test.
func All() []Entry {
	return []Entry{
		// What the unverified are told.
		{CodeNotAccepted, http.StatusBadRequest, codes.InvalidArgument},
		{CodeUnavailable, http.StatusServiceUnavailable, codes.Unavailable},

		// The call.
		{CodeInvalidRequest, http.StatusBadRequest, codes.InvalidArgument},
		{CodeUnauthenticated, http.StatusUnauthorized, codes.Unauthenticated},
		{CodeForbidden, http.StatusForbidden, codes.PermissionDenied},
		{CodeNotFound, http.StatusNotFound, codes.NotFound},
		{CodeTooLarge, http.StatusRequestEntityTooLarge, codes.ResourceExhausted},
		{CodeMediaType, http.StatusUnsupportedMediaType, codes.InvalidArgument},
		{CodeMethod, http.StatusMethodNotAllowed, codes.Unimplemented},
		{CodeTimedOut, http.StatusGatewayTimeout, codes.DeadlineExceeded},
		{CodeCanceled, 499, codes.Canceled}, // the caller went away; nobody reads this
		{CodeInternal, http.StatusInternalServerError, codes.Internal},

		// The message, before its signer is proven (package envelope).
		{"malformed_message", http.StatusBadRequest, codes.InvalidArgument},
		{"not_decryptable", http.StatusBadRequest, codes.InvalidArgument},
		{"unexpected_header", http.StatusBadRequest, codes.InvalidArgument},
		{"wrong_type", http.StatusBadRequest, codes.InvalidArgument},
		{"wrong_algorithm", http.StatusBadRequest, codes.InvalidArgument},
		{"unknown_key", http.StatusUnauthorized, codes.Unauthenticated},
		{"wrong_key_use", http.StatusUnauthorized, codes.Unauthenticated},
		{"key_not_valid_now", http.StatusUnauthorized, codes.Unauthenticated},
		{"bad_signature", http.StatusUnauthorized, codes.Unauthenticated},
		{"wrong_issuer", http.StatusUnauthorized, codes.Unauthenticated},
		{"wrong_audience", http.StatusBadRequest, codes.InvalidArgument},
		{"invalid_claim", http.StatusBadRequest, codes.InvalidArgument},
		{"expired", http.StatusBadRequest, codes.FailedPrecondition},
		{"issued_in_future", http.StatusBadRequest, codes.FailedPrecondition},
		{"lifetime_too_long", http.StatusBadRequest, codes.InvalidArgument},
		{"invalid_disclosure", http.StatusBadRequest, codes.InvalidArgument},
		{"invalid_content", http.StatusBadRequest, codes.InvalidArgument},

		// The message, after its signer is proven.
		{"replayed", http.StatusConflict, codes.AlreadyExists},
		{"rate_limited", http.StatusTooManyRequests, codes.ResourceExhausted},
		{"too_many_links", http.StatusBadRequest, codes.InvalidArgument},
		{"link_invalid", http.StatusForbidden, codes.PermissionDenied},
		{"link_purpose", http.StatusForbidden, codes.PermissionDenied},
		{"link_issuer", http.StatusForbidden, codes.PermissionDenied},
		{"link_not_for_this_holder", http.StatusForbidden, codes.PermissionDenied},
		{"link_with_criteria", http.StatusBadRequest, codes.InvalidArgument},
		{"no_criteria", http.StatusBadRequest, codes.InvalidArgument},
		{"not_authority_of_origin", http.StatusForbidden, codes.PermissionDenied},
		{"statement_invalid", http.StatusForbidden, codes.PermissionDenied},
		{"statement_foreign", http.StatusForbidden, codes.PermissionDenied},
		{"statement_issuer", http.StatusForbidden, codes.PermissionDenied},
		{"break_glass", http.StatusBadRequest, codes.InvalidArgument},
		{"need_code", http.StatusBadRequest, codes.InvalidArgument},
		{"approval_missing", http.StatusForbidden, codes.PermissionDenied},

		// What people decide (packages casework, exchange).
		{"approver", http.StatusForbidden, codes.PermissionDenied},
		{"reviewer", http.StatusForbidden, codes.PermissionDenied},
		{"already_decided", http.StatusConflict, codes.FailedPrecondition},
		{"review_finding", http.StatusBadRequest, codes.InvalidArgument},
		{"window", http.StatusBadRequest, codes.InvalidArgument},

		// What the policy refuses (packages decide, exchange).
		{"policy_refused", http.StatusForbidden, codes.PermissionDenied},
		{"no_agreement", http.StatusForbidden, codes.PermissionDenied},
		{"prohibited_party", http.StatusForbidden, codes.PermissionDenied},
		{"purpose_not_for_role", http.StatusForbidden, codes.PermissionDenied},
		{"not_a_holder", http.StatusForbidden, codes.PermissionDenied},
		{"link_cut", http.StatusBadRequest, codes.InvalidArgument},
		{"source_away", http.StatusServiceUnavailable, codes.Unavailable},
		{"unknown_field", http.StatusBadRequest, codes.InvalidArgument},
		{"query_too_broad", http.StatusBadRequest, codes.InvalidArgument},

		// Asking: what became of one holder's part.
		{"unknown_holder", http.StatusBadRequest, codes.InvalidArgument},
		{"holder_not_planned", http.StatusForbidden, codes.PermissionDenied},
		{"unreachable", http.StatusBadGateway, codes.Unavailable},
		{"gateway_unreachable", http.StatusBadGateway, codes.Unavailable},
		{"no_seal_key", http.StatusBadGateway, codes.FailedPrecondition},
		{"invalid_reply", http.StatusBadGateway, codes.DataLoss},

		// Case links.
		{"no_such_child", http.StatusNotFound, codes.NotFound},
		{"no_records", http.StatusConflict, codes.FailedPrecondition},
		{"unknown_participant", http.StatusBadRequest, codes.InvalidArgument},
		{"link_end", http.StatusBadRequest, codes.InvalidArgument},
		{"link_identity", http.StatusBadRequest, codes.InvalidArgument},
		{"link_terms", http.StatusBadRequest, codes.InvalidArgument},
		{"has_undeclared", http.StatusConflict, codes.FailedPrecondition},
		{"push_recipient", http.StatusBadRequest, codes.InvalidArgument},
		{"push_link", http.StatusConflict, codes.FailedPrecondition},

		// Holds, recalls, obligations, decoys.
		{"child_held", http.StatusConflict, codes.FailedPrecondition},
		{"already_held", http.StatusConflict, codes.AlreadyExists},
		{"not_held", http.StatusNotFound, codes.NotFound},
		{"hold_end", http.StatusBadRequest, codes.InvalidArgument},
		{"unknown_event", http.StatusBadRequest, codes.InvalidArgument},
		{"nothing_released", http.StatusNotFound, codes.NotFound},
		{"recall_kind", http.StatusBadRequest, codes.InvalidArgument},
		{"not_the_recipient", http.StatusForbidden, codes.PermissionDenied},
		{"obligation_done", http.StatusConflict, codes.FailedPrecondition},
		{"obligation_overdue", http.StatusConflict, codes.FailedPrecondition},
		{"decoy_laid", http.StatusConflict, codes.AlreadyExists},
		{"no_such_decoy", http.StatusNotFound, codes.NotFound},
		{"matter_unreadable", http.StatusInternalServerError, codes.DataLoss},
		{"bad_tally", http.StatusBadRequest, codes.InvalidArgument},

		// Sightings.
		{"bad_sighting", http.StatusBadRequest, codes.InvalidArgument},
		{"lookalike_text", http.StatusBadRequest, codes.InvalidArgument},
		{"report_changed", http.StatusConflict, codes.FailedPrecondition},
		{"report_unknown", http.StatusNotFound, codes.NotFound},
		{"report_state", http.StatusConflict, codes.FailedPrecondition},
		{"sighting_transition", http.StatusConflict, codes.FailedPrecondition},
		{"sighting_sources", http.StatusConflict, codes.FailedPrecondition},
		{"sighting_grade", http.StatusConflict, codes.FailedPrecondition},
		{"sighting_child", http.StatusBadRequest, codes.InvalidArgument},
		{"sighting_merge", http.StatusConflict, codes.FailedPrecondition},
		{"sighting_closing", http.StatusConflict, codes.FailedPrecondition},

		// The transparency log and its witnesses.
		{"log_key", http.StatusInternalServerError, codes.Internal},
		{"log_pad_key", http.StatusInternalServerError, codes.Internal},
		{"log_forked", http.StatusConflict, codes.DataLoss},
		{"witnesses_missing", http.StatusServiceUnavailable, codes.Unavailable},
		{"evidence_container", http.StatusUnprocessableEntity, codes.InvalidArgument},
		{"evidence_signature", http.StatusUnprocessableEntity, codes.DataLoss},
		{"log_locked", http.StatusServiceUnavailable, codes.FailedPrecondition},
		{"log_rolled_back", http.StatusServiceUnavailable, codes.DataLoss},
		{"log_generation", http.StatusServiceUnavailable, codes.FailedPrecondition},
		{"log_break", http.StatusConflict, codes.DataLoss},
		{"log_broken", http.StatusServiceUnavailable, codes.DataLoss},
		{"log_proof", http.StatusUnprocessableEntity, codes.DataLoss},
		{"checkpoint_invalid", http.StatusUnprocessableEntity, codes.InvalidArgument},
		{"log_index_taken", http.StatusInternalServerError, codes.DataLoss},
		{"head_moved", http.StatusConflict, codes.Aborted},

		// Keys, configuration and what this gateway finds wrong with itself.
		{"invalid_key", http.StatusInternalServerError, codes.Internal},
		{"key_exists", http.StatusConflict, codes.AlreadyExists},
		{"token_file", http.StatusUnprocessableEntity, codes.FailedPrecondition},
		{"config_invalid", http.StatusUnprocessableEntity, codes.FailedPrecondition},
		{"source_invalid", http.StatusUnprocessableEntity, codes.FailedPrecondition},
		{"profile_invalid", http.StatusUnprocessableEntity, codes.FailedPrecondition},
		{"verifier_incomplete", http.StatusInternalServerError, codes.Internal},
		{"cannot_sign", http.StatusInternalServerError, codes.Internal},
		{"registry_invalid", http.StatusServiceUnavailable, codes.Unavailable},
		{"registry_expired", http.StatusServiceUnavailable, codes.Unavailable},
		{"registry_older", http.StatusServiceUnavailable, codes.Unavailable},
		{"policy_bundle", http.StatusServiceUnavailable, codes.Unavailable},
		{"policy_older", http.StatusServiceUnavailable, codes.Unavailable},
		{"policy_input", http.StatusUnprocessableEntity, codes.InvalidArgument},
		{"store_config", http.StatusInternalServerError, codes.Internal},
		{"listen_failed", http.StatusInternalServerError, codes.Internal},
		{"store_held", http.StatusInternalServerError, codes.Internal},
		{"store_owner", http.StatusInternalServerError, codes.Internal},
		{"store_newer", http.StatusInternalServerError, codes.Internal},
		{"store_not_durable", http.StatusInternalServerError, codes.Internal},
		{"disclosure_moved", http.StatusServiceUnavailable, codes.Aborted},
		{"too_many_matches", http.StatusServiceUnavailable, codes.Unavailable},
		{"adapter_overreach", http.StatusInternalServerError, codes.Internal},
		{"record_version_missing", http.StatusInternalServerError, codes.Internal},
		{"facts_of_another_message", http.StatusInternalServerError, codes.Internal},
		{"not_admitted", http.StatusInternalServerError, codes.Internal},
		{"verdict_unknown", http.StatusInternalServerError, codes.Internal},
		{"pseudonym_key", http.StatusInternalServerError, codes.Internal},
		{"ledger_mismatch", http.StatusInternalServerError, codes.DataLoss},
		{"exchange_unreadable", http.StatusInternalServerError, codes.DataLoss},
		{"reconcile_dense", http.StatusUnprocessableEntity, codes.ResourceExhausted},
		{"evidence_refused", http.StatusUnprocessableEntity, codes.FailedPrecondition},
		{"evidence_path", http.StatusBadRequest, codes.InvalidArgument},
		{"evidence_denied", http.StatusBadRequest, codes.InvalidArgument},
		{"evidence_release", http.StatusBadRequest, codes.InvalidArgument},
		{"evidence_ground", http.StatusBadRequest, codes.InvalidArgument},
		// Reviewing the ledger.
		{"ledger_mandate", http.StatusForbidden, codes.PermissionDenied},
		{"search_page", http.StatusBadRequest, codes.InvalidArgument},
		{"erasure_held", http.StatusConflict, codes.FailedPrecondition},
		{"erasure_same_person", http.StatusForbidden, codes.PermissionDenied},
		{"erasure_state", http.StatusConflict, codes.FailedPrecondition},
		{"backup_target", http.StatusConflict, codes.AlreadyExists},
		{"backup_differs", http.StatusUnprocessableEntity, codes.DataLoss},
		{"unrecorded", http.StatusInternalServerError, codes.Internal},
	}
}
