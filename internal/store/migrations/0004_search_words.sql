-- The words of SQLite's index of messages, as a view of it that stores nothing:
-- message search asks it which words begin with what was typed. See Wanted.Whole
-- in dbx.
-- only: sqlite
CREATE VIRTUAL TABLE message_word USING fts5vocab(message_fts, instance);
-- all
