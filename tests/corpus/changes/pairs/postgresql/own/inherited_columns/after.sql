create table p(a bigint not null, b int constraint bb check (b>1), d text default 'q');
create table c(x int, d text default 'r') inherits(p);
create table c2() inherits(p);
