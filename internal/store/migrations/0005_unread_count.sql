-- Badges that cost the same however many tickets wait unread: of the pending
-- tickets that nobody has, those with unread messages are counted beside all
-- tickets. See Counters in the store.
ALTER TABLE ticket_count ADD COLUMN unread BIGINT NOT NULL DEFAULT 0;
ALTER TABLE place_count ADD COLUMN unread BIGINT NOT NULL DEFAULT 0;
UPDATE ticket_count SET unread = (SELECT COUNT(*) FROM ticket t WHERE t.account_id = ticket_count.account_id
        AND t.user_id = 0 AND t.status = 'pending' AND t.queue_id = ticket_count.queue_id
        AND t.connection_id = ticket_count.connection_id AND t.wallet_user_id = ticket_count.wallet_user_id
        AND t.bot = ticket_count.bot AND t.unread > 0)
    WHERE user_id = 0 AND status = 'pending';
UPDATE place_count SET unread = (SELECT COALESCE(SUM(c.unread), 0) FROM ticket_count c WHERE c.account_id = place_count.account_id
        AND c.user_id = 0 AND c.status = 'pending' AND c.queue_id = place_count.queue_id
        AND c.connection_id = place_count.connection_id AND c.bot = place_count.bot)
    WHERE NOT assigned AND status = 'pending';
