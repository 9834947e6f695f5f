CREATE TABLE animal (id integer PRIMARY KEY, legs integer);
CREATE TABLE bird (wings integer) INHERITS (animal);
CREATE TABLE owl () INHERITS (bird);
