package envelope

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"homeward.example/gateway/internal/problem"
)

func itoa(n int) string { return strconv.Itoa(n) }

func types() []Type {
	return []Type{TypeQuery, TypeAnswer, TypeCaseLink, TypeCollect, TypeNotice, TypeRegistry, TypeGoAhead, TypeApproval, TypeOverlay, TypeSighting, TypeReconcile, TypeReconciled}
}

func knownType(t Type) bool {
	for _, known := range types() {
		if t == known {
			return true
		}
	}
	return false
}

func typeNames() string {
	var names []string
	for _, t := range types() {
		names = append(names, string(t))
	}
	return "one of " + strings.Join(names, ", ")
}

// bytes decodes base64 however it is written, and says how it should be.
func (d *diagnosis) bytes(part, where string) ([]byte, bool) {
	if b, err := decode64(part, where); d.faults.took(err) {
		return b, true
	}
	loose := strings.NewReplacer("+", "-", "/", "_", "=", "", " ", "", "\n", "", "\r", "", "\t", "").Replace(part)
	b, err := base64.RawURLEncoding.DecodeString(loose)
	return b, err == nil
}

// text reads JSON in base64 however it is written. Where the scanner refuses it,
// it is read as a lenient parser would, so that the checks behind can go on.
func (d *diagnosis) text(part, where string, root kind) (doc, bool) {
	b, ok := d.bytes(part, where)
	if !ok {
		return doc{}, false
	}
	out, err := scan(string(b), root, where)
	if d.faults.took(err) {
		return out, true
	}
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	decoder.UseNumber()
	var loose any
	if decoder.Decode(&loose) != nil {
		return doc{}, false
	}
	again, err := json.Marshal(loose)
	if err != nil {
		return doc{}, false
	}
	out, err = scan(string(again), root, where)
	return out, err == nil
}

// hint says what to do, as closely as the place allows.
func hint(p *problem.Error) string {
	switch {
	case p.Code == CodeMalformed && strings.Contains(p.Expected, "base64url"):
		return "Encode with base64url without padding or line ends (RFC 7515 section 2)."
	case p.Code == CodeMalformed && strings.Contains(p.Expected, "JSON"):
		return "Write plain JSON in UTF-8: each name once, no BOM, no exponent, whole numbers below 2^53, at most 16 levels."
	case p.Where == "padding":
		return "Append one byte 0x80 and zeros until the plaintext is 1, 2, 4, … KiB long, the least that holds it."
	case p.Where == "sealed ciphertext":
		return "Pad the plaintext before encrypting: 0x80, then zeros up to 1, 2, 4, … KiB."
	case p.Code == CodeSealed && p.Where == "sealed message":
		return "Which of the two cannot be told: the tag covers both. If you made it, derive the key with AlgorithmID \"A256GCM\", no apu, no apv, 256 bits; authenticate the header part as it is sent, in base64url."
	case p.Code == CodeSignature && p.Expected == "64 bytes":
		return "An ES256 signature is R ‖ S, 32 bytes each, not DER; an EdDSA signature is 64 bytes."
	case p.Where == "claim jti":
		return "Draw 16 random bytes for each message and encode them with base64url: 22 characters."
	case p.Where == "claim aud" && p.Code == CodeAudience:
		return "Set aud to the participant that reads the message, and seal it to a key of that one; a link is made for who asks with it."
	case p.Where == "claim aud":
		return "aud is one string, the id of the participant that is asked; an array is refused."
	case p.Where == "message" && strings.Contains(p.Expected, "~"):
		return "Write the signed part, then a tilde, then each disclosure with a tilde after it; no key binding JWT."
	case p.Code == CodeUnknownKey && p.Found == unchecked:
		return "Give the registry (--registry with --registry-key), or the signer's own key (--key)."
	case p.Code == CodeUnknownKey && strings.HasPrefix(p.Found, "no such key among yours"):
		return "Give the key to this check to see further, or check the signed message before it is sealed."
	}
	return p.Document("en").Remedy
}
