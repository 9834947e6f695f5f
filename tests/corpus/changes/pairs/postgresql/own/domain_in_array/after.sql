create domain d1 as int not null default 3 constraint pos check (value>=0);
create domain d2 as d1 check (value<1000);
create table t(a d2, b d1[], c d1);
