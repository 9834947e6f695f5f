CREATE TABLE animal (id integer PRIMARY KEY, legs integer);
CREATE TABLE bird (wings integer GENERATED ALWAYS AS (legs * 1) STORED) INHERITS (animal);
CREATE TABLE owl () INHERITS (bird);
