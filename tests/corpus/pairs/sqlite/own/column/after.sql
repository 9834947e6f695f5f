CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT NOT NULL, year INTEGER, shelf TEXT NOT NULL DEFAULT 'A');
CREATE INDEX book_title ON book (title);
CREATE INDEX book_shelf ON book (shelf, year DESC);
