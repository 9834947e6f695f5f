create schema "We ird";
create table "We ird"."T""q"("a b" bigint primary key, "sel ect" text default 'it''s ok');
create view "V.w" as select "a b", "sel ect" as "s't" from "We ird"."T""q";
create function "F n"("x y" bigint default 5) returns int language sql as $_$ select "x y"::int $_$;
create index "i.x" on "We ird"."T""q"("sel ect");
