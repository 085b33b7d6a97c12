package store

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"strconv"

	"homeward.example/gateway/internal/problem"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate applies, in one transaction, the migrations that the database has not
// seen. They are numbered from 1 in the order of their names; once released, one
// is never changed. The database is then owner's, who may be "" for whoever has it.
func (s *Store) migrate(ctx context.Context, owner string) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return unavailable("migrations", err)
	}
	s.writer.within = migrating
	defer func() { s.writer.within = patience }()
	return s.writer.do(ctx, "migrate", func(ctx context.Context, c *conn) error {
		version, err := c.schemaVersion(ctx)
		if err != nil {
			return err
		}
		if version > len(names) {
			return problem.Mismatch(CodeStoreNewer, "store schema", "version "+strconv.Itoa(len(names))+" or less", strconv.Itoa(version))
		}
		for i, name := range names[version:] {
			script, err := migrations.ReadFile(name)
			if err != nil {
				return err
			}
			if err := c.script(ctx, s.dialect.types.Replace(string(script))); err != nil {
				return err
			}
			if err := c.exec(ctx, `INSERT INTO schema_version (version) VALUES (?)`, version+i+1); err != nil {
				return err
			}
		}
		return c.own(ctx, owner)
	})
}

// own gives the database to the first participant that opens it, and refuses every other.
func (c *conn) own(ctx context.Context, owner string) error {
	if owner == "" {
		return nil
	}
	if err := c.exec(ctx, `UPDATE clock SET owner = ? WHERE id = 1 AND owner = ''`, owner); err != nil {
		return err
	}
	var of string
	if err := c.row(ctx, `SELECT owner FROM clock WHERE id = 1`).Scan(&of); err != nil {
		return err
	}
	if of != owner {
		return problem.Mismatch(CodeStoreOwner, "participant", of+", whose ledger this database is", owner)
	}
	return nil
}

func (c *conn) schemaVersion(ctx context.Context) (int, error) {
	if lock := c.dialect.schemaLock; lock != "" {
		if err := c.script(ctx, lock); err != nil {
			return 0, err
		}
	}
	if err := c.script(ctx, `CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)`); err != nil {
		return 0, err
	}
	var version sql.NullInt64
	err := c.row(ctx, `SELECT max(version) FROM schema_version`).Scan(&version)
	return int(version.Int64), err
}
