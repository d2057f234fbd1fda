CREATE TABLE training_answer (
  completion TEXT NOT NULL,
  question TEXT NOT NULL,
  given TEXT NOT NULL,
  hit BOOLEAN NOT NULL,
  PRIMARY KEY (completion, question)
);

CREATE TABLE training_upload (
  id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  name TEXT NOT NULL,
  content BYTEA NOT NULL,
  at BIGINT NOT NULL
);

CREATE INDEX training_upload_at ON training_upload (at);
