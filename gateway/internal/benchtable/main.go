// Command benchtable reads what `go test -bench` prints and prints one table, and
// below it the figures that the project promises, as `name value unit`. It fails
// if a benchmark failed or a promised figure is missing.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "benchtable:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	results, err := parse(in)
	if err != nil {
		return err
	}
	if err := table(out, results); err != nil {
		return err
	}
	return printFigures(out, results)
}
