-- What an option that holds a secret, or may hold one, looks like as `name=value`: for the queries that
-- come after this one.
SELECT pg_catalog.set_config('dmig.secret', '^(?!password_required)[^=]*(passw|passfile|passphrase|secret|token|credential|api_?key|access_?key|pwd)|://[^/@]*:[^/]*@|(passw(or)?d|pwd|secret|token)\s*=', true);
