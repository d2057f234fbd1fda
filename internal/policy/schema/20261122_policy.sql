CREATE TABLE policy_text (
  version TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  headings TEXT NOT NULL,
  furniture TEXT NOT NULL,
  warnings TEXT NOT NULL,
  at BIGINT NOT NULL
);

CREATE TABLE policy_decision (
  version TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL,
  applicant TEXT NOT NULL,
  hash TEXT NOT NULL,
  since TEXT NOT NULL,
  approvals TEXT NOT NULL
);

CREATE TABLE policy_upload (
  id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  name TEXT NOT NULL,
  layer TEXT NOT NULL,
  content BYTEA NOT NULL,
  at BIGINT NOT NULL
);

CREATE INDEX policy_upload_at ON policy_upload (at);
