CREATE TYPE mood AS ENUM ('sad', 'fine', 'glad');
CREATE TABLE gone (id bigint PRIMARY KEY, mood mood DEFAULT 'fine');
CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER seen AFTER UPDATE OF mood ON gone FOR EACH ROW EXECUTE FUNCTION seen();
CREATE POLICY glad ON gone USING (mood IS NOT NULL);
CREATE TABLE kept (id bigint PRIMARY KEY, mood mood);
