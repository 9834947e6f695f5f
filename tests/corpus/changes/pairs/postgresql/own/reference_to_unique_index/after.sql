-- A unique index is as good as a constraint to refer to, also from the table itself.
create table author(id bigint primary key, email text not null);
create unique index author_email on author(email);
create table book(id bigint primary key, written_by text references author(email));
create table node(id uuid not null, tenant int not null, parent uuid);
create unique index node_key on node(tenant, id);
alter table node add constraint node_parent foreign key (tenant, parent) references node(tenant, id);
create table folder(name text, inside text);
create unique index folder_name on folder(name);
alter table folder add constraint folder_inside foreign key (inside) references folder(name) on delete cascade deferrable;
comment on constraint folder_inside on folder is 'up';
