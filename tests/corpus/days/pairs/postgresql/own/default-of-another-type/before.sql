CREATE FUNCTION tenant() RETURNS integer LANGUAGE sql STABLE AS $$ SELECT 7 $$;
CREATE TABLE docs (id integer PRIMARY KEY, tenant integer DEFAULT tenant());
