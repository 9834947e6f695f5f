CREATE TABLE author (id bigint PRIMARY KEY, name varchar(80) NOT NULL);
CREATE TABLE book (
  id bigint PRIMARY KEY,
  author_id bigint,
  title text NOT NULL,
  CONSTRAINT book_author FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE CASCADE
);
ALTER TABLE book OWNER TO corpus_librarian;
CREATE TABLE loan (book_id bigint NOT NULL REFERENCES book (id), since date NOT NULL);
