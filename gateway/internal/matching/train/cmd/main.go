// Command cmd trains the matcher and prints its weights:
//
//	go run ./gateway/internal/matching/train/cmd > gateway/internal/matching/data/weights.json
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"homeward.example/gateway/internal/matching/train"
)

func main() {
	w, err := train.Train(train.Options{Records: train.Records, Queries: train.Queries})
	if err == nil {
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", " ")
		err = enc.Encode(w)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
