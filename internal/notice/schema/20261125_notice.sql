CREATE TABLE notice_reminder (
  notice TEXT NOT NULL,
  person TEXT NOT NULL,
  at BIGINT NOT NULL,
  by TEXT NOT NULL,
  PRIMARY KEY (notice, person, at)
);

CREATE INDEX notice_reminder_person ON notice_reminder (person, at);
