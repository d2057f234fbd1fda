-- What the municipality is to the program, beside its registers: is it a demonstration, which day it holds.
CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- Tokens of programs (API). Only the hash is kept; the token is shown once.
CREATE TABLE api_token (
  id         TEXT PRIMARY KEY,
  hash       TEXT NOT NULL,
  name       TEXT NOT NULL,
  role       TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, -- 0: never
  used_at    BIGINT NOT NULL, -- 0: not yet
  revoked_at BIGINT NOT NULL  -- 0: not
);
CREATE UNIQUE INDEX api_token_hash ON api_token (hash);
