package exchange

import (
	"homeward.example/gateway/internal/envelope"
)

// Inspect verifies an answer and shows its content. It records and delivers
// nothing: it is for a person who wants to know what a message says.
func (x *Exchange) Inspect(holder, sealed string) (envelope.Answer, error) {
	verified, err := x.verify(holder, sealed, envelope.TypeAnswer)
	if err != nil {
		return envelope.Answer{}, err
	}
	return verified.Answer()
}
