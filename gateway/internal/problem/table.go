package problem

import (
	"net/http"

	"google.golang.org/grpc/codes"
)

// entries is the catalogue. A code that is used anywhere and missing here fails a test.
func entries() []Entry {
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

		// Asking: what became of one holder's part.
		{"unknown_holder", http.StatusBadRequest, codes.InvalidArgument},
		{"holder_not_planned", http.StatusForbidden, codes.PermissionDenied},
		{"no_seal_key", http.StatusBadGateway, codes.FailedPrecondition},
		{"invalid_reply", http.StatusBadGateway, codes.DataLoss},

		// Case links.
		{"no_such_child", http.StatusNotFound, codes.NotFound},
		{"no_records", http.StatusConflict, codes.FailedPrecondition},
		{"unknown_participant", http.StatusBadRequest, codes.InvalidArgument},
		{"link_end", http.StatusBadRequest, codes.InvalidArgument},
		{"link_identity", http.StatusBadRequest, codes.InvalidArgument},

		// Keys, configuration and defects of this gateway.
		{"invalid_key", http.StatusInternalServerError, codes.Internal},
		{"config_invalid", http.StatusInternalServerError, codes.Internal},
		{"verifier_incomplete", http.StatusInternalServerError, codes.Internal},
		{"cannot_sign", http.StatusInternalServerError, codes.Internal},
		{"unrecorded", http.StatusInternalServerError, codes.Internal},
	}
}
