CREATE TABLE digest (
  person TEXT NOT NULL,
  day TEXT NOT NULL,
  items BIGINT NOT NULL,
  late BIGINT NOT NULL,
  section BIGINT NOT NULL,
  mail TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (person, day)
);

CREATE INDEX digest_day ON digest (day, person);

CREATE TABLE digest_urgent (
  person TEXT NOT NULL,
  item TEXT NOT NULL,
  day TEXT NOT NULL,
  mail TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (person, item)
);

CREATE TABLE feed (
  hash TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL
);

CREATE INDEX feed_person ON feed (person);

CREATE TABLE escalation (
  check_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  person TEXT NOT NULL,
  role TEXT NOT NULL,
  level BIGINT NOT NULL,
  raised_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  PRIMARY KEY (check_id, subject, person)
);

CREATE INDEX escalation_person ON escalation (person, ended_at);
