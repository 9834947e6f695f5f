create table m(id int, ts date not null, primary key(id,ts)) partition by range(ts);
create table m1 partition of m for values from ('2020-01-01') to ('2020-07-01');
create table m2 partition of m for values from ('2020-07-01') to ('2021-01-01') partition by hash(id);
create table m2a partition of m2 for values with (modulus 2, remainder 0);
create table m2b partition of m2 for values with (modulus 2, remainder 1);
create table md partition of m default;
create index on m(ts);
