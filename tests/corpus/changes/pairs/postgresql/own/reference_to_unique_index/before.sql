create table author(id bigint primary key, email text not null);
create table book(id bigint primary key, written_by text);
