package exchange

import (
	_ "embed"
	"encoding/json"
	"sync"
	"time"

	"homeward.example/gateway/internal/envelope"
)

// foundFor is how long a FOUND report can be collected: the authority of origin
// may need days to act.
const foundFor = 30 * 24 * time.Hour

//go:embed advice.json
var adviceFile []byte

// adviceText is what a finder is told, by language. A file that is broken leaves
// the contact alone; a test does not let one through.
var adviceText = sync.OnceValue(func() map[string]string {
	var text map[string]string
	_ = json.Unmarshal(adviceFile, &text)
	return text
})

// subjectOf names the record of a hit; of none it says nothing.
func (x *Exchange) subjectOf(recordID string) string {
	if recordID == "" {
		return ""
	}
	return x.subject(recordID)
}

// advice is what whoever found a child should do now. It is the same whether the
// child is known here or not.
func (x *Exchange) advice() *envelope.Advice {
	origin, _ := x.origin()
	return &envelope.Advice{Contact: origin.Contact, Text: adviceText()}
}
