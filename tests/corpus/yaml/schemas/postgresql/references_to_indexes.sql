CREATE TABLE node (id uuid NOT NULL, tenant integer NOT NULL, parent uuid);
CREATE UNIQUE INDEX node_key ON node (tenant, id);
ALTER TABLE node ADD CONSTRAINT node_parent FOREIGN KEY (tenant, parent) REFERENCES node (tenant, id);
CREATE TABLE aside (tenant integer, node uuid, FOREIGN KEY (tenant, node) REFERENCES node (tenant, id));
