package envelope

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"
)

// bench is one message of a usual size with its keys.
type bench struct {
	sign, seal PrivateKey
	keys       keyring
	payload    []byte
	ds         []Disclosure
	sdjwt, jwe string
}

func newBench(b *testing.B, alg string, typ Type) bench {
	m := bench{sign: newKey(b, "gov-pl.sign.1", alg), seal: newKey(b, "gov-ua.seal.1", AlgECDHES)}
	m.keys = keyring{}.add(m.sign.Public("gov-pl", UseSign))
	var err error
	if typ == TypeQuery {
		m.payload, m.ds, err = QueryPayload(sampleQuery())
	} else {
		m.payload, m.ds, err = AnswerPayload(fullAnswer())
	}
	if err == nil {
		m.sdjwt, err = Sign(m.payload, m.ds, typ, m.sign)
	}
	if err == nil {
		m.jwe, err = Seal(m.sdjwt, typ, m.seal.Public("gov-ua", UseSeal))
	}
	if err != nil {
		b.Fatal(err)
	}
	return m
}

// fullAnswer is an answer of one record with sixty fields.
func fullAnswer() Answer {
	a := sampleAnswer()
	r := AnswerRecord{Values: map[string]json.RawMessage{}}
	for i := range 60 {
		path := fmt.Sprintf("group.synthetic_field_%02d", i)
		r.Fields = append(r.Fields, AnswerField{Path: path, Verdict: VerdictReleased, Basis: "6(1)(e)"})
		r.Values[path] = json.RawMessage(`[{"value":"Значення поля","script":"Cyrl","language":"uk"}]`)
	}
	a.Records = []AnswerRecord{r}
	return a
}

func eachMessage(b *testing.B, f func(b *testing.B, m bench, typ Type)) {
	for _, typ := range []Type{TypeQuery, TypeAnswer} {
		for _, alg := range []string{AlgEdDSA, AlgES256} {
			b.Run(string(typ[:len("homeward-query")])+"/"+alg, func(b *testing.B) {
				m := newBench(b, alg, typ)
				b.ReportAllocs()
				b.ResetTimer()
				f(b, m, typ)
			})
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	eachMessage(b, func(b *testing.B, m bench, typ Type) {
		for b.Loop() {
			if _, err := Verify(m.sdjwt, expect(typ, m.keys)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSign(b *testing.B) {
	eachMessage(b, func(b *testing.B, m bench, typ Type) {
		for b.Loop() {
			if _, err := Sign(m.payload, m.ds, typ, m.sign); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	eachMessage(b, func(b *testing.B, m bench, typ Type) {
		for b.Loop() {
			if _, err := Open(m.jwe, typ, []PrivateKey{m.seal}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	eachMessage(b, func(b *testing.B, m bench, typ Type) {
		to := m.seal.Public("gov-ua", UseSeal)
		for b.Loop() {
			if _, err := Seal(m.sdjwt, typ, to); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDecode reads a verified query and a verified answer.
func BenchmarkDecode(b *testing.B) {
	eachMessage(b, func(b *testing.B, m bench, typ Type) {
		v, err := Verify(m.sdjwt, expect(typ, m.keys))
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if typ == TypeQuery {
				_, err = v.Query()
			} else {
				_, err = v.Answer()
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkResolve puts disclosures in their places: those of a query with a case
// link and no criteria, which is the usual one, and those of a case link.
func BenchmarkResolve(b *testing.B) {
	key := newKey(b, "gov-ua.sign.1", AlgEdDSA)
	link, ds, err := CaseLinkPayload(CaseLink{
		Claims: claims(), Purpose: "RETURN", Leads: []string{"unicef"}, Child: map[string]string{
			LinkRecord: "UA-1", LinkIdentity: "original", "family": "Зразкова", "given": "Тестина", "born": "2014-03-09", "birth_oblast": "Херсонська",
		},
	})
	token := must(Sign(link, ds, TypeCaseLink, key))
	if err != nil {
		b.Fatal(err)
	}
	q := sampleQuery()
	q.Criteria, q.Links = nil, []string{token}
	query, queried, err := QueryPayload(q)
	if err != nil {
		b.Fatal(err)
	}
	for _, m := range []struct {
		name    string
		typ     Type
		payload []byte
		ds      []Disclosure
	}{{"query", TypeQuery, query, queried}, {"link", TypeCaseLink, link, ds}} {
		b.Run(m.name, func(b *testing.B) {
			d := must(scan(string(m.payload), kindObject, "payload"))
			texts := make([]string, len(m.ds))
			for i := range m.ds {
				texts[i] = m.ds[i].String()
			}
			b.ReportAllocs()
			for b.Loop() {
				var f faults
				if resolve(d, m.typ, texts, &f); len(f) > 0 {
					b.Fatal(f.err())
				}
			}
		})
	}
}

// BenchmarkPrimitives is what the standard library needs for the bare
// operations on 2 KiB: the floor under the benchmarks above.
func BenchmarkPrimitives(b *testing.B) {
	message := make([]byte, 2048)
	ed := newKey(b, "ed", AlgEdDSA).key.(ed25519.PrivateKey)
	ec := newKey(b, "ec", AlgES256).key.(*ecdsa.PrivateKey)
	sum := sha256.Sum256(message)
	edSignature, ecSignature := ed25519.Sign(ed, message), must(ecdsa.SignASN1(rand.Reader, ec, sum[:]))
	own := must(ecdh.P256().GenerateKey(rand.Reader))
	gcm := must(cipher.NewGCM(must(aes.NewCipher(sum[:]))))
	for name, f := range map[string]func(){
		"EdDSA/verify": func() { ed25519.Verify(ed.Public().(ed25519.PublicKey), message, edSignature) },
		"EdDSA/sign":   func() { ed25519.Sign(ed, message) },
		"ES256/verify": func() { ecdsa.VerifyASN1(&ec.PublicKey, sum[:], ecSignature) },
		"ES256/sign":   func() { _, _ = ecdsa.SignASN1(rand.Reader, ec, sum[:]) },
		"ECDH":         func() { _, _ = own.ECDH(own.PublicKey()) },
		"P256/key":     func() { _, _ = ecdh.P256().GenerateKey(rand.Reader) },
		"A256GCM":      func() { gcm.Seal(nil, sum[:12], message, nil) },
		"salt":         func() { NewID() },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
		})
	}
}
