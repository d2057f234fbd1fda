-- What checks said over time (bp.11): results of subjects that were once a finding, from a day up to and including a
-- day. until_day is '' for the present result.
CREATE TABLE verdict (
  check_id TEXT NOT NULL,
  part TEXT NOT NULL,
  subject TEXT NOT NULL,
  result TEXT NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  PRIMARY KEY (check_id, part, subject, from_day)
);

CREATE INDEX verdict_until ON verdict (until_day);

CREATE INDEX verdict_subject ON verdict (subject, from_day);
