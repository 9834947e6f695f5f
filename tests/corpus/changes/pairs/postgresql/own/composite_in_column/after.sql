create type addr as (street text, zip text, city text);
create table p(id int, a addr);
create function f(addr) returns text language sql as $$ select $1.street || $1.city $$;
