package attack

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/pem"
	"hash"
	"math/big"
	"strings"

	"homeward.example/gateway/internal/envelope"
)

// algorithms attack the choice of the algorithm and the arithmetic of signatures.
func algorithms(f forger) []Case {
	var out []Case
	for _, alg := range []string{
		"none", "None", "nOnE", "NONE", "", "RS256", "PS256", "ES384", "ES512", "ES256K", "Ed25519", "eddsa", "es256", "HS256", "dir", "ECDH-ES",
	} {
		header := strings.Replace(f.header(), f.key.Alg, alg, 1)
		out = append(out,
			Case{"alg " + alg + ", right signature", f.withHeader(header), JWS, envelope.CodeAlgorithm, true},
			Case{"alg " + alg + ", no signature", f.withSignature(header, ""), JWS, envelope.CodeAlgorithm, true})
	}
	other := envelope.AlgES256
	if f.key.Alg == other {
		other = envelope.AlgEdDSA
	}
	out = append(out, Case{"alg of another kind of key", f.withHeader(strings.Replace(f.header(), f.key.Alg, other, 1)), JWS, envelope.CodeAlgorithm, true})
	return append(append(out, confusion(f)...), arithmetic(f)...)
}

// confusion uses the public key as the secret of an HMAC, in every form it may lie about.
func confusion(f forger) []Case {
	public := private(f.key).Public()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		panic(err)
	}
	jwk, err := envelope.MarshalPublicJWK(f.key.Public("", envelope.UseSign))
	if err != nil {
		panic(err)
	}
	secrets := map[string]string{
		"PEM": string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), "DER": string(der),
		"JWK": marshal(jwk), "x": jwk["x"], "nothing": "",
	}
	hashes := map[string]func() hash.Hash{"HS256": sha256.New, "HS384": sha512.New384, "HS512": sha512.New}
	var out []Case
	for form, secret := range secrets {
		for alg, h := range hashes {
			payload, ds := f.Payload()
			input := b64(strings.Replace(f.header(), f.key.Alg, alg, 1)) + "." + b64(string(payload))
			mac := hmac.New(h, []byte(secret))
			mac.Write([]byte(input))
			out = append(out, Case{alg + " with the public key as " + form, join(input+"."+b64(string(mac.Sum(nil))), ds), JWS, envelope.CodeAlgorithm, true})
		}
	}
	return out
}

// arithmetic sends signatures that broken implementations accept.
func arithmetic(f forger) []Case {
	n := string(elliptic.P256().Params().N.Bytes())
	p := string(elliptic.P256().Params().P.Bytes())
	zero, one := strings.Repeat("\x00", 32), strings.Repeat("\x00", 31)+"\x01"
	bad := map[string]string{
		"(0,0)": zero + zero, "(0,1)": zero + one, "(1,0)": one + zero, "(n,n)": n + n, "(n,1)": n + one, "(1,n)": one + n,
		"(p,p)": p + p, "(1,1)": one + one, "identity point": one + zero, "nothing": "", "one byte": "\x00", "too long": strings.Repeat("\x01", 65),
	}
	var out []Case
	for name, signature := range bad {
		out = append(out, Case{"signature " + name, f.withSignature(f.header(), signature), JWS, envelope.CodeSignature, true})
	}
	payload, ds := f.Payload()
	input := b64(f.header()) + "." + b64(string(payload))
	good := bare(private(f.key), input)
	changed := map[string]string{"one bit": good[:63] + string([]byte{good[63] ^ 1}), "trailing zero": good + "\x00", "half": good[:32]}
	switch private(f.key).(type) {
	case ed25519.PrivateKey:
		changed["S + L"] = good[:32] + plusOrder(good[32:])
	case *ecdsa.PrivateKey:
		changed["DER"] = der(good)
	}
	for name, signature := range changed {
		out = append(out, Case{"signature, " + name, join(input+"."+b64(signature), ds), JWS, envelope.CodeSignature, true})
	}
	return out
}

// plusOrder adds the order of Ed25519's group to a scalar: the same point, another encoding (RFC 8032 section 8.4).
func plusOrder(s string) string {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	sum := order.Add(order, new(big.Int).SetBytes([]byte(reverse(s))))
	return reverse(string(sum.FillBytes(make([]byte, 32))))
}

func reverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// der writes R ‖ S as the ASN.1 sequence that other protocols use.
func der(rs string) string {
	integer := func(s string) string {
		s = strings.TrimLeft(s, "\x00")
		if s[0] >= 0x80 {
			s = "\x00" + s
		}
		return "\x02" + string(rune(len(s))) + s
	}
	body := integer(rs[:32]) + integer(rs[32:])
	return "\x30" + string(rune(len(body))) + body
}
