package evidence_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/evidence/verify"
	"homeward.example/gateway/internal/trust"
)

// TestAttacks: what somebody makes of a package.
func TestAttacks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, attack := range map[string]func(*testing.T, *world){
		"the participant itself": insider, "every byte": everyByte, "the entries": entries,
		"another summary": summaryLies, "strangers": strangers,
	} {
		t.Run(name, func(t *testing.T) { attack(t, w) })
	}
}

// insider: the participant itself changes its package and signs it again. Each
// change is found by the question that it concerns.
func insider(t *testing.T, w *world) {
	good, _, err := verify.Read(w.export(w.decision))
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := verify.Read(w.export(w.unknown))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(c *verify.Contents)
		failed string // the question that finds it
		also   string // others that may
	}{
		"a verdict in the decision": {func(c *verify.Contents) {
			c.Decision = bytes.Replace(c.Decision, []byte(`"verdict":"withheld"`), []byte(`"verdict":"released"`), 1)
		}, "inclusion", "signature replay"},
		"the officer in the decision": {func(c *verify.Contents) {
			c.Decision = bytes.Replace(c.Decision, []byte("officer-pl"), []byte("officer-xx"), 1)
		}, "inclusion", "signature"},
		"the salt":                    {func(c *verify.Contents) { c.About.Salt = other.About.Salt }, "inclusion", "signature"},
		"a proof of another decision": {func(c *verify.Contents) { c.Proof = other.Proof }, "inclusion", ""},
		"a log signed by another": {func(c *verify.Contents) {
			c.Proof = must(json.Marshal(w.proof("unicef", w.leaf(), "icrc", "gov-ca")))
		}, "inclusion", ""},
		"one witness too few": {func(c *verify.Contents) { c.Proof = must(json.Marshal(w.proof("gov-ua", w.leaf(), "unicef"))) }, "witnesses", ""},
		"one witness twice": {func(c *verify.Contents) {
			c.Proof = must(json.Marshal(w.proof("gov-ua", w.leaf(), "unicef", "unicef")))
		}, "witnesses inclusion", "witnesses inclusion"},
		"itself as a witness": {func(c *verify.Contents) {
			c.Proof = must(json.Marshal(w.proof("gov-ua", w.leaf(), "unicef", "gov-ua")))
		}, "witnesses", ""},
		"an answer to another":  {func(c *verify.Contents) { c.Answer = other.Answer }, "signature", "replay redactions"},
		"a question of another": {func(c *verify.Contents) { c.Query = other.Query }, "signature", ""},
		"a value of another":    {func(c *verify.Contents) { c.Answer += firstDisclosure(c.Query) }, "redactions", ""},
		"a value twice":         {func(c *verify.Contents) { c.Answer += firstDisclosure(c.Answer) }, "redactions", ""},
		"a value taken away":    {func(c *verify.Contents) { c.Answer = strings.Replace(c.Answer, "~"+firstDisclosure(c.Answer), "~", 1) }, "redactions", ""},
		"left out that is there": {func(c *verify.Contents) {
			c.About.LeftOut = []verify.LeftOut{{Message: "answer", Name: "name.family", Why: verify.WhyAsked}}
		}, "redactions", ""},
		"erased that is not":      {func(c *verify.Contents) { c.About.Erased = true }, "redactions", ""},
		"a registry of one's own": {func(c *verify.Contents) { c.Registry = must(trust.Sign(w.registry, w.f.Member("gov-ua").Keys.Sign)) }, "registry", ""},
		"a later registry": {func(c *verify.Contents) {
			later := w.registry
			later.Version, later.IssuedAt = later.Version+1, w.f.Clock.Now().AddDate(0, 1, 0)
			later.Expires = later.IssuedAt.AddDate(0, 1, 0)
			c.Registry = must(trust.Sign(later, w.key))
		}, "registry", "signature inclusion witnesses policy redactions"},
		"another bundle":         {func(c *verify.Contents) { c.Bundle = anotherBundle() }, "policy", "replay"},
		"bytes behind a bundle":  {func(c *verify.Contents) { c.Bundle = append(bytes.Clone(c.Bundle), 0) }, "policy", ""},
		"an overlay that is not": {func(c *verify.Contents) { c.Overlay = c.Bundle }, "policy", ""},
		"no answer":              {func(c *verify.Contents) { c.Answer = "" }, "redactions", ""},
		"another participant":    {func(c *verify.Contents) { c.About.Participant = "unicef" }, "signature", "inclusion witnesses redactions"},
	} {
		changed := good
		c.change(&changed)
		if c.failed != "policy" && !strings.Contains(c.also, "replay") {
			changed.Bundle = nil // it takes most of the time, and is none of these
		}
		r := w.verify(w.sign(changed))
		for question, word := range words(r) {
			mustFail := slices.Contains(strings.Fields(c.failed), question) && c.failed != c.also
			mayFail := mustFail || slices.Contains(strings.Fields(c.also), question)
			if mustFail && word != verify.Failed || !mayFail && word == verify.Failed {
				t.Errorf("%s: %s %s: %+v", name, question, word, r.Verdicts)
			}
		}
		if r.Verdicts.Worst() != verify.Failed {
			t.Errorf("%s is not noticed: %+v", name, r.Verdicts)
		}
	}
}

