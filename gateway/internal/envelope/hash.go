package envelope

// SHA256 is the base64url SHA-256 by which messages refer to one another.
func SHA256(s string) string { return digest(s) }
