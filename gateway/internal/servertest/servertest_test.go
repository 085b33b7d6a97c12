package servertest_test

import (
	"context"
	"net"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"homeward.example/gateway/internal/servertest"
)

func TestMain(m *testing.M) { os.Exit(servertest.Main(m)) }

// Each call gives a database of its own on one server.
func TestPostgresGivesEmptyDatabases(t *testing.T) {
	ctx := context.Background()
	first, second := servertest.Postgres(t), servertest.Postgres(t)
	for _, dsn := range []string{first, second} {
		c, err := pgx.Connect(ctx, dsn)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Exec(ctx, "CREATE TABLE here (id INT)"); err != nil {
			t.Fatal(err)
		}
		c.Close(ctx)
	}
}

func TestRedisComesBackOnTheSamePort(t *testing.T) {
	t.Parallel()
	r := servertest.Redis(t)
	r.Kill()
	if c, err := net.Dial("tcp", r.Addr); err == nil {
		c.Close()
		t.Fatal("it answers after Kill")
	}
	r.Start()
	c, err := net.Dial("tcp", r.Addr)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}
