-- A new owner takes over what the old one had; what the old one keeps is granted afterwards.
create table ledger(id int);
alter table ledger owner to corpus_auditor;
grant select, insert on ledger to corpus_clerk;
create table fresh(id int);
alter table fresh owner to corpus_clerk;
create view seen as select 1 as a;
alter view seen owner to corpus_auditor;
grant select on seen to corpus_clerk with grant option;
