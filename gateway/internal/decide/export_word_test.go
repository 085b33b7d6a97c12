package decide

import (
	"testing"

	"homeward.example/gateway/internal/envelope"
)

// A bundle from before there were rules on evidence decides as it did, and lets
// nothing be handed out; nor does a word that is not one on each value.
func TestExportWithoutAWord(t *testing.T) {
	t.Parallel()
	x := Export{Officer: envelope.Officer{Role: "legal_reviewer"}, Values: []ExportValue{{"answer", "name.family", No}}}
	for source, want := range map[string]string{
		``: failedUndefined,
		`decision := {"permitted": true, "refusal": "", "values": []}`:                                            failedType,
		`decision := {"permitted": true, "refusal": "", "values": [{"keep": true}]}`:                              failedType,
		`decision := {"permitted": true, "refusal": "", "values": [{"reason": "x"}]}`:                             failedType,
		`decision := {"permitted": true, "refusal": "SUP_ROLE", "values": [{"keep": true, "reason": "OK_FULL"}]}`: failedType,
		`decision := {"permitted": false, "refusal": ""}`:                                                         failedType,
	} {
		e := untried(t, with(t, map[string]string{"homeward/export/export.rego": "package homeward.export\n" + source}), Options{})
		word, err := e.Export(t.Context(), x)
		if err != nil || word.Refusal != reasonUndecided || word.Failure != want || len(word.Reasons) > 0 {
			t.Errorf("%s: %+v, %v", source, word, err)
		}
		if source == "" && e.tryExport(t.Context()) != nil {
			t.Error("an older bundle is refused")
		}
	}
}
