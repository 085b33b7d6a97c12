package observe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"syscall"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/problem"
)

// Describe is the text of an error for logs. A problem says its code and its
// place, which hold no child's data by contract. Of a cause only kinds are shown
// that speak of files, networks and certificates: any other error may quote what
// it was given, so its type must do.
func Describe(err error) string {
	if err == nil {
		return ""
	}
	var p *problem.Error
	if !errors.As(err, &p) {
		return cause(err)
	}
	shown := *p
	shown.Cause = nil
	s := plain(shown.Error())
	if p.Cause != nil {
		s += ": " + Describe(p.Cause)
	}
	return s
}

func cause(err error) string {
	if text, ok := knownKind(err); ok {
		return plain(text)
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		s := ""
		for i, e := range many.Unwrap() {
			if i > 0 {
				s += "; "
			}
			s += Describe(e)
		}
		return s
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
		if _, ok := err.(interface{ Unwrap() []error }); ok {
			return cause(err)
		}
	}
	return fmt.Sprintf("(%T)", err)
}

// knownKind finds the first error in a chain whose text is known to be safe.
func knownKind(err error) (string, bool) {
	for _, sentinel := range []error{
		context.Canceled, context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, fs.ErrNotExist, fs.ErrPermission, fs.ErrExist,
		adapters.ErrNotFound, adapters.ErrUnavailable, adapters.ErrCriteria, adapters.ErrCursor, adapters.ErrContract,
	} {
		if errors.Is(err, sentinel) && single(err) {
			return specific(err, sentinel.Error()), true
		}
	}
	if text := specific(err, ""); text != "" {
		return text, true
	}
	var state interface{ SQLState() string }
	if errors.As(err, &state) {
		return "SQLSTATE " + state.SQLState(), true
	}
	var number interface{ Code() int } // SQLite's result code
	if errors.As(err, &number) {
		return fmt.Sprintf("(%T) code %d", number, number.Code()), true
	}
	return "", false
}

// single is false for joined errors, which are described one by one.
func single(err error) bool {
	_, many := err.(interface{ Unwrap() []error })
	return !many
}

// specific is the text of a safe kind in the chain: the place in a file, the
// address of a peer, what is wrong with a certificate; or the default.
func specific(err error, def string) string {
	var (
		issue adapters.Issue
		path  *fs.PathError
		op    *net.OpError
		dns   *net.DNSError
		errno syscall.Errno
		cert  *tls.CertificateVerificationError
		alert tls.AlertError
		auth  x509.UnknownAuthorityError
	)
	switch {
	case errors.As(err, &issue):
		return issue.Error()
	case errors.As(err, &path):
		return path.Error()
	case errors.As(err, &op):
		return op.Error()
	case errors.As(err, &dns):
		return dns.Error()
	case errors.As(err, &cert):
		return cert.Error()
	case errors.As(err, &alert):
		return alert.Error()
	case errors.As(err, &auth):
		return auth.Error()
	case errors.As(err, &errno):
		return errno.Error()
	}
	return def
}
