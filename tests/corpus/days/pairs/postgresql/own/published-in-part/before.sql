CREATE TABLE note (id int PRIMARY KEY, state text NOT NULL, size int NOT NULL);
CREATE PUBLICATION open FOR TABLE note WHERE (state = 'open');
INSERT INTO note VALUES (1, 'open', 2);
