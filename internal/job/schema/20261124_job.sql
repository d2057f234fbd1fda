CREATE TABLE job (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  state TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  attempt BIGINT NOT NULL,
  fence BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  node TEXT NOT NULL,
  payload TEXT NOT NULL,
  last_error TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  PRIMARY KEY (kind, key)
);
CREATE INDEX job_by_state ON job (state, run_at);
CREATE TABLE job_schedule (
  name TEXT PRIMARY KEY,
  next_at BIGINT NOT NULL
);
CREATE TABLE job_leader (
  name TEXT PRIMARY KEY,
  node TEXT NOT NULL,
  fence BIGINT NOT NULL,
  lease_until BIGINT NOT NULL
);
