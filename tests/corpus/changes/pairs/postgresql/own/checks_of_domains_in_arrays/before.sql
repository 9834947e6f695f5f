CREATE DOMAIN amount AS numeric(12,2);
CREATE TABLE t (id integer PRIMARY KEY);
CREATE FUNCTION several(a integer) RETURNS amount[] LANGUAGE sql RETURN (SELECT NULL::amount[] AS given);
CREATE FUNCTION one(a integer) RETURNS amount LANGUAGE sql RETURN (SELECT NULL::amount AS given);
