-- Of the extensions that $1 names, an array of JSON: whether the server has it, whether only a
-- superuser may make it.
SELECT e.name,
       EXISTS (SELECT FROM pg_catalog.pg_available_extensions a WHERE a.name = e.name),
       coalesce((SELECT v.superuser AND NOT v.trusted
                   FROM pg_catalog.pg_available_extension_versions v
                        JOIN pg_catalog.pg_available_extensions a
                          ON a.name = v.name AND a.default_version = v.version
                  WHERE v.name = e.name), false)
  FROM pg_catalog.jsonb_array_elements_text($1::jsonb) AS e (name);
