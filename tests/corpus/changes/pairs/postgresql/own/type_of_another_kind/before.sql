-- An enum becomes a domain of its name, while a column holds values of it.
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE person (id integer, now mood DEFAULT 'good', before mood[]);
