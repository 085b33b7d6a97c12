package envelope

import (
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The example of schemas/wire.md is recomputed from its keys, salts and nonce:
// who follows the page byte by byte arrives where we do.
func TestWirePage(t *testing.T) {
	t.Parallel()
	page := string(must(os.ReadFile(filepath.Join(root(t), "schemas", "wire.md"))))
	blocks := make(map[string][]string)
	for _, m := range regexp.MustCompile("(?s)```(?:json|text) (\\S+)\n(.*?)\n```").FindAllStringSubmatch(page, -1) {
		blocks[m[1]] = append(blocks[m[1]], m[2])
	}
	one := func(name string) string {
		t.Helper()
		if len(blocks[name]) != 1 {
			t.Fatalf("%d blocks %q in wire.md", len(blocks[name]), name)
		}
		return blocks[name][0]
	}
	same := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s is\n%s, the page says\n%s", what, got, want)
		}
	}

	var ds []Disclosure
	for i, text := range blocks["disclosure"] {
		d, err := parseDisclosure(Base64([]byte(text)), "disclosure")
		if err != nil {
			t.Fatal(err)
		}
		same("disclosure", d.String(), blocks["encoded"][i])
		same("digest", d.Digest(), blocks["digest"][i])
		ds = append(ds, d)
	}
	sign, seal, once := key(t, one("sign-key")), key(t, one("seal-key")), key(t, one("one-time-key"))
	sdjwt := must(Sign([]byte(one("payload")), ds, TypeQuery, sign))
	same("SD-JWT", sdjwt, one("sd-jwt"))

	v, err := Verify(sdjwt, Expect{
		Type: TypeQuery, Audience: "gov-ua", Issuer: "gov-pl", Uses: []Use{UseAgency},
		Keys: keyring{}.add(sign.Public("gov-pl", UseAgency)), Now: time.Unix(1795348800, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	hash := v.Hash()
	same("qh", Base64(hash[:]), one("qh"))
	if q := must(v.Query()); q.Criteria["family"] != "Прикладенко" || q.Criteria["born"] != "2014-03" {
		t.Errorf("the query says %v", q.Criteria)
	}

	own, addressee := once.key.(*ecdh.PrivateKey), seal.key.(*ecdh.PrivateKey)
	same("Z", Base64(must(own.ECDH(addressee.PublicKey()))), one("z"))
	key := contentKey(must(own.ECDH(addressee.PublicKey())))
	same("key", Base64(key[:]), one("key"))
	header := writeSealedHeader(own.PublicKey().Bytes(), seal.ID, TypeQuery)
	same("header", header, Base64([]byte(one("sealed-header"))))
	sealed := pad([]byte(sdjwt))
	nonce := must(decode64(one("nonce"), "nonce"))
	sealed = must(agree(own, addressee.PublicKey())).Seal(sealed[:0], nonce, sealed, []byte(header))
	jwe := joinSealed(header, nonce, sealed)
	sum := sha256.Sum256([]byte(jwe))
	same("sealed message", Base64(sum[:]), one("sealed-digest"))
	if opened, err := Open(jwe, TypeQuery, []PrivateKey{seal}); err != nil || opened != sdjwt || len(jwe) != 3101 || !strings.HasSuffix(jwe, ".CKx-N3VsJmc_5spBaRhD0A") {
		t.Errorf("%d characters: %v", len(jwe), err)
	}
}

func key(t *testing.T, jwk string) PrivateKey {
	t.Helper()
	k, err := ParsePrivateJWK([]byte(jwk))
	if err != nil || !json.Valid([]byte(jwk)) {
		t.Fatal(err)
	}
	return k
}
