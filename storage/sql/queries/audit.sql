-- name: last_act()^
SELECT id, at, who, source, act, target, before, after, address, browser, previous, hash FROM audit ORDER BY id DESC LIMIT 1;

-- name: add_act(number, now, who, source, act, target, before, after, address, browser, previous, hash)!
-- Changes no row where somebody else took the number in the same moment. On PostgreSQL it waits for them.
INSERT INTO audit (id, at, who, source, act, target, before, after, address, browser, previous, hash)
VALUES (:number, :now, :who, :source, :act, :target, :before, :after, :address, :browser, :previous, :hash)
ON CONFLICT (id) DO NOTHING;

-- name: put_audit_head(number, hash)!
INSERT INTO audit_head (id, number, hash) VALUES (1, :number, :hash)
ON CONFLICT (id) DO UPDATE SET number = excluded.number, hash = excluded.hash;

-- name: audit_head()^
SELECT number, hash FROM audit_head;

-- name: acts_from(number, count)
-- The oldest first.
SELECT id, at, who, source, act, target, before, after, address, browser, previous, hash FROM audit
WHERE id > :number ORDER BY id LIMIT :count;

-- name: newest_acts(target, who, act, source, since, until, below, count)
-- An empty text is any.
SELECT id, at, who, source, act, target, before, after, address, browser FROM audit
WHERE id < :below AND (:target = '' OR target = :target) AND (:who = '' OR who = :who) AND (:act = '' OR act = :act)
    AND (:source = '' OR source = :source) AND at >= :since AND at < :until
ORDER BY id DESC LIMIT :count;

-- name: names_of_acts()
-- Each once.
SELECT DISTINCT act FROM audit ORDER BY act;

-- name: purge_acts(before, count)!
-- The oldest, as far as all of them are so old. The newest stays, so that no number is given out again.
DELETE FROM audit WHERE id IN (
    SELECT id FROM audit WHERE id < COALESCE((SELECT MIN(id) FROM audit WHERE at >= :before), (SELECT MAX(id) FROM audit))
    ORDER BY id LIMIT :count
);
