create schema "We ird";
create table "We ird"."T""q"("a b" int primary key, "sel ect" text default 'it''s');
create view "V.w" as select "a b" from "We ird"."T""q";
create function "F n"("x y" int) returns int language sql as $_$ select "x y" $_$;
