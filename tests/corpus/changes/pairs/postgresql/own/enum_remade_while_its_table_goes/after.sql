CREATE TYPE mood AS ENUM ('sad', 'fine');
CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE kept (id bigint PRIMARY KEY, mood mood);
