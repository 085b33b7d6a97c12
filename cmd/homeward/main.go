// Command homeward is the whole product in one binary: `homeward --help`.
package main

import (
	"os"

	"homeward.example/adapters"
	"homeward.example/adapters/file"
	"homeward.example/gateway/cli"
)

func main() {
	// Adding an adapter is one folder and one line here.
	sources := map[string]adapters.Open{
		"file": file.Open,
	}
	os.Exit(cli.Main(os.Args[1:], sources, os.Stdin, os.Stdout, os.Stderr))
}
