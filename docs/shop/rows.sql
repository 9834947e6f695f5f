-- Rows for the shop: what SQLite and PostgreSQL both take, the same ones every time.
BEGIN;

INSERT INTO companies (id, name, vat_number, country, created_at) VALUES
  (1, 'Bücher & Mehr GmbH', 'DE811234567', 'DE', '2024-01-02 08:00:00+00'),
  (2, 'Nordic Outdoor AB', 'SE556677889901', 'SE', '2024-02-11 09:30:00+00'),
  (3, 'L''Atelier', NULL, 'FR', '2024-05-30 12:15:00+00');

INSERT INTO users (id, company_id, email, name, invited_by_id, created_at) VALUES
  (1, 1, 'anna@buecher.example', 'Anna Weiß', NULL, '2024-01-02 08:05:00+00'),
  (2, 1, 'Jonas@buecher.example', 'Jonas "Jo" Krüger', 1, '2024-01-09 10:00:00+00'),
  (3, 2, 'freja@nordic.example', 'Freja Åberg', NULL, '2024-02-11 09:35:00+00'),
  (4, 3, 'zoé@atelier.example', 'Zoé O''Hara 🧵', NULL, '2024-05-30 12:20:00+00');
UPDATE companies SET owner_id = (SELECT min(users.id) FROM users WHERE users.company_id = companies.id);

INSERT INTO roles (id, name, description) VALUES
  (1, 'owner', 'May do everything'), (2, 'clerk', 'Packs and ships'), (3, 'accountant', NULL);
INSERT INTO permissions (role_id, action) VALUES
  (1, 'order.refund'), (1, 'user.invite'), (2, 'order.ship'), (3, 'order.refund'), (3, 'invoice.issue');
INSERT INTO user_roles (user_id, role_id, granted_by_id) VALUES
  (1, 1, NULL), (2, 2, 1), (2, 3, 1), (3, 1, NULL), (4, 1, NULL);
INSERT INTO sessions (id, user_id, ip_address, started_at, expires_at) VALUES
  ('6f1c3a52-0b7e-4f0e-9d57-2f3c8f7e1a01', 1, '2001:db8::1', '2025-03-01 07:00:00+00', '2025-03-02 07:00:00+00'),
  ('6f1c3a52-0b7e-4f0e-9d57-2f3c8f7e1a02', 4, '192.0.2.7', '2025-03-01 07:30:00+00', '2025-03-02 07:30:00+00');

-- 400 customers, an address or two each.
INSERT INTO customers (id, company_id, name, email, phone, fax, birthday, balance, newsletter, notes, joined_at)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
SELECT i, 1 + i % 3, 'Customer ' || i, 'customer' || i || '@mail.example',
       '+49 30 ' || (100000 + i * 37), CASE WHEN i % 40 = 0 THEN '+49 30 ' || (900000 + i) END,
       NULL, i * 1.25, i % 2 = 0, CASE WHEN i % 50 = 0 THEN 'calls back; "urgent"' END,
       '2024-06-01 10:00:00+00'
FROM n;
UPDATE customers SET tier = 'pro' WHERE id % 5 = 0;
UPDATE customers SET tier = 'enterprise' WHERE id % 50 = 0;

INSERT INTO addresses (id, customer_id, recipient, street, postcode, city, is_default)
SELECT id, id, name, 'Lindenstraße ' || id, '10' || (100 + id), 'Berlin', 1 = 1 FROM customers;
INSERT INTO addresses (id, customer_id, kind, recipient, street, postcode, city)
SELECT 1000 + id, id, 'billing', name, 'P.O. Box ' || id, '20' || (100 + id), 'Hamburg'
FROM customers WHERE id % 4 = 0;

-- The catalogue: a tree of categories, 120 products in 360 variants.
INSERT INTO categories (id, parent_id, slug, title, position) VALUES
  (1, NULL, 'books', 'Books', 1), (2, 1, 'novels', 'Novels', 1), (3, 1, 'science', 'Science', 2),
  (4, NULL, 'outdoor', 'Outdoor', 2), (5, 4, 'tents', 'Tents', 1), (6, 5, 'family-tents', 'Family tents', 1);

INSERT INTO products (id, company_id, category_id, sku, title, description, published, created_at)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
SELECT i, 1 + i % 3, 1 + i % 6, 'SKU-' || i, 'Product ' || i, 'What everybody needs', i % 10 <> 0,
       '2024-07-01 00:00:00+00'
