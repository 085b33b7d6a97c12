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
// is never changed.
func (s *Store) migrate(ctx context.Context) error {
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
		return nil
	})
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
