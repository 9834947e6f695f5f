-- In brackets may stand whatever is no bracket itself.
CREATE TABLE [2nd hand] (
  [#] INTEGER PRIMARY KEY,
  [price (net)] REAL CHECK ([price (net)] > 0),
  [it's -- new] TEXT DEFAULT 'no',
  CHECK ([it's -- new] IN ('yes', 'no') OR [price (net)] IS NULL)
);
CREATE INDEX cheap ON [2nd hand] (abs([price (net)])) WHERE [it's -- new] = 'no';
CREATE VIEW [for sale; soon] AS SELECT [price (net)] AS [net, of all] FROM [2nd hand] WHERE [#] > 1;
CREATE TRIGGER sold AFTER DELETE ON [2nd hand] WHEN OLD.[it's -- new] = 'no' BEGIN
  UPDATE [2nd hand] SET [it's -- new] = 'yes' WHERE [#] = OLD.[#];
END;
