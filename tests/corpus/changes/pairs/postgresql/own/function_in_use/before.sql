create function f(int) returns int language sql immutable as $$select $1$$;
create table t(a int check (f(a)>0), b int default f(1), c int generated always as (f(a)) stored);
create index i on t(f(a));
create view v as select f(a) q from t;
