create table t(a text,b int) partition by list(lower(a));
create table t_x partition of t for values in ('x',null);
create table t_d partition of t default;
