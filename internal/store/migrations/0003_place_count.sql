-- Badges that cost the same however many agents there are: tickets by where they
-- are, whoever has them. ticket_count tells them apart by agent and wallet; here
-- those are summed. See Counters in the store.
CREATE TABLE place_count (
    account_id    BIGINT NOT NULL,
    status        TEXT NOT NULL,
    queue_id      BIGINT NOT NULL,
    connection_id BIGINT NOT NULL,
    assigned      BOOLEAN NOT NULL,
    bot           BOOLEAN NOT NULL,
    n             BIGINT NOT NULL,
    PRIMARY KEY (account_id, status, queue_id, connection_id, assigned, bot)
-- only: sqlite
) WITHOUT ROWID;
-- only: postgres
);
-- all
INSERT INTO place_count (account_id, status, queue_id, connection_id, assigned, bot, n)
    SELECT account_id, status, queue_id, connection_id, user_id <> 0, bot, SUM(n) FROM ticket_count
    GROUP BY account_id, status, queue_id, connection_id, user_id <> 0, bot;
CREATE INDEX ticket_count_user ON ticket_count (account_id, user_id, status) WHERE user_id <> 0;
CREATE INDEX ticket_count_wallet ON ticket_count (account_id, wallet_user_id, status) WHERE wallet_user_id <> 0;

-- SQLite reads the row for a column that only the index's condition names.
-- only: sqlite
DROP INDEX ticket_unread;
CREATE INDEX ticket_unread ON ticket (account_id, user_id, status, queue_id, connection_id, wallet_user_id, bot, unread) WHERE unread > 0;
-- all