FROM n;
INSERT INTO variants (id, product_id, size, colour, weight_grams, width_mm, height_mm, depth_mm)
SELECT p.id * 10 + s.i, p.id, s.size, 'blue', 100 + p.id, 10 * s.i, 20, 30
FROM products AS p
CROSS JOIN (SELECT 1 AS i, 'S' AS size UNION ALL SELECT 2, 'M' UNION ALL SELECT 3, 'L') AS s;
INSERT INTO prices (variant_id, currency, valid_from, amount)
SELECT id, 'EUR', '2024-07-01 00:00:00+00', 5 + id % 90 FROM variants;
INSERT INTO prices (variant_id, currency, valid_from, amount)
SELECT id, 'EUR', '2025-01-01 00:00:00+00', 6 + id % 90 FROM variants WHERE id % 2 = 0;
INSERT INTO tags (id, name, colour) VALUES (1, 'new', '#00aa00'), (2, 'sale', '#cc0000'), (3, 'organic', '#808080');
INSERT INTO product_tags (product_id, tag_id)
SELECT p.id, t.id FROM products AS p CROSS JOIN tags AS t WHERE (p.id + t.id) % 4 = 0;
INSERT INTO reviews (id, product_id, customer_id, rating, title, created_at)
SELECT c.id, 1 + c.id % 120, c.id, 1 + c.id % 5, 'Review ' || c.id, '2024-12-24 18:00:00+00'
FROM customers AS c WHERE c.id <= 240;
INSERT INTO warehouses (id, code, city, opens_at, closes_at) VALUES
  (1, 'BER', 'Berlin', '06:00:00', '22:00:00'), (2, 'GOT', 'Göteborg', NULL, NULL);
INSERT INTO stock (warehouse_id, variant_id, on_hand, reserved)
SELECT w.id, v.id, 20 + v.id % 7, v.id % 3 FROM warehouses AS w CROSS JOIN variants AS v;

-- The sales: a cart, 300 orders of two lines each, paid, shipped and billed.
INSERT INTO carts (id, customer_id, created_at) VALUES
  ('0e8f7c9e-5a35-4a53-8a3f-0d4a3c7d0001', 7, '2025-02-28 20:00:00+00'),
  ('0e8f7c9e-5a35-4a53-8a3f-0d4a3c7d0002', NULL, '2025-02-28 21:00:00+00');
INSERT INTO cart_lines (cart_id, variant_id, quantity) VALUES
  ('0e8f7c9e-5a35-4a53-8a3f-0d4a3c7d0001', 11, 2), ('0e8f7c9e-5a35-4a53-8a3f-0d4a3c7d0001', 23, 1),
  ('0e8f7c9e-5a35-4a53-8a3f-0d4a3c7d0002', 11, 1);
INSERT INTO coupons (id, code, percent, amount, uses_left) VALUES (1, 'WELCOME10', 10, NULL, 1000), (2, 'Sorry', NULL, 5.00, 1);
INSERT INTO orders (id, customer_id, billing_address_id, total, placed_at)
SELECT id, id, id, 0, '2025-02-01 12:00:00+00' FROM customers WHERE id <= 300;
INSERT INTO order_lines (order_id, position, variant_id, title, quantity, unit_price)
SELECT o.id, l.position, (1 + o.id % 120) * 10 + l.position, 'Product ' || (1 + o.id % 120), l.position, 9.90
FROM orders AS o CROSS JOIN (SELECT 1 AS position UNION ALL SELECT 2) AS l;
UPDATE orders SET total = (SELECT sum(amount) FROM order_lines WHERE order_lines.order_id = orders.id);
UPDATE orders SET status = 'paid' WHERE id % 4 = 1;
UPDATE orders SET status = 'shipped' WHERE id % 4 = 2;
UPDATE orders SET status = 'cancelled' WHERE id % 25 = 0;
INSERT INTO order_coupons (order_id, coupon_id, discount) VALUES (5, 1, 2.97), (9, 2, 5.00);
INSERT INTO payments (id, order_id, method, amount, provider_reference, created_at) VALUES
  ('b1a4c0de-0000-4000-8000-000000000001', 1, 'card', 29.70, 'ch_1', '2025-02-01 12:01:00+00'),
  ('b1a4c0de-0000-4000-8000-000000000002', 2, 'transfer', 29.70, NULL, '2025-02-03 08:00:00+00'),
  ('b1a4c0de-0000-4000-8000-000000000005', 5, 'wallet', 26.73, 'wx-5', '2025-02-01 12:01:00+00');
UPDATE payments SET state = 'captured' WHERE order_id IN (1, 2);
INSERT INTO refunds (id, payment_id, amount, reason, approved_by_id) VALUES
  (1, 'b1a4c0de-0000-4000-8000-000000000002', 9.90, 'arrived broken', 2);
INSERT INTO shipments (id, order_id, warehouse_id, carrier, tracking_code, shipped_at)
SELECT id, id, 1 + id % 2, 'DHL', 'JJD' || (1000 + id), '2025-02-02 16:00:00+00' FROM orders WHERE id % 4 = 2;
INSERT INTO shipment_lines (shipment_id, order_id, position, quantity)
SELECT s.id, l.order_id, l.position, l.quantity FROM shipments AS s JOIN order_lines AS l ON l.order_id = s.order_id;
INSERT INTO invoices (id, order_id, number, issued_on, due_on)
SELECT id, id, 'R-2025-' || id, '2025-02-02', '2025-02-16' FROM orders WHERE id % 4 IN (1, 2);
INSERT INTO audit_entries (id, happened_at, user_id, action, object_type, object_id)
SELECT id, '2025-02-02 16:00:00+00', 2, 'order.ship', 'order', id FROM orders WHERE id % 4 = 2;

COMMIT;
