create domain em as text check (value like '%@%');
create table t(e em not null default 'a@b');
create view v as select e from t;
create function f(em) returns em language sql as $$select $1$$;
