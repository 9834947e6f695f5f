-- The relations among the names of $1, an array of JSON: `customers` of the current schema, or
-- `shop.customers`.
SELECT CASE WHEN n.nspname = pg_catalog.current_schema() THEN c.relname::text
            ELSE n.nspname || '.' || c.relname END,
       pg_catalog.pg_table_size(c.oid),
       pg_catalog.pg_has_role(c.relowner, 'USAGE') OR pg_catalog.pg_has_role(n.nspowner, 'USAGE'),
       pg_catalog.pg_get_userbyid(c.relowner)
  FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f', 'S', 'i', 'I')
   AND CASE WHEN n.nspname = pg_catalog.current_schema() THEN c.relname::text
            ELSE n.nspname || '.' || c.relname END
       = ANY (ARRAY(SELECT pg_catalog.jsonb_array_elements_text($1::jsonb)))
 ORDER BY 1;
