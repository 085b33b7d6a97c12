package envelope

import (
	"strings"
	"time"

	"homeward.example/gateway/internal/problem"
)

// Report is what Diagnose found in a message. It holds no value of a child's.
type Report struct {
	Kind     string `json:"kind"` // "sealed", "signed" or "unknown"
	Type     Type   `json:"type,omitempty"`
	KeyID    string `json:"kid,omitempty"` // of the signature
	Issuer   string `json:"iss,omitempty"`
	Audience string `json:"aud,omitempty"`
	SealedTo string `json:"sealed_to,omitempty"` // kid of the seal
	// Opened: there was a seal, and one of the keys opened it.
	Opened bool `json:"opened"`
	// Signature: it verifies with the key that kid names.
	Signature bool `json:"signature_verified"`
	// Presented disclosures, and digests of the signed part with its decoys.
	Presented int       `json:"disclosures"`
	Digests   int       `json:"digests"`
	Findings  []Finding `json:"findings"`
}

// Finding is one thing that is wrong, or that could not be checked.
type Finding struct {
	// Severity: "error" would be refused; "note" could not be checked here.
	Severity string       `json:"severity"`
	Code     problem.Code `json:"code"`
	Where    string       `json:"where"`
	Expected string       `json:"expected,omitempty"`
	Found    string       `json:"found,omitempty"`
	Remedy   string       `json:"remedy,omitempty"`
}

// OK says that nothing was found that a verifier would refuse.
func (r Report) OK() bool {
	for _, f := range r.Findings {
		if f.Severity == "error" {
			return false
		}
	}
	return true
}

// Diagnose reads a sealed or signed message as its maker has it, offline, and
// says everything that a verifier would refuse, not only the first. It reads on
// where a verifier stops: it guesses what was meant, and says that it was not said.
// own are the maker's keys; keys, the registry, may be nil.
func Diagnose(message []byte, own []PrivateKey, keys Keys, now time.Time) Report {
	d := diagnosis{own: own, registry: keys, now: now, report: Report{Kind: "unknown"}}
	d.message(string(message))
	return d.done()
}

type diagnosis struct {
	own      []PrivateKey
	registry Keys
	now      time.Time
	// audience is who will read the message, "" if that is not known: the owner of the
	// key that it is sealed to, of a link who asks with it.
	audience string
	report   Report
	faults   faults
	notes    faults
}

func (d *diagnosis) done() Report {
	d.report.Findings = append(findings("error", d.faults), findings("note", d.notes)...)
	return d.report
}

// findings words the faults, each once.
func findings(severity string, list faults) []Finding {
	out, seen := []Finding{}, make(map[Finding]bool)
	for _, p := range list {
		f := Finding{Severity: severity, Code: p.Code, Where: p.Where, Expected: p.Expected, Found: p.Found, Remedy: p.Remedy}
		if f.Remedy == "" {
			f.Remedy = hint(p)
		}
		if !seen[f] {
			seen[f] = true
			out = append(out, f)
		}
	}
	return out
}

// message finds out what it is: five parts are sealed, three are signed.
func (d *diagnosis) message(s string) {
	if len(s) > MaxSealed {
		d.faults.add(tooLarge("message", MaxSealed, len(s)))
		return
	}
	trimmed := strings.TrimSpace(strings.TrimPrefix(s, "\ufeff"))
	d.faults.check(trimmed == s, CodeMalformed, "message", "nothing around it", "white space, a line end or a byte order mark")
	signed, _, _ := strings.Cut(trimmed, "~")
	switch parts := strings.Split(signed, "."); {
	case strings.HasPrefix(trimmed, "{"):
		d.faults.add(malformed("message", "the compact serialisation", "the JSON serialisation"))
	case len(parts) == 5:
		d.report.Kind = "sealed"
		d.sealed(parts)
	case len(parts) == 3:
		d.report.Kind = "signed"
		d.signed(trimmed, "")
	default:
		d.faults.add(malformed("message", "5 parts (sealed) or 3 parts (signed)", itoa(len(parts))))
	}
}

// sealed checks a JWE, and what is in it if one of the keys opens it.
func (d *diagnosis) sealed(parts []string) {
	checkParts(parts, &d.faults)
	s := sealed{header: parts[0]}
	h, ok := d.text(parts[0], "sealed header", kindObject)
	if !ok {
		return
	}
	var cty Type
	if m, there := h.member(0, "cty"); there {
		text, _ := h.text(m)
		cty = Type(text)
	}
	known := d.faults.check(knownType(cty), CodeType, "sealed header cty", typeNames(), shown(string(cty)))
	s.checkHeader(h, cty, &d.faults)
	d.report.SealedTo = shown(s.kid)
	if d.registry != nil {
		to, listed := d.registry.PublicKey(s.kid)
		if d.faults.check(listed, CodeUnknownKey, "sealed header kid", "a key of the registry", shown(s.kid)) {
			d.faults.check(to.Use == UseSeal, CodeKeyUse, "sealed header kid", "use seal", "use "+string(to.Use))
			d.audience = to.Participant
		}
	}
	if !known {
		cty = ""
	}
	d.open(s, parts, cty)
}

func (d *diagnosis) open(s sealed, parts []string, cty Type) {
	own, ok := sealKey(s.kid, d.own)
	if !ok {
		d.notes.check(false, CodeUnknownKey, "sealed message", "the private half of "+shown(s.kid), "no such key among yours")
		return
	}
	nonce, ok1 := d.bytes(parts[2], "sealed nonce")
	body, ok2 := d.bytes(parts[3], "sealed ciphertext")
	tag, ok3 := d.bytes(parts[4], "sealed tag")
	if s.epk == nil || !ok1 || !ok2 || !ok3 || len(nonce) != nonceSize || len(tag) != tagSize {
		return
	}
	gcm, err := agree(own, s.epk)
	if !d.faults.took(err) {
		return
	}
	plaintext, err := gcm.Open(nil, nonce, append(body, tag...), []byte(s.header))
	if err != nil {
		d.faults.check(false, CodeSealed, "sealed message", "what your key "+shown(s.kid)+" opens", "altered bytes, or another key behind that key id")
		return
	}
	d.report.Opened = true
	inner, ok := unpad(plaintext)
	if !d.faults.check(ok, CodeMalformed, "padding", "0x80 and zeros up to the size class", "another end") {
		inner = strings.TrimSuffix(strings.TrimRight(string(plaintext), "\x00"), "\x80")
	}
	d.signed(inner, cty)
}
