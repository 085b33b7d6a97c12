package envelope

import "homeward.example/gateway/internal/problem"

// Codes of what can be wrong with a message. All but CodeVerifier and
// CodeInvalidKey are the sender's doing and are told to a proven caller only.
const (
	CodeMalformed  problem.Code = "malformed_message"   // not canonical: parts, base64url, JSON
	CodeTooLarge                = problem.CodeTooLarge  // over a bound of limits.go
	CodeHeader     problem.Code = "unexpected_header"   // a header is missing, extra or not a string
	CodeAlgorithm  problem.Code = "wrong_algorithm"     // not the one algorithm of the key
	CodeType       problem.Code = "wrong_type"          // another message than this place takes
	CodeUnknownKey problem.Code = "unknown_key"         // kid is not in the registry
	CodeKeyUse     problem.Code = "wrong_key_use"       // the key is for something else
	CodeKeyTime    problem.Code = "key_not_valid_now"   // before its start or after its end
	CodeSignature  problem.Code = "bad_signature"       // does not verify
	CodeIssuer     problem.Code = "wrong_issuer"        // iss, key and peer are not one participant
	CodeAudience   problem.Code = "wrong_audience"      // made for somebody else
	CodeClaim      problem.Code = "invalid_claim"       // missing, of the wrong kind, or not allowed
	CodeExpired    problem.Code = "expired"             // exp has passed
	CodeNotYet     problem.Code = "issued_in_future"    // iat is too far ahead
	CodeLifetime   problem.Code = "lifetime_too_long"   // exp - iat over the bound of its type
	CodeDisclosure problem.Code = "invalid_disclosure"  // a disclosure or digest breaks RFC 9901
	CodeSealed     problem.Code = "not_decryptable"     // made for another key, or altered
	CodeContent    problem.Code = "invalid_content"     // a verified message says something its type does not
	CodeInvalidKey problem.Code = "invalid_key"         // a JWK that is not one of ours
	CodeVerifier   problem.Code = "verifier_incomplete" // a field of Expect is empty
	CodeCannotSign problem.Code = "cannot_sign"         // our own payload or key does not fit
)

func malformed(where, expected, found string) *problem.Error {
	return problem.Mismatch(CodeMalformed, where, expected, found)
}