func (w *world) leaf() []byte {
	row := must(w.Store.Decision(w.t.Context(), w.decision))
	return row.Leaf
}

func firstDisclosure(sdjwt string) string { return strings.SplitAfter(sdjwt, "~")[1] }

// anotherBundle lets out more than the embedded one, in one word of one rule.
func anotherBundle() []byte {
	b := must(decide.Embedded())
	name := "homeward/release/guards.rego"
	for module := range b.Modules {
		if strings.HasSuffix(module, "guards.rego") {
			name = module
		}
	}
	return must(b.Variant(name, b.Modules[name]+"\n# another\n").Archive())
}

// strangers: whoever is not in the registry signs a package in vain.
func strangers(t *testing.T, w *world) {
	stranger := newWorld(t)
	c, _, err := verify.Read(w.export(w.decision))
	if err != nil {
		t.Fatal(err)
	}
	if got := words(w.verify(stranger.sign(c)))["signature"]; got != verify.Failed {
		t.Errorf("signed by a stranger: signature %s", got)
	}
	// A whole federation of one's own is consistent; the registry's key tells it.
	r := w.verify(stranger.export(stranger.decision))
	if got := words(r)["registry"]; got != verify.Failed {
		t.Errorf("another federation: registry %s: %+v", got, r.Verdicts)
	}
}

// everyByte: no byte of a package can be changed, and none added or taken away.
// A sample of them in a normal run, all with HOMEWARD_SOAK.
func everyByte(t *testing.T, w *world) {
	raw := w.export(w.unknown)
	step := 251
	if soak() {
		step = 1
	}
	for i := 0; i < len(raw); i += step {
		for _, bit := range []byte{1, 1 << (i % 8)} {
			changed := bytes.Clone(raw)
			changed[i] ^= bit
			if _, _, err := verify.Read(changed); err == nil {
				t.Fatalf("byte %d of %d changed by %#x is not noticed", i, len(raw), bit)
			}
		}
	}
	for _, changed := range [][]byte{nil, raw[:len(raw)-1], raw[1:], append(bytes.Clone(raw), 0), append([]byte{0}, raw...)} {
		r := w.verify(changed)
		if got := words(r); got["signature"] != verify.Failed || got["inclusion"] != verify.NotChecked {
			t.Errorf("%d bytes: %v", len(changed), got)
		}
	}
	changed := bytes.Clone(raw)
	changed[bytes.Index(raw, []byte("officer-pl"))] ^= 1 // in decision.json
	if why := w.verify(changed).Verdicts.Signature.Why; !strings.Contains(why, "decision.json") && !strings.Contains(why, "archive") {
		t.Errorf("a byte of decision.json: %s", why)
	}
}

// entries: files that are added, taken away, doubled or put in another order.
func entries(t *testing.T, w *world) {
	raw := w.export(w.unknown)
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(r.File))
	for i, f := range r.File {
		names[i] = f.Name
	}
	for i := range names {
		gone := slices.Delete(slices.Clone(r.File), i, i+1)
		twice := slices.Insert(slices.Clone(r.File), i, r.File[i])
		swapped := slices.Clone(r.File)
		swapped[i], swapped[(i+1)%len(swapped)] = swapped[(i+1)%len(swapped)], swapped[i]
		for what, files := range map[string][]*zip.File{"without": gone, "twice": twice, "swapped": swapped} {
			if got := words(w.verify(rezip(t, files)))["signature"]; got != verify.Failed {
				t.Errorf("%s %s: signature %s", what, names[i], got)
			}
		}
	}
	again := rezip(t, r.File)
	if _, _, err := verify.Read(again); err == nil != bytes.Equal(again, raw) {
		t.Errorf("the same files in other bytes: %v", err)
	}
}

func rezip(t *testing.T, files []*zip.File) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		if err := z.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// summaryLies: a summary that says another thing than the files is refused, also
// if the participant signed it.
func summaryLies(t *testing.T, w *world) {
	c, _, err := verify.Read(w.export(w.decision))
	if err != nil {
		t.Fatal(err)
	}
	files := must(c.Files())
	last := &files[len(files)-1]
	if last.Name != "summary.html" || !bytes.Contains(last.Content, []byte("officer-pl")) {
		t.Fatal("the summary does not say who asked")
	}
	last.Content = bytes.Replace(last.Content, []byte("officer-pl"), []byte("officer-xx"), 1)
	raw := must(signFiles(w, files))
	if r := w.verify(raw); r.Verdicts.Signature.Verdict != verify.Failed || !strings.Contains(r.Verdicts.Signature.Why, "summary.html") {
		t.Errorf("%+v", r.Verdicts.Signature)
	}
}
