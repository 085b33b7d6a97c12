package cli

import (
	"io"
	"os"
	"regexp"
	"strings"

	"homeward.example/gateway/internal/problem"
)

// codeToken is every problem with a file that should hold a signed statement.
const codeToken problem.Code = "token_file"

// maxToken bounds what is read of such a file: a case link has some two kilobytes.
const maxToken = 64 << 10

var tokenForm = regexp.MustCompile(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+~([A-Za-z0-9_-]+~)*$`)

// readToken reads a case link, a go-ahead or an approval as it was handed out. What
// is none is told here, and not by each holder.
func readToken(file string) (string, error) {
	wrong := func(found string) (string, error) {
		return "", problem.Mismatch(codeToken, file, "a signed statement in compact form (ey….ey….…~)", found)
	}
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if info.IsDir() {
		return wrong("a folder")
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxToken+1))
	if err != nil {
		return "", err
	}
	switch token := strings.TrimSpace(string(raw)); {
	case token == "":
		return wrong("an empty file")
	case len(raw) > maxToken:
		return wrong("more than 64 KiB")
	case !tokenForm.MatchString(token):
		return wrong("another text")
	default:
		return token, nil
	}
}

func readTokens(files []string) (tokens []string, err error) {
	for _, file := range files {
		token, err := readToken(file)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, token)
	}
	return tokens, nil
}
