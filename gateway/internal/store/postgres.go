package store

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"homeward.example/gateway/internal/problem"
)

// postgresConns is the writer and those who read.
const postgresConns = 1 + 16

func postgresDialect(warnings func() int64) dialect {
	return dialect{
		name: Postgres, begin: "BEGIN",
		insert: "INSERT INTO ", insertNew: "INSERT INTO ", skipOld: " ON CONFLICT DO NOTHING",
		forUpdate: " FOR UPDATE OF d", forShare: " FOR SHARE", classify: classifyPostgres,
		types:      strings.NewReplacer("SEQUENCE", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "BYTES", "BYTEA", "CLUSTERED", ""),
		schemaLock: "SELECT pg_advisory_xact_lock(7004630180341)", // any number that no other program takes
		lead:       "SELECT pg_try_advisory_lock(7004630180342)",
		warnings:   warnings,
	}
}

func openPostgres(ctx context.Context, o Options) (*Store, error) {
	config, err := pgx.ParseConfig(o.DSN)
	if err != nil {
		// The cause could quote the password.
		return nil, problem.Mismatch(CodeStoreConfig, "store dsn", "a PostgreSQL connection string", "one that cannot be read")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = patience / 2
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "homeward"
	}
	warnings := new(atomic.Int64)
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		if n.SeverityUnlocalized == "WARNING" {
			warnings.Add(1)
		}
	}
	// Every new connection is asked, since it may be to another server than the last.
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		return durablePostgres(ctx, c, o.Replica)
	}))
	db.SetMaxOpenConns(postgresConns)
	db.SetMaxIdleConns(postgresConns)
	if err := db.PingContext(ctx); err != nil {
		db.Close()
		return nil, openFailed(err)
	}
	return open(ctx, o, db, postgresDialect(warnings.Load))
}

// durablePostgres refuses a server that would say "committed" of what a crash, or
// a fail-over if there are replicas, could take back.
func durablePostgres(ctx context.Context, c *pgx.Conn, replica bool) error {
	commit := []string{"on", "remote_apply", "remote_write", "local"}
	if replica {
		commit = []string{"on", "remote_apply"} // the others do not wait for a replica's disk
	}
	if err := mustShow(ctx, c, "synchronous_commit", commit...); err != nil {
		return err
	}
	if err := mustShow(ctx, c, "fsync", "on"); err != nil {
		return err
	}
	if !replica {
		return nil
	}
	standbys, err := show(ctx, c, "synchronous_standby_names")
	if err == nil && strings.TrimSpace(standbys) == "" {
		return problem.Mismatch(CodeStoreNotDurable, "postgres synchronous_standby_names", "the replicas that a commit waits for", "none")
	}
	return err
}

func mustShow(ctx context.Context, c *pgx.Conn, setting string, accepted ...string) error {
	got, err := show(ctx, c, setting)
	if err != nil {
		return err
	}
	for _, a := range accepted {
		if a == got {
			return nil
		}
	}
	return problem.Mismatch(CodeStoreNotDurable, "postgres "+setting, strings.Join(accepted, " or "), got)
}

func show(ctx context.Context, c *pgx.Conn, setting string) (string, error) {
	var value string
	err := c.QueryRow(ctx, "SHOW "+setting).Scan(&value)
	return value, err
}
