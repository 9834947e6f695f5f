-- An operator class stands in a family of its own name, and on operators; a range stands on it.
CREATE SCHEMA s;
CREATE FUNCTION s.eq(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
CREATE OPERATOR s.~~ (FUNCTION = s.eq, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR s.<<==>> (FUNCTION = s.eq, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR FAMILY s.ordering USING btree;
CREATE OPERATOR CLASS s.ordering FOR TYPE integer USING btree FAMILY s.ordering AS
  OPERATOR 3 s.~~ (integer, integer), FUNCTION 1 btint4cmp(integer, integer);
CREATE OPERATOR CLASS s.empty FOR TYPE bigint USING btree FAMILY s.ordering AS STORAGE bigint;
CREATE TYPE s.numbers AS RANGE (SUBTYPE = integer, SUBTYPE_OPCLASS = s.ordering);
CREATE VIEW s.alike AS SELECT 1 OPERATOR(s.<<==>>) 2 AS same;
-- Functions of one name, of which one calls the other.
CREATE FUNCTION s.half(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE RETURN $1 / 2;
CREATE FUNCTION s.half(integer) RETURNS numeric LANGUAGE sql IMMUTABLE RETURN s.half($1::numeric);
-- What looks like anybody's operator makes nothing wait for it.
CREATE DOMAIN s.amount AS integer;
CREATE FUNCTION s.same(a s.amount, b s.amount) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN a::integer = b::integer; END $$;
CREATE OPERATOR s.= (FUNCTION = s.same, LEFTARG = s.amount, RIGHTARG = s.amount);
