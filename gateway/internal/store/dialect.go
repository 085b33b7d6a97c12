package store

import (
	"database/sql/driver"
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// dialect is all in which the two databases differ.
type dialect struct {
	name  string
	local bool // a file of this machine: no network to wait for
	begin string
	// insert starts an INSERT of many rows. SQLite keeps a journal of each such
	// statement, to take it back alone, unless told that a conflict ends the whole
	// transaction, as it does here anyway.
	insert string
	// insertNew and skipOld start and end one that leaves out rows that are there.
	insertNew, skipOld string
	// forUpdate and forShare lock the rows that a SELECT read. SQLite's
	// transaction holds the whole file.
	forUpdate, forShare string
	// schemaLock keeps two processes from migrating at once.
	schemaLock string
	// lead takes the lock of who writes the transparency log, as long as the
	// connection lasts. Empty: the file's folder has one gateway, and the log a lock
	// of its own.
	lead     string
	types    *strings.Replacer
	classify func(error) fault
	// warnings counts warnings of the server, nil if it has none: a commit that
	// came with one was not replicated.
	warnings func() int64
}

// fault says what an error of the database means for a transaction that was not
// yet told to commit.
type fault int

const (
	faultAway  fault = iota // the database cannot do it now
	faultRetry              // nothing was stored, and the same again may succeed
	faultItem               // one of the rows cannot be stored; the others can
	faultDead               // storage can no longer be trusted: stop until a restart
)

// rebind numbers the placeholders for PostgreSQL.
func (d dialect) rebind(query string) string {
	if d.name != Postgres {
		return query
	}
	var b strings.Builder
	for i := 1; ; i++ {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString("$" + strconv.Itoa(i))
		query = after
	}
}

// SQLite result codes, https://www.sqlite.org/rescode.html.
const (
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteCorrupt    = 11
	sqliteTooBig     = 18
	sqliteConstraint = 19
	sqliteMismatch   = 20
	sqliteNotADB     = 26
	sqliteFsync      = 10 | 4<<8
	sqliteDirFsync   = 10 | 5<<8
)

func classifySQLite(err error) fault {
	var coded interface{ Code() int }
	if !errors.As(err, &coded) {
		return faultAway
	}
	switch coded.Code() {
	case sqliteFsync, sqliteDirFsync:
		// The kernel may have dropped the pages that it could not write and report
		// success the next time.
		return faultDead
	}
	switch coded.Code() & 0xff {
	case sqliteCorrupt, sqliteNotADB:
		return faultDead
	case sqliteConstraint, sqliteTooBig, sqliteMismatch:
		return faultItem
	}
	return faultAway
}

func busy(err error) bool {
	var coded interface{ Code() int }
	if !errors.As(err, &coded) {
		return false
	}
	primary := coded.Code() & 0xff
	return primary == sqliteBusy || primary == sqliteLocked
}

// classifyPostgres reads the SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html.
func classifyPostgres(err error) fault {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case pg.Code == "40001" || pg.Code == "40P01": // serialization, deadlock
			return faultRetry
		case strings.HasPrefix(pg.Code, "57P"): // the server is going away; its pool may have another
			return faultRetry
		case strings.HasPrefix(pg.Code, "22") || strings.HasPrefix(pg.Code, "23"): // data, integrity
			return faultItem
		}
		return faultAway
	}
	if errors.Is(err, driver.ErrBadConn) || pgconn.SafeToRetry(err) {
		return faultRetry
	}
	return faultAway
}
