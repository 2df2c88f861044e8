-- The first schema. One text for SQLite and PostgreSQL; "ID PRIMARY KEY" is
-- expanded by the migrator. Times are unix milliseconds UTC, 0 = never.
-- Optional references hold 0 for none, so that they can stand in indexes and
-- primary keys; the store keeps them right. *_fold columns hold the text
-- without case and accents.

CREATE TABLE installation (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- A process that may write: its number is part of every id it makes.
CREATE TABLE node (
    id         ID PRIMARY KEY,
    owner      TEXT NOT NULL,
    fence      BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    started_at BIGINT NOT NULL
);

CREATE TABLE account (
    id          ID PRIMARY KEY,
    name        TEXT NOT NULL,
    time_zone   TEXT NOT NULL,
    default_ddi TEXT NOT NULL,
    settings    TEXT NOT NULL DEFAULT '{}',
    demo        BOOLEAN NOT NULL DEFAULT FALSE,
    rev         BIGINT NOT NULL DEFAULT 1,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);

-- Numbers that count up per account: tickets today.
CREATE TABLE sequence (
    account_id BIGINT NOT NULL,
    name       TEXT NOT NULL,
    value      BIGINT NOT NULL,
    PRIMARY KEY (account_id, name)
);

CREATE TABLE person (
    id            ID PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);

CREATE TABLE account_user (
    id            ID PRIMARY KEY,
    account_id    BIGINT NOT NULL REFERENCES account (id),
    person_id     BIGINT NOT NULL REFERENCES person (id),
    name          TEXT NOT NULL,
    name_fold     TEXT NOT NULL,
    role          TEXT NOT NULL,
    phone         TEXT NOT NULL DEFAULT '',
    active        BOOLEAN NOT NULL DEFAULT TRUE,
    available     BOOLEAN NOT NULL DEFAULT TRUE,
    pause_reason  TEXT NOT NULL DEFAULT '',
    default_connection_id BIGINT NOT NULL DEFAULT 0,
    signature     TEXT NOT NULL DEFAULT '',
    photo_id      BIGINT NOT NULL DEFAULT 0,
    preferences   TEXT NOT NULL DEFAULT '{}',
    notices_seen_id BIGINT NOT NULL DEFAULT 0, -- newest event seen in the notification centre
    online_at     BIGINT NOT NULL DEFAULT 0,
    rev           BIGINT NOT NULL DEFAULT 1,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    deleted_at    BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX account_user_person ON account_user (account_id, person_id) WHERE deleted_at = 0;
CREATE INDEX account_user_by_person ON account_user (person_id);

CREATE TABLE session (
    id          ID PRIMARY KEY,
    account_id  BIGINT NOT NULL,
    user_id     BIGINT NOT NULL,
    secret_hash TEXT NOT NULL, -- sha256 of the cookie's secret half
    remember    BOOLEAN NOT NULL,
    user_agent  TEXT NOT NULL DEFAULT '',
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX session_by_user ON session (account_id, user_id);
CREATE INDEX session_expiry ON session (expires_at);

-- Failed sign-ins, counted per (e-mail, network) and per e-mail alone. Keys
-- are keyed hashes: the table tells nobody which addresses were tried.
CREATE TABLE login_failure (
    subject    TEXT NOT NULL PRIMARY KEY,
    failures   BIGINT NOT NULL,
    since      BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);

CREATE TABLE team (
    id         ID PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    name_fold  TEXT NOT NULL,
    leader_id  BIGINT NOT NULL DEFAULT 0,
    rev        BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (account_id, name_fold)
);

CREATE TABLE queue (
    id         ID PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    name_fold  TEXT NOT NULL,
    position   BIGINT NOT NULL,
    color      TEXT NOT NULL,
    active     BOOLEAN NOT NULL DEFAULT TRUE,
    rev        BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX queue_name ON queue (account_id, name_fold) WHERE deleted_at = 0;

CREATE TABLE connection (
    id            ID PRIMARY KEY,
    account_id    BIGINT NOT NULL REFERENCES account (id),
    kind          TEXT NOT NULL,
    name          TEXT NOT NULL,
    name_fold     TEXT NOT NULL,
    identifier    TEXT NOT NULL DEFAULT '',
    external_id   TEXT NOT NULL DEFAULT '',
    group_id      TEXT NOT NULL DEFAULT '',
    public_key    TEXT NOT NULL,
    settings      TEXT NOT NULL DEFAULT '{}', -- secrets sealed one by one
    is_default    BOOLEAN NOT NULL DEFAULT FALSE,
    active        BOOLEAN NOT NULL DEFAULT TRUE,
    simulated     BOOLEAN NOT NULL DEFAULT FALSE,
    state         TEXT NOT NULL DEFAULT 'disconnected',
    state_reason  TEXT NOT NULL DEFAULT '',
    health        TEXT NOT NULL DEFAULT '{}',
    checked_at    BIGINT NOT NULL DEFAULT 0,
    secrets_at    BIGINT NOT NULL DEFAULT 0, -- when a secret was last stored
    read_receipts BOOLEAN NOT NULL DEFAULT TRUE,
    greeting      TEXT NOT NULL DEFAULT '',
    color         TEXT NOT NULL DEFAULT '',
    node_id       BIGINT NOT NULL DEFAULT -1, -- owner of its outbox; -1 = nobody
    fence         BIGINT NOT NULL DEFAULT 0,
    rev           BIGINT NOT NULL DEFAULT 1,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    deleted_at    BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX connection_name ON connection (account_id, name_fold) WHERE deleted_at = 0;
CREATE UNIQUE INDEX connection_external ON connection (account_id, kind, external_id) WHERE deleted_at = 0 AND external_id <> '';
CREATE UNIQUE INDEX connection_default ON connection (account_id) WHERE is_default AND deleted_at = 0;
CREATE INDEX connection_public ON connection (public_key);
CREATE INDEX connection_group ON connection (account_id, kind, group_id);

-- Memberships. Everything here goes with the rows it joins.
CREATE TABLE team_member (
    account_id BIGINT NOT NULL,
    team_id    BIGINT NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    user_id    BIGINT NOT NULL REFERENCES account_user (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, team_id, user_id)
);
CREATE INDEX team_member_user ON team_member (account_id, user_id);
CREATE TABLE team_queue (
    account_id BIGINT NOT NULL,
    team_id    BIGINT NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    queue_id   BIGINT NOT NULL REFERENCES queue (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, team_id, queue_id)
);
CREATE INDEX team_queue_queue ON team_queue (account_id, queue_id);
CREATE TABLE user_queue (
    account_id BIGINT NOT NULL,
    user_id    BIGINT NOT NULL REFERENCES account_user (id) ON DELETE CASCADE,
    queue_id   BIGINT NOT NULL REFERENCES queue (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, user_id, queue_id)
);
CREATE INDEX user_queue_queue ON user_queue (account_id, queue_id);
CREATE TABLE user_connection (
    account_id    BIGINT NOT NULL,
    user_id       BIGINT NOT NULL REFERENCES account_user (id) ON DELETE CASCADE,
    connection_id BIGINT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, user_id, connection_id)
);
CREATE INDEX user_connection_connection ON user_connection (account_id, connection_id);
CREATE TABLE connection_queue (
    account_id    BIGINT NOT NULL,
    connection_id BIGINT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    queue_id      BIGINT NOT NULL REFERENCES queue (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, connection_id, queue_id)
);
CREATE INDEX connection_queue_queue ON connection_queue (account_id, queue_id);

CREATE TABLE tag (
    id          ID PRIMARY KEY,
    account_id  BIGINT NOT NULL REFERENCES account (id),
    name        TEXT NOT NULL,
    name_fold   TEXT NOT NULL,
    color       TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    active      BOOLEAN NOT NULL DEFAULT TRUE,
    rev         BIGINT NOT NULL DEFAULT 1,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    UNIQUE (account_id, name_fold)
);

CREATE TABLE ticket_type (
    id         ID PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    name_fold  TEXT NOT NULL,
    active     BOOLEAN NOT NULL DEFAULT TRUE,
    is_default BOOLEAN NOT NULL DEFAULT FALSE,
    rev        BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (account_id, name_fold)
);

CREATE TABLE template (
    id               ID PRIMARY KEY,
    account_id       BIGINT NOT NULL REFERENCES account (id),
    kind             TEXT NOT NULL,
    group_id         TEXT NOT NULL, -- waba_id: numbers of one WABA share templates
    provider_id      TEXT NOT NULL DEFAULT '',
    name             TEXT NOT NULL,
    language         TEXT NOT NULL,
    category         TEXT NOT NULL,
    status           TEXT NOT NULL,
    quality          TEXT NOT NULL DEFAULT 'UNKNOWN',
    rejected_reason  TEXT NOT NULL DEFAULT '',
    parameter_format TEXT NOT NULL,
    components       TEXT NOT NULL,
    search_fold      TEXT NOT NULL,
    synced_at        BIGINT NOT NULL DEFAULT 0,
    rev              BIGINT NOT NULL DEFAULT 1,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    UNIQUE (account_id, kind, group_id, name, language)
);

CREATE TABLE contact (
    id            ID PRIMARY KEY,
    account_id    BIGINT NOT NULL REFERENCES account (id),
    name          TEXT NOT NULL,
    name_fold     TEXT NOT NULL,
    phone         TEXT NOT NULL DEFAULT '',
    email         TEXT NOT NULL DEFAULT '',
    first_name    TEXT NOT NULL DEFAULT '',
    last_name     TEXT NOT NULL DEFAULT '',
    document      TEXT NOT NULL DEFAULT '',
    birth_date    TEXT NOT NULL DEFAULT '',
    company       TEXT NOT NULL DEFAULT '',
    owner_user_id BIGINT NOT NULL DEFAULT 0, -- wallet
    extra         TEXT NOT NULL DEFAULT '[]',
    blocked       BOOLEAN NOT NULL DEFAULT FALSE,
    disable_bot   BOOLEAN NOT NULL DEFAULT FALSE,
    accepts_marketing BOOLEAN NOT NULL DEFAULT TRUE,
    marketing_at  BIGINT NOT NULL DEFAULT 0, -- when the contact last said so by herself
    photo_id      BIGINT NOT NULL DEFAULT 0,
    merged_into   BIGINT NOT NULL DEFAULT 0,
    rev           BIGINT NOT NULL DEFAULT 1,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    deleted_at    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX contact_by_name ON contact (account_id, name_fold, id) WHERE deleted_at = 0;
CREATE INDEX contact_photo ON contact (account_id, photo_id) WHERE photo_id <> 0;
CREATE INDEX contact_by_owner ON contact (account_id, owner_user_id, name_fold, id) WHERE deleted_at = 0;

CREATE TABLE contact_tag (
    account_id BIGINT NOT NULL,
    contact_id BIGINT NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    tag_id     BIGINT NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, contact_id, tag_id)
);
CREATE INDEX contact_tag_tag ON contact_tag (account_id, tag_id, contact_id);

-- One address of a contact. fold is the match key (ninth digit folded away);
-- address keeps the provider's exact form.
CREATE TABLE identity (
    id         ID PRIMARY KEY,
    account_id BIGINT NOT NULL,
    contact_id BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    fold       TEXT NOT NULL,
    address    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (account_id, kind, fold)
);
CREATE INDEX identity_contact ON identity (account_id, contact_id);

-- A contact on a connection: the service window, and the row whose write
-- serialises inbound, start, close, reopen and merge.
CREATE TABLE contact_channel (
    id                ID PRIMARY KEY,
    account_id        BIGINT NOT NULL,
    contact_id        BIGINT NOT NULL,
    connection_id     BIGINT NOT NULL,
    identity_id       BIGINT NOT NULL DEFAULT 0,
    last_inbound_at   BIGINT NOT NULL DEFAULT 0,
    last_inbound_id   TEXT NOT NULL DEFAULT '', -- provider id, for read receipts
    window_expires_at BIGINT NOT NULL DEFAULT 0,
    rev               BIGINT NOT NULL DEFAULT 1,
    created_at        BIGINT NOT NULL,
    UNIQUE (account_id, contact_id, connection_id)
);

CREATE TABLE ticket (
    id                ID PRIMARY KEY,
    account_id        BIGINT NOT NULL,
    number            BIGINT NOT NULL,
    contact_id        BIGINT NOT NULL,
    connection_id     BIGINT NOT NULL,
    channel_id        BIGINT NOT NULL,
    identity_id       BIGINT NOT NULL DEFAULT 0,
    queue_id          BIGINT NOT NULL DEFAULT 0,
    user_id           BIGINT NOT NULL DEFAULT 0,
    wallet_user_id    BIGINT NOT NULL DEFAULT 0,
    type_id           BIGINT NOT NULL DEFAULT 0,
    status            TEXT NOT NULL,
    origin            TEXT NOT NULL,
    bot               BOOLEAN NOT NULL DEFAULT FALSE,
    record_only       BOOLEAN NOT NULL DEFAULT FALSE,
    awaiting_contact  BOOLEAN NOT NULL DEFAULT FALSE,
    unread            BIGINT NOT NULL DEFAULT 0,
    first_unread_id   BIGINT NOT NULL DEFAULT 0,
    waiting_since     BIGINT NOT NULL DEFAULT 0,
    waiting_count     BIGINT NOT NULL DEFAULT 0,
    queued_at         BIGINT NOT NULL DEFAULT 0,
    accepted_at       BIGINT NOT NULL DEFAULT 0,
    first_response_at BIGINT NOT NULL DEFAULT 0,
    closed_at         BIGINT NOT NULL DEFAULT 0,
    closed_by         BIGINT NOT NULL DEFAULT 0,
    close_source      TEXT NOT NULL DEFAULT '',
    last_message_at   BIGINT NOT NULL DEFAULT 0,
    last_message_id   BIGINT NOT NULL DEFAULT 0,
    last_pos          BIGINT NOT NULL DEFAULT 0,
    -- Place in its list: pending queued_at, else last_message_at (decisions.md 14).
    sort_at           BIGINT NOT NULL,
    cost_micros       BIGINT NOT NULL DEFAULT 0,
    currency          TEXT NOT NULL DEFAULT '',
    billable_count    BIGINT NOT NULL DEFAULT 0,
    created_by        BIGINT NOT NULL DEFAULT 0,
    rev               BIGINT NOT NULL DEFAULT 1,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL,
    UNIQUE (account_id, number)
);
CREATE UNIQUE INDEX ticket_live ON ticket (account_id, contact_id, connection_id) WHERE status <> 'closed';
CREATE INDEX ticket_list ON ticket (account_id, status, sort_at, id);
CREATE INDEX ticket_by_queue ON ticket (account_id, queue_id, status, sort_at, id);
CREATE INDEX ticket_by_user ON ticket (account_id, user_id, status, sort_at, id) WHERE user_id <> 0;
CREATE INDEX ticket_by_wallet ON ticket (account_id, wallet_user_id, status, sort_at, id) WHERE wallet_user_id <> 0;
CREATE INDEX ticket_by_channel ON ticket (account_id, channel_id, id);
CREATE INDEX ticket_by_contact ON ticket (account_id, contact_id, id);
-- Covers the count of unread tickets: no row is read for it.
CREATE INDEX ticket_unread ON ticket (account_id, user_id, status, queue_id, connection_id, wallet_user_id, bot) WHERE unread > 0;
CREATE INDEX ticket_by_type ON ticket (account_id, type_id) WHERE type_id <> 0; -- whether a type is in use

-- Visible badges without counting tickets; see Counters in the store.
CREATE TABLE ticket_count (
    account_id     BIGINT NOT NULL,
    status         TEXT NOT NULL,
    queue_id       BIGINT NOT NULL,
    connection_id  BIGINT NOT NULL,
    user_id        BIGINT NOT NULL,
    wallet_user_id BIGINT NOT NULL,
    bot            BOOLEAN NOT NULL,
    n              BIGINT NOT NULL,
    PRIMARY KEY (account_id, status, queue_id, connection_id, user_id, wallet_user_id, bot)
);

CREATE TABLE ticket_tag (
    account_id BIGINT NOT NULL,
    ticket_id  BIGINT NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
    tag_id     BIGINT NOT NULL REFERENCES tag (id),
    PRIMARY KEY (account_id, ticket_id, tag_id)
);
CREATE INDEX ticket_tag_tag ON ticket_tag (account_id, tag_id, ticket_id);

CREATE TABLE message (
    id            ID PRIMARY KEY,
    account_id    BIGINT NOT NULL,
    connection_id BIGINT NOT NULL,
    contact_id    BIGINT NOT NULL,
    channel_id    BIGINT NOT NULL,
    ticket_id     BIGINT NOT NULL DEFAULT 0, -- 0: sent without opening a ticket
    pos           BIGINT NOT NULL,
    client_id     TEXT NOT NULL DEFAULT '',
    direction     TEXT NOT NULL,
    author        TEXT NOT NULL,
    user_id       BIGINT NOT NULL DEFAULT 0,
    type          TEXT NOT NULL,
    body          TEXT NOT NULL DEFAULT '',
    content       TEXT NOT NULL DEFAULT '',
    media_count   BIGINT NOT NULL DEFAULT 0, -- so that lists ask for files only where there are any
    reaction_count BIGINT NOT NULL DEFAULT 0,
    template_id   BIGINT NOT NULL DEFAULT 0,
    reply_to      BIGINT NOT NULL DEFAULT 0,
    provider_id   TEXT NOT NULL DEFAULT '',
    status        TEXT NOT NULL,
    may_wait      BOOLEAN NOT NULL DEFAULT FALSE, -- sent with queue=true
    error         TEXT NOT NULL DEFAULT '',
    attempts      BIGINT NOT NULL DEFAULT 0,
    run_at        BIGINT NOT NULL DEFAULT 0,
    lease_until   BIGINT NOT NULL DEFAULT 0,
    expires_at    BIGINT NOT NULL DEFAULT 0,
    retry_of      BIGINT NOT NULL DEFAULT 0,
    dismissed     BOOLEAN NOT NULL DEFAULT FALSE,
    price         TEXT NOT NULL DEFAULT '',
    sent_at       BIGINT NOT NULL DEFAULT 0,
    delivered_at  BIGINT NOT NULL DEFAULT 0,
    read_at       BIGINT NOT NULL DEFAULT 0,
    played_at     BIGINT NOT NULL DEFAULT 0,
    failed_at     BIGINT NOT NULL DEFAULT 0,
    at            BIGINT NOT NULL,
    provider_at   BIGINT NOT NULL DEFAULT 0,
    edited_at     BIGINT NOT NULL DEFAULT 0,
    deleted_at    BIGINT NOT NULL DEFAULT 0,
    deleted_by    BIGINT NOT NULL DEFAULT 0,
    rev           BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX message_timeline ON message (ticket_id, pos, id) WHERE ticket_id <> 0;
CREATE UNIQUE INDEX message_provider ON message (account_id, connection_id, provider_id) WHERE provider_id <> '';
CREATE INDEX message_outbox ON message (connection_id, channel_id, pos, id) WHERE status IN ('pending', 'sending');
CREATE INDEX message_waiting ON message (ticket_id, pos, id) WHERE status = 'queued_window';
CREATE INDEX message_expiry ON message (expires_at) WHERE status = 'queued_window';
CREATE INDEX message_uncertain ON message (connection_id, id) WHERE status = 'uncertain';
CREATE INDEX message_loose ON message (channel_id, id) WHERE ticket_id <= 0; -- 0; not "=", see limit in the store
CREATE INDEX message_retry ON message (retry_of) WHERE retry_of <> 0;
CREATE INDEX message_deleted ON message (account_id, deleted_at) WHERE deleted_at <> 0;

CREATE TABLE reaction (
    account_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    author     TEXT NOT NULL, -- 'contact' or 'us'
    user_id    BIGINT NOT NULL DEFAULT 0,
    emoji      TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (account_id, message_id, author)
);

-- Texts that edits replaced; for supervisors.
CREATE TABLE message_revision (
    id         ID PRIMARY KEY,
    account_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    body       TEXT NOT NULL,
    user_id    BIGINT NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX message_revision_message ON message_revision (message_id, id);

CREATE TABLE blob (
    account_id BIGINT NOT NULL,
    sha256     TEXT NOT NULL,
    size       BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, sha256)
);

CREATE TABLE media (
    id          ID PRIMARY KEY,
    account_id  BIGINT NOT NULL,
    message_id  BIGINT NOT NULL DEFAULT 0,
    state       TEXT NOT NULL,
    kind        TEXT NOT NULL,
    mime        TEXT NOT NULL,
    name        TEXT NOT NULL DEFAULT '',
    sha256      TEXT NOT NULL DEFAULT '',
    size        BIGINT NOT NULL DEFAULT 0,
    width       BIGINT NOT NULL DEFAULT 0,
    height      BIGINT NOT NULL DEFAULT 0,
    duration_ms BIGINT NOT NULL DEFAULT 0,
    thumb_sha256 TEXT NOT NULL DEFAULT '',
    provider_id TEXT NOT NULL DEFAULT '',
    error       TEXT NOT NULL DEFAULT '',
    uploaded_by BIGINT NOT NULL DEFAULT 0,
    created_at  BIGINT NOT NULL
);
CREATE INDEX media_message ON media (account_id, message_id) WHERE message_id <> 0;
CREATE INDEX media_blob ON media (account_id, sha256);
CREATE INDEX media_thumb ON media (account_id, thumb_sha256) WHERE thumb_sha256 <> '';
CREATE INDEX media_loose ON media (created_at) WHERE message_id <= 0; -- 0; not "=", see limit in the store

CREATE TABLE event (
    id         ID PRIMARY KEY,
    account_id BIGINT NOT NULL,
    type       TEXT NOT NULL,
    entity     TEXT NOT NULL,
    entity_id  BIGINT NOT NULL,
    ticket_id  BIGINT NOT NULL DEFAULT 0,
    message_id BIGINT NOT NULL DEFAULT 0,
    pos        BIGINT NOT NULL DEFAULT 0,
    actor_kind TEXT NOT NULL,
    actor_id   BIGINT NOT NULL DEFAULT 0,
    before     TEXT NOT NULL DEFAULT '',
    after      TEXT NOT NULL DEFAULT '',
    data       TEXT NOT NULL DEFAULT '',
    at         BIGINT NOT NULL
);
CREATE INDEX event_ticket ON event (ticket_id, pos, id) WHERE entity = 'ticket';
CREATE INDEX event_history ON event (account_id, entity, entity_id, id) WHERE entity NOT IN ('ticket', 'message');
-- What the notification centre reads; the query repeats this list.
CREATE INDEX event_notice ON event (account_id, id) WHERE type IN ('ticket.created', 'ticket.queued', 'ticket.returned', 'ticket.transferred', 'ticket.reopened', 'message.failed', 'message.uncertain', 'message.expired', 'connection.state', 'connection.alert');

-- Everything a provider sent, stored before it is interpreted (amendment 9).
CREATE TABLE raw_event (
    id            ID PRIMARY KEY,
    account_id    BIGINT NOT NULL,
    connection_id BIGINT NOT NULL,
    fold          TEXT NOT NULL, -- deduplication key
    state         TEXT NOT NULL, -- done, pending (to be interpreted by a job), unprocessed, discarded, quarantined
    reason        TEXT NOT NULL DEFAULT '',
    external_id   TEXT NOT NULL DEFAULT '',
    group_id      TEXT NOT NULL DEFAULT '',
    body          TEXT NOT NULL,
    attempts      BIGINT NOT NULL DEFAULT 0,
    received_at   BIGINT NOT NULL,
    processed_at  BIGINT NOT NULL DEFAULT 0,
    UNIQUE (account_id, connection_id, fold)
);
CREATE INDEX raw_event_state ON raw_event (account_id, state, id) WHERE state <> 'done';
CREATE INDEX raw_event_body ON raw_event (received_at) WHERE body <> ''; -- bodies to be emptied; rows go by id

-- Statuses that came before their message.
CREATE TABLE orphan_status (
    id            ID PRIMARY KEY,
    account_id    BIGINT NOT NULL,
    connection_id BIGINT NOT NULL,
    provider_id   TEXT NOT NULL,
    status        TEXT NOT NULL,
    body          TEXT NOT NULL,
    at            BIGINT NOT NULL,
    UNIQUE (account_id, connection_id, provider_id, status)
);
CREATE INDEX orphan_status_age ON orphan_status (at);

CREATE TABLE job (
    id          ID PRIMARY KEY,
    account_id  BIGINT NOT NULL DEFAULT 0,
    kind        TEXT NOT NULL,
    key         TEXT NOT NULL DEFAULT '', -- within account and kind only the head of a key runs; '' = no order
    unique_key  TEXT NOT NULL DEFAULT '',
    state       TEXT NOT NULL, -- ready, running, done, dead
    run_at      BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    attempts    BIGINT NOT NULL DEFAULT 0,
    payload     TEXT NOT NULL DEFAULT '{}',
    error       TEXT NOT NULL DEFAULT '',
    created_at  BIGINT NOT NULL,
    finished_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX job_unique ON job (account_id, kind, unique_key) WHERE unique_key <> '' AND state = 'ready';
CREATE INDEX job_due ON job (kind, run_at, id) WHERE state = 'ready';
CREATE INDEX job_key ON job (account_id, kind, key, id) WHERE key <> '' AND state <> 'done';
CREATE INDEX job_lease ON job (kind, lease_until) WHERE state = 'running';
CREATE INDEX job_dead ON job (account_id, id) WHERE state = 'dead';
CREATE INDEX job_finished ON job (finished_at) WHERE state = 'done';

CREATE TABLE idempotency (
    account_id   BIGINT NOT NULL,
    principal    TEXT NOT NULL,
    key          TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status       BIGINT NOT NULL,
    ids          TEXT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (account_id, principal, key)
);
CREATE INDEX idempotency_age ON idempotency (at);

-- Search. The text tables hold the words of messages and contacts as dbx
-- makes them; see dbx.SearchSchema for why they look so.
CREATE TABLE message_text (
  id         ID PRIMARY KEY,
  account_id BIGINT NOT NULL,
  ticket_id  BIGINT NOT NULL,
  -- only: sqlite
  words      TEXT NOT NULL
  -- only: postgres
  words      TSVECTOR NOT NULL
  -- all
);
CREATE INDEX message_text_newest ON message_text (account_id, id);
-- only: postgres
CREATE INDEX message_text_words ON message_text USING GIN (words) WITH (fastupdate = off);
-- only: sqlite
CREATE VIRTUAL TABLE message_fts USING fts5(
  words, content = 'message_text', content_rowid = 'id',
  tokenize = 'ascii', detail = 'none', columnsize = 0
);
CREATE TRIGGER message_text_added AFTER INSERT ON message_text BEGIN
  INSERT INTO message_fts (rowid, words) VALUES (new.id, new.words);
END;
CREATE TRIGGER message_text_removed AFTER DELETE ON message_text BEGIN
  INSERT INTO message_fts (message_fts, rowid, words) VALUES ('delete', old.id, old.words);
END;
CREATE TRIGGER message_text_changed AFTER UPDATE OF words ON message_text BEGIN
  INSERT INTO message_fts (message_fts, rowid, words) VALUES ('delete', old.id, old.words);
  INSERT INTO message_fts (rowid, words) VALUES (new.id, new.words);
END;
-- all

CREATE TABLE contact_text (
  id         ID PRIMARY KEY,
  account_id BIGINT NOT NULL,
  -- only: sqlite
  words      TEXT NOT NULL
  -- only: postgres
  words      TSVECTOR NOT NULL
  -- all
);
CREATE INDEX contact_text_newest ON contact_text (account_id, id);
-- only: postgres
CREATE INDEX contact_text_words ON contact_text USING GIN (words) WITH (fastupdate = off);
-- only: sqlite
CREATE VIRTUAL TABLE contact_fts USING fts5(
  words, content = 'contact_text', content_rowid = 'id',
  tokenize = 'ascii', detail = 'none', columnsize = 0
);
CREATE TRIGGER contact_text_added AFTER INSERT ON contact_text BEGIN
  INSERT INTO contact_fts (rowid, words) VALUES (new.id, new.words);
END;
CREATE TRIGGER contact_text_removed AFTER DELETE ON contact_text BEGIN
  INSERT INTO contact_fts (contact_fts, rowid, words) VALUES ('delete', old.id, old.words);
END;
CREATE TRIGGER contact_text_changed AFTER UPDATE OF words ON contact_text BEGIN
  INSERT INTO contact_fts (contact_fts, rowid, words) VALUES ('delete', old.id, old.words);
  INSERT INTO contact_fts (rowid, words) VALUES (new.id, new.words);
END;
-- all
