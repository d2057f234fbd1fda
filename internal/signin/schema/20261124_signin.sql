CREATE TABLE account (
  person TEXT NOT NULL PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  password TEXT NOT NULL,
  password_at BIGINT NOT NULL,
  totp TEXT NOT NULL,
  totp_step BIGINT NOT NULL,
  totp_new TEXT NOT NULL,
  recovery TEXT NOT NULL,
  lang TEXT NOT NULL,
  closed BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE session (
  hash TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  step TEXT NOT NULL,
  way TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  addr TEXT NOT NULL,
  agent TEXT NOT NULL
);

CREATE INDEX session_person ON session (person);

CREATE INDEX session_ends ON session (ends_at);

CREATE TABLE login_link (
  hash TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  purpose TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL
);

CREATE TABLE attempt (
  hash TEXT NOT NULL PRIMARY KEY,
  failed BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  until BIGINT NOT NULL
);
