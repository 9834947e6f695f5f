create domain em as varchar(100) not null check (value ~ '@');
create table t(e em not null default 'a@c');
create view v as select e from t;
create function f(em) returns em language sql as $$select $1$$;
