create table area(w int, h int, size int generated always as (w * h) stored);
create table plain(w int);
