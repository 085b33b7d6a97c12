package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"homeward.example/adapters"
	"homeward.example/gateway/client"
	"homeward.example/gateway/internal/problem"
)

// usageError is a mistake on the command line.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usage(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// errRefused ends a command whose output has already said what is wrong.
var errRefused = errors.New("refused")

// errFailed is errRefused of a command whose exit code for that is 1.
var errFailed = errors.New("failed")

// errNotChecked ends a command that found nothing wrong and could not check all.
var errNotChecked = errors.New("not checked")

// failure makes an error of any kind end with 1: for commands whose exit code 3
// is an answer of its own. A mistake on the command line stays one.
func failure(err error) error {
	if err == nil || errors.As(err, new(usageError)) {
		return err
	}
	return failed{err}
}

type failed struct{ error }

func (f failed) Unwrap() error { return f.error }

// exit prints an error and returns its exit code.
func (a *app) exit(err error) int {
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(err, errRefused):
		return ExitRefused
	case errors.Is(err, errNotChecked):
		return ExitNotChecked
	case errors.Is(err, errFailed):
		return ExitFailed
	case !a.started || errors.As(err, new(usageError)):
		fmt.Fprintf(a.err, "homeward: %v\n", err)
		return ExitUsage
	}
	docs := a.documents(err)
	if a.output == "json" {
		enc := json.NewEncoder(a.err)
		for _, d := range docs {
			_ = enc.Encode(d) // nowhere to report it
		}
	} else {
		a.printerTo(a.err).problems(docs)
	}
	if errors.As(err, new(failed)) {
		return ExitFailed
	}
	for _, d := range docs {
		if d.Status < 400 || d.Status >= 500 {
			return ExitFailed
		}
	}
	return ExitRefused
}

// problems prints documents for people: what, where, and what to do.
func (p *printer) problems(docs []problem.Document) {
	for _, d := range docs {
		p.line(p.paint(red, "homeward: ") + d.Title)
		p.facts("  ", 9, [][2]string{{"code", string(d.Code)}, {"place", d.Detail}, {"remedy", d.Remedy}, {"decision", d.Decision}})
	}
}

// documents are the problems in an error: each of those that were joined.
func (a *app) documents(err error) []problem.Document {
	if f, ok := err.(failed); ok { //nolint:errorlint // it is the outermost
		return a.documents(f.error)
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var out []problem.Document
		for _, e := range many.Unwrap() {
			out = append(out, a.documents(e)...)
		}
		return out
	}
	return []problem.Document{a.document(err)}
}

func (a *app) document(err error) problem.Document {
	if e, ok := errors.AsType[*client.Error](err); ok {
		p := e.Problem
		if code := problem.Code(p.GetCode()); code == client.CodeGatewayUnreachable { // told by no gateway, so in one's own language
			d := problem.New(code, "").Document(a.language())
			d.Detail = p.GetDetail()
			return d
		}
		return problem.Document{
			Type: p.GetType(), Title: p.GetTitle(), Status: int(p.GetStatus()), Detail: p.GetDetail(),
			Code: problem.Code(p.GetCode()), Remedy: p.GetRemedy(), Decision: p.GetDecisionId(),
		}
	}
	if p, ok := errors.AsType[*problem.Error](err); ok {
		d := p.Document(a.language())
		if p.Cause != nil && p.Expected == "" { // one's own machine: its operator may know
			d.Detail = strings.TrimPrefix(d.Detail+": "+p.Cause.Error(), ": ")
		}
		return d
	}
	if issue, ok := errors.AsType[adapters.Issue](err); ok {
		d := problem.New(gatewaySource, "").Document(a.language())
		d.Detail = strings.Join(strings.Fields(issue.Place()+" "+issue.Field+" "+issue.What), " ")
		if issue.Remedy != "" {
			d.Remedy = issue.Remedy
		}
		return d
	}
	// An error of this machine: no such file, no connection.
	return problem.Document{Title: err.Error(), Code: "failed"}
}

// gatewaySource is the problem of a source whose files cannot be used.
const gatewaySource problem.Code = "source_invalid"

// language of titles and remedies, by HOMEWARD_LANG and then as other programs choose it.
func (a *app) language() string {
	for _, name := range []string{"HOMEWARD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := a.getenv(name); v != "" {
			v, _, _ = strings.Cut(v, ".")
			return problem.Language(strings.ReplaceAll(v, "_", "-"))
		}
	}
	return problem.Languages()[0]
}
