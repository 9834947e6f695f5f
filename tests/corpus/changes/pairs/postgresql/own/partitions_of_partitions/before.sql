create table m(id int, ts date not null) partition by range(ts);
create table m1 partition of m for values from ('2020-01-01') to ('2021-01-01');
create index on m(ts);
