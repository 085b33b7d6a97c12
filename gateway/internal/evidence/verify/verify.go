package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"homeward.example/gateway/internal/asice"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
)

// Options say whom the verifier trusts by itself.
type Options struct {
	// RegistryKey signs the registry. Without it whose keys these are is not checked.
	RegistryKey *envelope.PublicKey
}

// Package checks a package. It asks nobody and needs no error: what is wrong is a
// verdict.
func Package(ctx context.Context, raw []byte, o Options) Result {
	v := &verifier{}
	contents, container, err := Read(raw)
	if err == nil {
		v.Contents, v.container = contents, container
		err = v.open()
	}
	if err != nil {
		return broken(err)
	}
	v.result.Participant, v.result.Decision = v.About.Participant, v.About.Decision
	out := &v.result.Verdicts
	out.Registry = v.registryVerdict(o)
	if v.live == nil {
		why := notChecked("the registry in the package is no registry, so there are no keys")
		out.Signature, out.Inclusion, out.Witnesses, out.Policy, out.Redactions = why, why, why, why, why
	} else {
		out.Signature, out.Redactions = v.signatureVerdict(), v.redactionsVerdict()
		out.Inclusion, out.Witnesses = v.logVerdicts()
		out.Policy = v.policyVerdict(ctx)
	}
	out.Replay = v.replayVerdict(ctx)
	return v.result
}

// broken is the result of bytes that are no package: nothing in them is believed.
func broken(err error) Result {
	var r Result
	r.Verdicts.Each(func(_ string, v *Verdict) { *v = notChecked("the package is not as it was signed") })
	r.Verdicts.Signature = because("the file", err)
	return r
}

// verifier is one package on its way.
type verifier struct {
	Contents
	container asice.Container
	decision  ledger.Decision
	leaf      [32]byte
	live      *trust.Live // the registry of the day; nil if there is none to be read
	exported  *trust.Live // that of the export; live if it is the same
	registry  trust.Registry
	engine    engine
	result    Result
}

// open reads the decision, which the rest hangs on.
func (v *verifier) open() (err error) {
	if v.decision, err = ledger.ParseDecision(v.Decision); err != nil {
		return err
	}
	if v.decision.ID != v.About.Decision {
		return problem.New(asice.CodeContainer, "about.json names another decision")
	}
	salt, err := strict64(v.About.Salt)
	if err != nil || len(salt) != 32 && len(salt) != 0 {
		return problem.New(asice.CodeContainer, "about.json: salt")
	}
	if v.Exported != nil && string(v.Exported) == string(v.Registry) {
		return problem.New(asice.CodeContainer, expName+": the same registry twice")
	}
	v.leaf = ledger.Leaf(salt, v.Decision)
	if v.erased() {
		v.leaf = v.namedLeaf()
	}
	return nil
}

// erased: the salt is gone, and with it what the leaf was computed over.
func (v *verifier) erased() bool { return v.About.Salt == "" }

// namedLeaf is the leaf that the answer names; its signature is verified elsewhere.
func (v *verifier) namedLeaf() (leaf [32]byte) {
	var a struct {
		Leaf string `json:"leaf"`
	}
	if json.Unmarshal(payloadOf(v.Answer), &a) == nil {
		if raw, err := strict64(a.Leaf); err == nil && len(raw) == len(leaf) {
			leaf = [32]byte(raw)
		}
	}
	return leaf
}

func (v *verifier) registryVerdict(o Options) Verdict {
	var err error
	if v.live, v.registry, err = openRegistry(v.Registry, v.decision.At, o.RegistryKey); err != nil {
		// Read without belief, so that the other questions are answered.
		v.live, v.registry, _ = openRegistry(v.Registry, v.decision.At, nil)
		v.exported = v.live
		return because("the registry of the day", err)
	}
	v.exported = v.live
	if len(v.Exported) > 0 {
		if v.exported, _, err = openRegistry(v.Exported, v.About.Export.At, o.RegistryKey); err != nil {
			return because("the registry of the export", err)
		}
	}
	if o.RegistryKey == nil {
		return notChecked("no key of the registry was given, so the keys in the package are believed; give it by --registry-key")
	}
	return passed(fmt.Sprintf("version %d was signed by the registry's key and in force on %s", v.registry.Version, v.decision.At.Format("2006-01-02 15:04:05 UTC")))
}

// signatureVerdict: who signed the container, the question, the answer and the ICRC's
// release, and that these are those of the decision.
func (v *verifier) signatureVerdict() Verdict {
	if v.exported == nil {
		return failed("the registry of the export is no registry, so who signed the container is not known")
	}
	spki := sha256.Sum256(v.container.Certificate.RawSubjectPublicKeyInfo)
	if p, ok := v.exported.ByTLS(hex.EncodeToString(spki[:])); !ok || p.ID != v.About.Participant {
		return failed("the container is signed, but not by a certificate of " + v.About.Participant)
	}
	if why := v.releaseFault(); why != "" {
		return failed(why)
	}
	m, err := v.messages()
	if err != nil {
		return because("the messages", err)
	}
	if why := v.bound(m); why != "" {
		return failed(why)
	}
	if v.decision.Kind == ledger.KindAnswered && (v.Query == "" || v.Answer == "") {
		return notChecked("the container is signed by " + v.About.Participant + ", but the question or the answer is not in it")
	}
	said := "the container by " + v.About.Participant
	for _, one := range m.each() {
		if one.verified.Type() != "" {
			said += ", the " + one.name + " by " + one.verified.Issuer()
		}
	}
	if v.Release != "" {
		said += ", the release " + v.About.Export.Release + " by the ICRC"
	}
	return passed("signed: " + said + "; each is the one that the decision is about")
}

// bound says why the messages are not those of the decision, "" if they are.
func (v *verifier) bound(m messages) string {
	d := v.decision
	asked := m.query
	if m.again.Type() != "" {
		asked = m.again
	}
	if d.Kind == ledger.KindReceived {
		if m.answer.Type() == "" || envelope.SHA256(signedPart(v.Answer)) != d.QueryHash {
			return "the answer is not the one that the decision received"
		}
	} else if m.query.Type() != "" && d.QueryHash != "" && envelope.SHA256(signedPart(v.Query)) != d.QueryHash {
		return "the question is not the one that the decision is about"
	}
	if m.answer.Type() == "" {
		return ""
	}
	a, err := m.answer.Answer()
	if err != nil {
		return "the answer cannot be read"
	}
	hash := asked.Hash()
	if asked.Type() != "" && a.QueryHash != envelope.Base64(hash[:]) {
		return "the answer answers another question"
	}
	leaf, id := envelope.Base64(v.leaf[:]), d.ID
	if d.Kind == ledger.KindReceived {
		leaf, id = d.TheirLeaf, d.TheirDecision
	}
	if a.Decision != id || a.Leaf != leaf {
		return "the answer names another decision, or another leaf"
	}
	if d.Kind != ledger.KindReceived && !contentIs(m.answer.Payload(), leaf, d.ContentHash) {
		return "the answer does not say what the decision recorded"
	}
	return ""
}

// contentIs: what was recorded is the answer's payload less the head, which ends
// with the leaf.
func contentIs(payload []byte, leaf, hash string) bool {
	_, body, ok := strings.Cut(string(payload), `"leaf":"`+leaf+`",`)
	return ok && envelope.SHA256("{"+body) == hash
}

func signedPart(sdjwt string) string {
	jws, _, _ := strings.Cut(sdjwt, "~")
	return jws
}
