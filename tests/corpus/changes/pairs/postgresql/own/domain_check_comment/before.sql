create schema s;
create domain s.code as text constraint short check (length(value) < 4) constraint plain check (value ~ '^[a-z]*$');
comment on domain s.code is 'a code';
comment on constraint short on domain s.code is 'it fits';
create domain age as int constraint old check (value > 0);
comment on constraint old on domain age is 'none';
create domain size as int;
