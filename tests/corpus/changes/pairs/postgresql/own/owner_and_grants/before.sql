create table ledger(id int);
alter table ledger owner to corpus_clerk;
grant select on ledger to corpus_auditor;
create table fresh(id int);
create view seen as select 1 as a;
alter view seen owner to corpus_clerk;
