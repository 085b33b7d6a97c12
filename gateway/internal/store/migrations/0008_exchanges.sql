-- What was said where a decision was made. signed are the signed parts of the
-- messages, without what stands in parts: digests, no value of a child. disclosed
-- are the values, sealed with the gateway's secret; NULL once they were erased.
CREATE TABLE exchanges (
  decision TEXT PRIMARY KEY,
  parts BYTES,
  signed BYTES NOT NULL,
  disclosed BYTES
);
