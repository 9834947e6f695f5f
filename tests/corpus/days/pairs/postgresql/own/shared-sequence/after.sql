CREATE TABLE another_thing (id int PRIMARY KEY);
