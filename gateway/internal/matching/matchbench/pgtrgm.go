package matchbench

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// PgTrgm is a baseline: what a good administrator of a database would build with
// PostgreSQL's pg_trgm. A row per identity, in a table partitioned by year of
// birth; a GIN index on the whole name in Latin letters (KMU-55, no accents), so that
// all alphabets meet; the year in question and those beside it; similarity of the
// name, and on top of it what else is known: the day of birth, the oblast, the
// siblings. A question without a family name is put with word similarity, which
// pg_trgm has for that. Plans are made for each question, since prepared ones were
// ten times slower here. Tried and worse: an index on the name as written beside it (recall@10 0.799
// for 0.802 at 100,000 records, in twice the time); thresholds of 0.4 (0.726) and 0.5 (0.636).
type PgTrgm struct {
	latin  latinise
	server *scratch
	conn   *pgx.Conn
}

const (
	firstPartition = 2000
	lastPartition  = 2025
)

// NewPgTrgm starts a server of its own with the programs of a folder, which it
// looks for if none is named; ErrNoPostgres if there is none to start.
func NewPgTrgm(ctx context.Context, bin string) (*PgTrgm, error) {
	server, err := startScratch(ctx, bin)
	if err != nil {
		return nil, err
	}
	p := &PgTrgm{latin: newLatinise(), server: server}
	if p.conn, err = pgx.Connect(ctx, server.dsn); err == nil {
		err = p.create(ctx)
	}
	if err != nil {
		_ = p.Close() // the first error tells more
		return nil, err
	}
	return p, nil
}

func (p *PgTrgm) create(ctx context.Context) error {
	if _, err := p.conn.Exec(ctx, "CREATE EXTENSION pg_trgm"); err != nil {
		return fmt.Errorf("%w (%w)", ErrNoPostgres, err)
	}
	var sql strings.Builder
	sql.WriteString(`SET plan_cache_mode = force_custom_plan; SET random_page_cost = 1.1;
		CREATE TABLE child (id TEXT, year INT, latin TEXT, born TEXT, sex TEXT, oblast TEXT, siblings TEXT)
		PARTITION BY RANGE (year);
		CREATE TABLE child_other PARTITION OF child DEFAULT;`)
	for year := firstPartition; year <= lastPartition; year++ {
		fmt.Fprintf(&sql, "CREATE TABLE child_%d PARTITION OF child FOR VALUES FROM (%d) TO (%d);", year, year, year+1)
	}
	_, err := p.conn.Exec(ctx, sql.String())
	return err
}

// Name of the baseline.
func (*PgTrgm) Name() string { return "pg_trgm" }

// Add copies rows: one for each identity, and for each year if there are two.
func (p *PgTrgm) Add(ctx context.Context, records []*homewardv1.ChildRecord) error {
	var rows [][]any
	for _, c := range records {
		for _, i := range identities(c) {
			for year := i.from; year <= i.to; year++ {
				rows = append(rows, []any{
					c.GetRecord().GetRecordId(), year, p.latin.text(i.full), i.date, i.sex, p.latin.text(i.oblast), p.latin.text(i.siblings),
				})
			}
		}
	}
	columns := []string{"id", "year", "latin", "born", "sex", "oblast", "siblings"}
	_, err := p.conn.CopyFrom(ctx, pgx.Identifier{"child"}, columns, pgx.CopyFromRows(rows))
	return err
}

// Finish builds the indexes after the rows, which is the fast order, and warms them.
func (p *PgTrgm) Finish(ctx context.Context) error {
	_, err := p.conn.Exec(ctx, `
		CREATE INDEX ON child USING gin (latin gin_trgm_ops) WITH (fastupdate = off);
		ANALYZE child;
		SELECT count(*) FROM child;`)
	return err
}

// ranked adds to the similarity of the name what else agrees.
const ranked = `
	SELECT id, max(score) FROM (
		SELECT id, %[1]s
			+ CASE WHEN born <> '' AND born = $2 THEN 0.15 ELSE 0 END
			+ CASE WHEN oblast <> '' AND $3 <> '' THEN 0.1 * similarity(oblast, $3) ELSE 0 END
			+ CASE WHEN siblings <> '' AND $4 <> '' THEN 0.2 * similarity(siblings, $4) ELSE 0 END AS score
		FROM child
		WHERE year BETWEEN $5 AND $6 AND (sex = $7 OR sex = '' OR $7 = '') AND %[2]s) AS found
	GROUP BY id ORDER BY 2 DESC, 1 LIMIT $8`

// Search puts one query.
func (p *PgTrgm) Search(ctx context.Context, query *homewardv1.ChildRecord, top int) ([]Found, error) {
	var out []Found
	for _, i := range identities(query) {
		sql, from, to := fmt.Sprintf(ranked, "similarity(latin, $1)", "latin % $1"), i.from-1, i.to+1
		if i.family == "" {
			sql = fmt.Sprintf(ranked, "word_similarity($1, latin)", "$1 <% latin")
		}
		if i.from == 0 {
			from, to = 0, 9999
		}
		rows, err := p.conn.Query(ctx, sql, p.latin.text(i.full), i.date, p.latin.text(i.oblast),
			p.latin.text(i.siblings), from, to, i.sex, top)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var f Found
			var score float64
			if err := rows.Scan(&f.ID, &score); err != nil {
				return nil, err
			}
			out = append(out, f)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return out[:min(top, len(out))], nil
}

// Bytes is the size of the indexes, without the table.
func (p *PgTrgm) Bytes(ctx context.Context) (n int64, err error) {
	err = p.conn.QueryRow(ctx, `SELECT sum(pg_indexes_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'child'::regclass`).Scan(&n)
	return n, err
}

// Close ends the server.
func (p *PgTrgm) Close() error {
	if p.conn != nil {
		_ = p.conn.Close(context.Background()) // the server goes with it
	}
	return p.server.Close()
}
