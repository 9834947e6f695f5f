create schema s;
create domain s.code as text constraint short check (length(value) < 8) constraint plain check (value ~ '^[a-z]*$');
comment on domain s.code is 'a code';
comment on constraint short on domain s.code is 'it fits';
comment on constraint plain on domain s.code is 'no "odd" ones';
create domain age as int;
create domain size as int constraint big check (value > 10);
comment on constraint big on domain size is 'wide';
