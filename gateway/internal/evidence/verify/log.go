package verify

import (
	"crypto/ed25519"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/trust"
)

// logVerdicts: the leaf is in the participant's log, and enough witnesses saw that
// log. The proof may be younger than the decision, so its keys are those of either
// registry.
func (v *verifier) logVerdicts() (inclusion, witnesses Verdict) {
	none := notChecked("there is no proof that holds, so there is no checkpoint to look at")
	if len(v.Proof) == 0 {
		return notChecked("the decision was not in a published checkpoint yet; export it again later"), none
	}
	proof, path, err := checkpoint.ParseProof(v.Proof)
	if err != nil {
		return because("the proof", err), none
	}
	head, err := v.checkpoint(proof)
	if err != nil {
		return because("the checkpoint", err), none
	}
	if err := checkpoint.VerifyInclusion(v.leaf, proof.Index, head.Head, path); err != nil {
		return because("decision and salt give another leaf than the one in the log", err), none
	}
	if v.erased() {
		return notChecked(fmt.Sprintf("the leaf that the signed answer names is entry %d of %d in %s; what it was computed over was erased",
			proof.Index, head.Size, head.Origin)), v.witnessesVerdict(head)
	}
	return passed(fmt.Sprintf("entry %d of %d in %s", proof.Index, head.Size, head.Origin)), v.witnessesVerdict(head)
}

func (v *verifier) checkpoint(p checkpoint.Proof) (c checkpoint.Checkpoint, err error) {
	ended, _ := v.latest().EndedLogs(v.About.Participant)
	origin := checkpoint.Generation(v.About.Participant, len(ended)+1)
	verifier, err := checkpoint.NewVerifier(origin, v.logKey(v.About.Participant))
	if err == nil {
		c, err = checkpoint.Parse([]byte(p.Checkpoint), origin, verifier)
	}
	return c, err
}

// latest is the registry of the export, which is as young as the proof; that of the day
// if it cannot be read.
func (v *verifier) latest() *trust.Live {
	if v.exported == nil {
		return v.live
	}
	return v.exported
}

func (v *verifier) logKey(participant string) ed25519.PublicKey {
	key, _ := v.latest().LogKey(participant)
	public, _ := key.Key.(ed25519.PublicKey) // none is refused by who takes it
	return public
}

func (v *verifier) witnessesVerdict(c checkpoint.Checkpoint) Verdict {
	ids, need := v.latest().Witnesses(v.About.Participant)
	if need == 0 {
		return notChecked("the registry names no witnesses")
	}
	var keys []note.Verifier
	for _, id := range ids {
		if k, err := checkpoint.NewCosignatureVerifier(checkpoint.WitnessName(id), v.logKey(id)); err == nil {
			keys = append(keys, k)
		}
	}
	if n := checkpoint.Cosigners(c.Raw, keys); n < need {
		return failed(fmt.Sprintf("%d of the %d witnesses that are needed cosigned the checkpoint", n, need))
	}
	return passed(fmt.Sprintf("at least %d of %d witnesses cosigned the checkpoint", need, len(ids)))
}
