-- What a child says of its parent's generated column may not say again how it is generated.
create table area(w int, h int, size int generated always as (w * h) stored);
create table field(w int, size int, owner text) inherits (area);
create table meadow() inherits (field);
create table plain(w int);
create table doubled(w int generated always as (2) stored) inherits (plain);
