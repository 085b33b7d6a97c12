-- Times are microseconds since 1970, UTC. SEQUENCE, BYTES and CLUSTERED stand for
-- what the two databases spell differently (migrate.go).

-- One row a decision; content, parts, salt and leaf are never changed. Of content,
-- what is in parts was cut out (parts.go). content and details come last: what
-- stands before them is read without reading them.
CREATE TABLE decisions (
  seq SEQUENCE,
  id TEXT NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  peer TEXT NOT NULL,
  purpose TEXT NOT NULL,
  leaf BYTES NOT NULL,
  salt BYTES NOT NULL,
  parts BYTES,
  content BYTES NOT NULL,
  details BYTES
);

-- What many decisions say in the same words, by its SHA-256. Nothing of a child.
CREATE TABLE parts (
  digest BYTES PRIMARY KEY,
  body BYTES NOT NULL
);

-- The replay guarantee. There is no index on expires: pruning reads the whole
-- table once a minute, a claim is written with each decision.
CREATE TABLE claims (
  issuer TEXT NOT NULL,
  jti TEXT NOT NULL,
  expires BIGINT NOT NULL,
  PRIMARY KEY (issuer, jti)
) CLUSTERED;

-- highest is the highest expiry ever claimed; claims below pruned may be gone, so
-- nothing that old is accepted again.
CREATE TABLE clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  highest BIGINT NOT NULL,
  pruned BIGINT NOT NULL
);
INSERT INTO clock (id, highest, pruned) VALUES (1, 0, 0);

-- What a requester received of a subject: a sorted JSON array of groups.
CREATE TABLE disclosed (
  requester TEXT NOT NULL,
  subject TEXT NOT NULL,
  version BIGINT NOT NULL,
  received TEXT NOT NULL,
  PRIMARY KEY (requester, subject)
) CLUSTERED;

CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  decision TEXT NOT NULL REFERENCES decisions (id),
  peer TEXT NOT NULL,
  kind TEXT NOT NULL,
  payload BYTES NOT NULL,
  due BIGINT NOT NULL,
  tries INTEGER NOT NULL
);
CREATE INDEX outbox_due ON outbox (due);

CREATE TABLE hits (
  id TEXT PRIMARY KEY,
  decision TEXT NOT NULL REFERENCES decisions (id),
  at BIGINT NOT NULL,
  requester TEXT NOT NULL,
  holder TEXT NOT NULL,
  purpose TEXT NOT NULL,
  query_jti TEXT NOT NULL,
  record TEXT NOT NULL,
  detail BYTES
);
CREATE INDEX hits_at ON hits (at);

CREATE TABLE links (
  id TEXT PRIMARY KEY,
  recipient TEXT NOT NULL,
  query_jti TEXT NOT NULL,
  token TEXT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX links_for ON links (recipient, query_jti);

CREATE TABLE asked (
  query_id TEXT NOT NULL,
  holder TEXT NOT NULL,
  decision TEXT NOT NULL REFERENCES decisions (id),
  jti TEXT NOT NULL,
  purpose TEXT NOT NULL,
  status TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (query_id, holder)
);

CREATE TABLE pending (
  issuer TEXT NOT NULL,
  jti TEXT NOT NULL,
  decision TEXT NOT NULL REFERENCES decisions (id),
  query TEXT NOT NULL,
  asked BIGINT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (issuer, jti)
);

CREATE TABLE blocked (
  participant TEXT PRIMARY KEY,
  why TEXT NOT NULL,
  at BIGINT NOT NULL
);
