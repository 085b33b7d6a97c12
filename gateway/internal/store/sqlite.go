package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"runtime"
	"strings"

	_ "modernc.org/sqlite" // driver "sqlite"

	"homeward.example/gateway/internal/problem"
)

// sqlitePragmas hold for every connection. Checkpoints are run by the writer, who
// sees their errors; an automatic one swallows them. The page size is that of a new
// file: a decision and what was said fill more than SQLite's usual 4096 bytes, and
// each page is three or four system calls.
var sqlitePragmas = [...]string{
	"page_size(8192)", "synchronous(FULL)", "foreign_keys(1)", "busy_timeout(5000)", "wal_autocheckpoint(0)", "secure_delete(1)",
}

func sqliteDialect() dialect {
	return dialect{
		name: SQLite, local: true, begin: "BEGIN IMMEDIATE", classify: classifySQLite,
		insert: "INSERT OR ROLLBACK INTO ", insertNew: "INSERT OR IGNORE INTO ",
		types: strings.NewReplacer("SEQUENCE", "INTEGER PRIMARY KEY", "BYTES", "BLOB", "CLUSTERED", "WITHOUT ROWID"),
	}
}

func openSQLite(ctx context.Context, o Options) (*Store, error) {
	if o.Replica {
		return nil, problem.Mismatch(CodeStoreConfig, "store replica", "false: SQLite is one machine", "true")
	}
	dsn, err := sqliteDSN(o.DSN)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, problem.Wrap(CodeStoreConfig, "store dsn", err)
	}
	db.SetMaxOpenConns(1 + max(4, runtime.GOMAXPROCS(0)))
	db.SetMaxIdleConns(1 + max(4, runtime.GOMAXPROCS(0)))
	if err := durableSQLite(ctx, db); err != nil {
		db.Close()
		return nil, err
	}
	return open(ctx, o, db, sqliteDialect())
}

// sqliteDSN makes the file, readable by its owner alone (its journal inherits
// that), and the URI that opens it.
func sqliteDSN(dsn string) (string, error) {
	path, parameters := dsn, ""
	if uri, ok := strings.CutPrefix(dsn, "file:"); ok {
		path, parameters, _ = strings.Cut(uri, "?")
	}
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return "", problem.Mismatch(CodeStoreConfig, "store dsn", "the path of a file", "none")
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", problem.Wrap(CodeStoreConfig, "store dsn", err)
	}
	if err := f.Close(); err != nil {
		return "", problem.Wrap(CodeStoreConfig, "store dsn", err)
	}
	query, err := url.ParseQuery(parameters)
	if err != nil {
		return "", problem.Wrap(CodeStoreConfig, "store dsn", err)
	}
	for _, p := range sqlitePragmas {
		query.Add("_pragma", p)
	}
	query.Set("_journal_mode", "WAL") // the driver sets it after the others, which fixes the page size
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query.Encode(), nil
}

// durableSQLite asks what is in force: a file system may not do WAL.
func durableSQLite(ctx context.Context, db *sql.DB) error {
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2"} {
		var got string
		switch err := db.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); {
		case err == nil:
		case busy(err):
			return problem.Wrap(CodeStoreHeld, "store: open", err)
		case classifySQLite(err) == faultDead:
			return problem.Wrap(CodeStoreConfig, "store: open", err)
		default:
			return openFailed(err)
		}
		if got != want {
			return problem.Mismatch(CodeStoreNotDurable, "sqlite "+pragma, want, got)
		}
	}
	return nil
}

func openFailed(err error) error {
	var p *problem.Error
	if errors.As(err, &p) {
		return p
	}
	return unavailable("open", err)
}
