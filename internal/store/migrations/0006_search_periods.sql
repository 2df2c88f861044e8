-- PostgreSQL's index of words finds all hits of a word, and reading their rows to
-- learn which are the newest is what costs. With the time of a message beside its
-- words the index itself finds those of a time. An id holds its milliseconds from
-- bit 22 on: a period is 2^27 of them, a day and a half. See Periods in dbx.
-- only: postgres
DROP INDEX message_text_words;
CREATE INDEX message_text_words ON message_text USING GIN (words, (ARRAY[id >> 49])) WITH (fastupdate = off);
-- all
