-- What waits on a connection in the order in which it leaves, so that looking for
-- the next few does not read and sort all of it.
CREATE INDEX message_pending ON message (connection_id, id) WHERE status = 'pending';
