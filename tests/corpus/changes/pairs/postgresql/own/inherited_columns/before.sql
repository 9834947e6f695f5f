create table p(a int, b int check (b>0));
create table c(x int) inherits(p);
