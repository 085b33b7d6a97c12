package envelope

import "time"

// Bounds of a message. They hold before any of its content is believed.
const (
	// MaxMessage bounds an SD-JWT in bytes, its padding included.
	MaxMessage = 1 << 20
	// MaxSealed bounds a JWE in bytes: MaxMessage in base64url and its header.
	MaxSealed = MaxMessage/3*4 + 4096

	// MaxText bounds a criterion, a basis and a case number in bytes: 200 characters.
	MaxText = 800

	maxHeader      = 1024    // bytes of a decoded header
	maxDepth       = 16      // levels of nested JSON
	maxNodes       = 1 << 16 // values in one JSON text
	maxMembers     = 128     // members of one object
	maxDisclosures = 4096    // presented or referenced
	maxInteger     = 1 << 53 // numbers stay below: every language reads them alike
	maxName        = 128     // bytes of kid, iss, aud and other identifiers
)

// MaxAhead is how far a sender's clock may be ahead: iat ≤ now + MaxAhead.
// Nothing is granted behind: a message is dead at its exp.
const MaxAhead = 10 * time.Second

// MaxLifetime bounds exp - iat. Statements that are kept live long, messages short.
func MaxLifetime(t Type) time.Duration {
	switch t {
	case TypeCaseLink, TypeRegistry, TypeGoAhead, TypeOverlay:
		return 400 * 24 * time.Hour
	case TypeApproval:
		return 12 * time.Hour
	}
	return 120 * time.Second
}
