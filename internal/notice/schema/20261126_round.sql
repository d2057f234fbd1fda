CREATE TABLE notice_round (
  notice TEXT NOT NULL,
  round TEXT NOT NULL,
  at BIGINT NOT NULL,
  people BIGINT NOT NULL,
  PRIMARY KEY (notice, round)
);
