CREATE TABLE author (id bigint PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE book (id bigint PRIMARY KEY, author_id bigint, title text NOT NULL);
ALTER TABLE book OWNER TO corpus_librarian;
