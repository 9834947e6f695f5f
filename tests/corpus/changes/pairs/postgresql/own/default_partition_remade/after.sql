create table t(a text,b int not null, c date) partition by list(lower(a));
create table t_x partition of t for values in ('x');
create table t_n partition of t for values in (null);
create table t_d partition of t default partition by range(b);
create table t_d1 partition of t_d for values from (minvalue) to (0);
create table t_d2 partition of t_d for values from (0) to (maxvalue);
