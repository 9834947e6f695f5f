-- Values of the array stand in a body and a default, and keep the domain from its check.
CREATE DOMAIN amount AS numeric(12,2) CONSTRAINT positive CHECK (VALUE > 0);
CREATE TABLE t (id integer PRIMARY KEY, x amount[] DEFAULT '{}'::amount[] NOT NULL);
CREATE FUNCTION several(a integer) RETURNS amount[] LANGUAGE sql RETURN (SELECT NULL::amount[] AS given);
CREATE FUNCTION one(a integer) RETURNS amount LANGUAGE sql RETURN (SELECT NULL::amount AS given);
