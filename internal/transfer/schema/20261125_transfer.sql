-- Personnel files on their way in (取込み中の人事ファイル): kept between the preview and the act, for their sender alone.
CREATE TABLE transfer_upload (
  id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  mapping TEXT NOT NULL,
  name TEXT NOT NULL,
  content BYTEA NOT NULL,
  at BIGINT NOT NULL
);

CREATE INDEX transfer_upload_at ON transfer_upload (at);
