package envelope

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"math/big"
	"strconv"
	"strings"
)

// signed checks an SD-JWT. cty is what its seal says it is, "" if there was none.
func (d *diagnosis) signed(s string, cty Type) {
	jws, rest, tilde := strings.Cut(s, "~")
	d.faults.check(tilde && (rest == "" || strings.HasSuffix(rest, "~")), CodeMalformed, "message", "an SD-JWT that ends in ~", "another end")
	disclosures := strings.FieldsFunc(rest, func(r rune) bool { return r == '~' })
	d.report.Presented = len(disclosures)
	parts := strings.Split(jws, ".")
	if !d.faults.check(len(parts) == 3, CodeMalformed, "message", "3 parts", itoa(len(parts))) {
		return
	}
	key := d.header(parts[0], cty, guess(parts[1]))
	d.signature(parts, key)
	d.payload(parts[1], disclosures, key)
}

// header checks the header and finds the key. meant is what the payload looks like.
func (d *diagnosis) header(part string, cty, meant Type) PublicKey {
	h, ok := d.text(part, "header", kindObject)
	if !ok {
		d.report.Type = cty
		return PublicKey{}
	}
	head := readHeader(h, &d.faults)
	d.report.KeyID, d.report.Type = shown(head.kid), Type(head.typ)
	d.faults.check(knownType(d.report.Type), CodeType, "header typ", cmp.Or(string(meant), typeNames()), shown(head.typ))
	if cty != "" {
		d.faults.check(d.report.Type == cty, CodeType, "header typ", shown(string(cty))+", as cty of the seal", shown(head.typ))
	}
	if d.registry != nil {
		_, listed := d.registry.PublicKey(head.kid)
		d.faults.check(listed, CodeUnknownKey, "header kid", "a key of the registry", shown(head.kid))
	}
	_, found := d.PublicKey(head.kid)
	switch {
	case !found && d.registry == nil:
		d.notes.check(false, CodeUnknownKey, "signature", "the key "+shown(head.kid), unchecked)
	case !found:
		d.notes.check(false, CodeUnknownKey, "signature", "the key "+shown(head.kid), "no such key among yours")
	case d.registry == nil:
		d.notes.check(false, CodeUnknownKey, "header kid", "a registry, to see whose the key is", "none given")
	}
	if !found {
		return PublicKey{}
	}
	e := Expect{Type: Type(head.typ), Uses: []Use{UseSign, UseAgency}, Keys: d, Now: d.now}
	return e.checkKey(head, &d.faults)
}

// unchecked is what is found of a signature when there is no key to check it with.
const unchecked = "not checked: no registry given, and no such key among yours"

// PublicKey finds a key in the registry, else among the maker's own.
func (d *diagnosis) PublicKey(kid string) (PublicKey, bool) {
	if d.registry != nil {
		if k, ok := d.registry.PublicKey(kid); ok {
			return k, true
		}
	}
	for _, k := range d.own {
		if k.ID == kid {
			use := UseSign
			if k.Alg == AlgECDHES {
				use = UseSeal
			}
			return k.Public("", use), true
		}
	}
	return PublicKey{}, false
}

// signature verifies over the bytes as they stand, be they canonical or not.
func (d *diagnosis) signature(parts []string, key PublicKey) {
	sig, ok := d.bytes(parts[2], "signature")
	if key.Key == nil {
		return
	}
	if !d.faults.check(ok && len(sig) == signatureSize, CodeSignature, "signature", "64 bytes", itoa(len(sig))+" bytes") {
		return
	}
	input := []byte(parts[0] + "." + parts[1])
	switch k := key.Key.(type) {
	case ed25519.PublicKey:
		d.report.Signature = ed25519.Verify(k, input, sig)
	case *ecdsa.PublicKey:
		sum, half := sha256.Sum256(input), signatureSize/2
		d.report.Signature = ecdsa.Verify(k, sum[:], new(big.Int).SetBytes(sig[:half]), new(big.Int).SetBytes(sig[half:]))
	}
	d.faults.check(d.report.Signature, CodeSignature, "signature", "one by key "+key.ID, "another")
}

// payload checks claims, disclosures and the content of the type.
func (d *diagnosis) payload(part string, disclosures []string, key PublicKey) {
	doc, ok := d.text(part, "payload", kindObject)
	if !ok {
		return
	}
	read := readClaims(doc, new(faults)) // the faults come below
	d.report.Issuer, d.report.Audience = shown(read.Issuer), shown(read.Audience)
	if key.Participant == "" {
		key.Participant = read.Issuer // nobody here knows better
	}
	e := Expect{Type: d.report.Type, Issuer: AnyIssuer, Audience: cmp.Or(d.audience, read.Audience), Now: d.now}
	if !knownType(e.Type) { // and it was said
		e.Type = guess(part)
	}
	claims := e.checkClaims(doc, key, &d.faults)
	d.addressee(claims.Audience)
	d.report.Digests = len(collect(doc, e.Type, new(faults)))
	if len(disclosures) > maxDisclosures {
		d.faults.add(tooLarge("disclosures", maxDisclosures, len(disclosures)))
		return
	}
	content := resolve(doc, e.Type, disclosures, &d.faults)
	reading := decoder{reader: reader{doc: doc, faults: &d.faults}, claims: claims, content: content}
	switch e.Type {
	case TypeQuery:
		query := reading.query()
		d.words(query)
		d.links(query.Claims, query.Links)
	case TypeAnswer:
		answer := reading.answer()
		d.links(Claims{Issuer: answer.Audience}, answer.Links) // for whom it is given
	case TypeCaseLink:
		reading.caseLink()
	case TypeCollect:
		d.officer(reading.collect().Officer)
	case TypeNotice:
		reading.notice()
	case TypeSighting:
		reading.sighting()
	case TypeReconcile, TypeReconciled:
		reading.reconcile()
	case TypeGoAhead:
		reading.goAhead()
	case TypeApproval:
		reading.approval()
	}
}

// addressee says that nobody could read a message: the registry has no key to seal it to.
func (d *diagnosis) addressee(audience string) {
	registry, ok := d.registry.(interface {
		SealKey(participant string) (PublicKey, bool)
	})
	if ok && d.audience == "" && audience != "" {
		_, there := registry.SealKey(audience)
		d.faults.check(there, CodeAudience, "claim aud", "a participant of the registry that is not suspended", shown(audience))
	}
}

// links checks the case links that a message carries, and the statements bound to
// them: made for who asks with them, an approval for who is asked. Their issuers'
// keys are in the registry, if anywhere.
func (d *diagnosis) links(asked Claims, list []string) {
	for i, link := range list {
		inner := diagnosis{own: d.own, registry: d.registry, now: d.now, audience: asked.Issuer}
		if statementType(link) == TypeApproval {
			inner.audience = asked.Audience
		}
		inner.signed(link, statementType(link))
		for _, f := range inner.faults {
			f.Where = "link " + strconv.Itoa(i+1) + ", " + f.Where
			d.faults.add(f)
		}
		for _, f := range inner.notes {
			f.Where = "link " + strconv.Itoa(i+1) + ", " + f.Where
			d.notes.add(f)
		}
	}
}
