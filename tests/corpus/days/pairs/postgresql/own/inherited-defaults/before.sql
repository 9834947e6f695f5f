CREATE TABLE animal (id integer PRIMARY KEY, legs integer DEFAULT 4, note text);
CREATE TABLE bird (legs integer DEFAULT 2) INHERITS (animal);
CREATE TABLE owl (hours text) INHERITS (bird);
