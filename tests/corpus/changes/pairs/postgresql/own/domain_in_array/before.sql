create domain d1 as int check (value>0);
create domain d2 as d1 check (value<100);
create table t(a d2, b d1[]);
