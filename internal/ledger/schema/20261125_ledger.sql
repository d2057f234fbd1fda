-- Saved views (保存した表示): the filters, order and columns of a list as a person keeps them for themselves.
CREATE TABLE ledger_view (
    person TEXT NOT NULL,
    register TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (person, register, name)
);

-- Files on their way in: kept between the preview and the act, for their sender alone and not for long. applied is
-- the number of the entry in the record, -1 while nothing has been done.
CREATE TABLE ledger_upload (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    register TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    body BYTEA NOT NULL,
    at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    applied BOOLEAN NOT NULL
);
CREATE INDEX ledger_upload_until ON ledger_upload (until);
