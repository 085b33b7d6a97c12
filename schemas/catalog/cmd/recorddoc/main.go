// Command recorddoc writes what is made from the annotations of the child
// record into a folder: record.schema.json, for whoever writes records as JSON,
// and RECORD.md, the table of all leaves. Run it by "go generate ./schemas/...".
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "recorddoc:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: recorddoc FOLDER")
	}
	files, err := documents()
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(args[0], name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func documents() (map[string][]byte, error) {
	schema, err := recordSchema()
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"record.schema.json": schema, "RECORD.md": recordTable()}, nil
}
