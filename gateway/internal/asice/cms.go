package asice

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"

	"homeward.example/gateway/internal/problem"
)

// The signature is CMS SignedData (RFC 5652), detached, by ECDSA with SHA-256,
// with the three signed attributes of CAdES-B: content type, message digest,
// signing certificate v2 (RFC 5035), and the time. Libraries read more forms than
// this one; here a reader takes what the writer makes and nothing else.

var (
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidSigningCertV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidSHA256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidECDSASHA256   = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
)

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content signedData `asn1:"explicit,tag:0"`
}

type signedData struct {
	Version          int
	DigestAlgorithms []pkix.AlgorithmIdentifier `asn1:"set"`
	Content          struct{ Type asn1.ObjectIdentifier }
	Certificates     []asn1.RawValue `asn1:"set,tag:0"`
	Signers          []signerInfo    `asn1:"set"`
}

type signerInfo struct {
	Version         int
	Issuer          issuerAndSerial
	DigestAlgorithm pkix.AlgorithmIdentifier
	Signed          []attribute `asn1:"set,tag:0"`
	Algorithm       pkix.AlgorithmIdentifier
	Signature       []byte
}

type issuerAndSerial struct {
	Name   asn1.RawValue
	Serial *big.Int
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

// signingCertificate is ESS signing-certificate-v2 with the default hash, SHA-256.
type signingCertificate struct {
	Certs []struct{ Hash []byte }
}

// attributes in the order of DER: that of their encodings.
func attributes(content []byte, cert *x509.Certificate, at time.Time) ([]attribute, error) {
	digest, certHash := sha256.Sum256(content), sha256.Sum256(cert.Raw)
	var ess signingCertificate
	ess.Certs = append(ess.Certs, struct{ Hash []byte }{certHash[:]})
	var out []attribute
	for _, a := range []struct {
		id    asn1.ObjectIdentifier
		value any
	}{{oidContentType, oidData}, {oidSigningTime, at.UTC().Truncate(time.Second)}, {oidMessageDigest, digest[:]}, {oidSigningCertV2, ess}} {
		der, err := asn1.Marshal(a.value)
		if err != nil {
			return nil, err
		}
		out = append(out, attribute{a.id, []asn1.RawValue{{FullBytes: der}}})
	}
	return out, nil
}

// attributeBytes are what is signed: the attributes as a SET.
func attributeBytes(attributes []attribute) ([]byte, error) {
	return asn1.MarshalWithParams(attributes, "set")
}

func sign(content []byte, cert *x509.Certificate, key crypto.Signer, at time.Time) ([]byte, error) {
	if _, ok := cert.PublicKey.(*ecdsa.PublicKey); !ok {
		return nil, problem.Mismatch(CodeSignature, "certificate", "an ECDSA key", cert.PublicKeyAlgorithm.String())
	}
	signed, err := attributes(content, cert, at)
	if err != nil {
		return nil, problem.Wrap(CodeSignature, "attributes", err)
	}
	raw, err := attributeBytes(signed)
	if err != nil {
		return nil, problem.Wrap(CodeSignature, "attributes", err)
	}
	digest := sha256.Sum256(raw)
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, problem.Wrap(CodeSignature, "key", err)
	}
	return encode(cert, signed, signature)
}

func encode(cert *x509.Certificate, signed []attribute, signature []byte) ([]byte, error) {
	sha := pkix.AlgorithmIdentifier{Algorithm: oidSHA256}
	info := contentInfo{Type: oidSignedData, Content: signedData{
		Version: 1, DigestAlgorithms: []pkix.AlgorithmIdentifier{sha},
		Certificates: []asn1.RawValue{{FullBytes: cert.Raw}},
		Signers: []signerInfo{{
			Version: 1, Issuer: issuerAndSerial{asn1.RawValue{FullBytes: cert.RawIssuer}, cert.SerialNumber},
			DigestAlgorithm: sha, Signed: signed, Algorithm: pkix.AlgorithmIdentifier{Algorithm: oidECDSASHA256}, Signature: signature,
		}},
	}}
	info.Content.Content.Type = oidData
	der, err := asn1.Marshal(info)
	if err != nil {
		return nil, problem.Wrap(CodeSignature, signatureName, err)
	}
	return der, nil
}

// verify reads a signature over content. Of the bytes it takes the certificate,
// the time and the signature's number; written again from these they must be the
// same, so that nothing else can hide in them.
func verify(der, content []byte) (*x509.Certificate, time.Time, error) {
	fail := func(why string, err error) (*x509.Certificate, time.Time, error) {
		return nil, time.Time{}, problem.Wrap(CodeSignature, signatureName+": "+why, err)
	}
	var info contentInfo
	rest, err := asn1.Unmarshal(der, &info)
	if err != nil || len(rest) > 0 || len(info.Content.Certificates) != 1 || len(info.Content.Signers) != 1 {
		return fail("not a signature of this form", err)
	}
	cert, err := x509.ParseCertificate(info.Content.Certificates[0].FullBytes)
	if err != nil {
		return fail("certificate", err)
	}
	key, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return fail("certificate: not an ECDSA key", nil)
	}
	signer := info.Content.Signers[0]
	at, err := signingTime(signer.Signed)
	if err != nil {
		return fail("time", err)
	}
	signed, err := attributes(content, cert, at)
	if err != nil {
		return fail("attributes", err)
	}
	raw, err := attributeBytes(signed)
	if err != nil {
		return fail("attributes", err)
	}
	if digest := sha256.Sum256(raw); !ecdsa.VerifyASN1(key, digest[:], signer.Signature) {
		return fail("it is not of these files", nil)
	}
	if again, err := encode(cert, signed, signer.Signature); err != nil || !bytes.Equal(again, der) {
		return fail("not in the one form", err)
	}
	return cert, at, nil
}

func signingTime(signed []attribute) (at time.Time, err error) {
	for _, a := range signed {
		if a.Type.Equal(oidSigningTime) && len(a.Values) == 1 {
			_, err = asn1.Unmarshal(a.Values[0].FullBytes, &at)
			return at, err
		}
	}
	return at, problem.New(CodeSignature, "there is none")
}
