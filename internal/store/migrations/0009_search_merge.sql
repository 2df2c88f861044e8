-- SQLite's index of messages is joined together in small steps of their own, no
-- longer within the commit of whoever writes just then. See merger in dbx.
-- only: sqlite
INSERT INTO message_fts (message_fts, rank) VALUES ('automerge', 0);
-- all
