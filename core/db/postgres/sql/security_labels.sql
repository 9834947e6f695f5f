-- Security labels of whatever was read, whoever provides them.
SELECT l.classoid, l.objoid, l.objsubid, l.provider, l.label
  FROM pg_seclabel l
 ORDER BY 1, 2, 3, 4;
