-- Settings on which texts of values depend, and whether policies hide rows or fail: what to set, and how
-- to set it back. Only until the transaction ends.
SELECT pg_catalog.format('SELECT pg_catalog.set_config(%L, %L, true);', name, value),
       pg_catalog.format('SELECT pg_catalog.set_config(%L, %L, true);', name,
                         pg_catalog.current_setting(name))
  FROM (VALUES ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'), ('extra_float_digits', '3'),
               ('bytea_output', 'hex'), ('TimeZone', 'UTC'), ('xmloption', 'content'),
               ('row_security', 'off')) AS setting (name, value);
