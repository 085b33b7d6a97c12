-- What was said where a decision was made. signed are the signed parts of the
-- messages, without what stands in parts: digests, no value of a child. disclosed
-- are the values, sealed with the gateway's secret; NULL once they were erased.
CREATE TABLE exchanges (
  decision TEXT PRIMARY KEY,
  parts BYTES,
  signed BYTES NOT NULL,
  disclosed BYTES
);

-- What decisions refer to by digest, and evidence of them needs: registries, bundles,
-- overlays, each as it came into force, and evidence packages that were imported.
CREATE TABLE documents (
  kind TEXT NOT NULL,
  digest TEXT NOT NULL,
  at BIGINT NOT NULL,
  name TEXT NOT NULL,
  body BYTES NOT NULL,
  PRIMARY KEY (kind, digest)
);
CREATE INDEX documents_at ON documents (kind, at);
