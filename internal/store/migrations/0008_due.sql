-- What waits on a connection: what never left (run_at is 0) by age, and what is to
-- be tried again by its time, so that looking for the next few, and for when there
-- will be some, reads just these. Beside it what is being sent, by the end of its
-- lease, and what is uncertain, by the time until which it holds its conversation
-- up.
DROP INDEX message_pending;
CREATE INDEX message_due ON message (connection_id, run_at, id) WHERE status = 'pending';
CREATE INDEX message_sending ON message (connection_id, lease_until) WHERE status = 'sending';
DROP INDEX message_uncertain;
CREATE INDEX message_uncertain ON message (connection_id, run_at, channel_id) WHERE status = 'uncertain';
