-- The simulator's own world: Meta's side of the wire and the customers'
-- phones. Nothing here refers to the tables of the desk, which it must be
-- independent of. Credentials are made up for the simulator and guard nothing
-- else, so they are kept as they are.

CREATE TABLE sandbox_number (
    id              ID PRIMARY KEY,
    account_id      BIGINT NOT NULL,
    phone_number_id TEXT NOT NULL,
    waba_id         TEXT NOT NULL,
    display         TEXT NOT NULL, -- digits with country code
    verified_name   TEXT NOT NULL,
    access_token    TEXT NOT NULL,
    app_secret      TEXT NOT NULL,
    verify_token    TEXT NOT NULL,
    callback_url    TEXT NOT NULL,
    subscribed      BOOLEAN NOT NULL DEFAULT TRUE, -- the app receives webhooks
    health          TEXT NOT NULL DEFAULT '{}',
    limits          TEXT NOT NULL DEFAULT '{}',
    faults          TEXT NOT NULL DEFAULT '[]',
    seq             BIGINT NOT NULL DEFAULT 0, -- messages accepted so far, in both directions
    service_month   BIGINT NOT NULL DEFAULT 0, -- year*12+month of service_count
    service_count   BIGINT NOT NULL DEFAULT 0, -- service messages priced in that month
    created_at      BIGINT NOT NULL,
    UNIQUE (account_id, phone_number_id)
);
-- A request to the Graph API names no account: its token does.
CREATE INDEX sandbox_number_token ON sandbox_number (access_token);

CREATE TABLE sandbox_user (
    id          ID PRIMARY KEY,
    account_id  BIGINT NOT NULL,
    wa_id       TEXT NOT NULL, -- canonical at Meta; may lack the ninth digit
    phone_key   TEXT NOT NULL, -- digits with the ninth digit: both forms meet here
    bsuid       TEXT NOT NULL,
    name        TEXT NOT NULL,
    hide_phone  BOOLEAN NOT NULL DEFAULT FALSE,
    absent      BOOLEAN NOT NULL DEFAULT FALSE, -- the phone number has no WhatsApp
    opted_out   BOOLEAN NOT NULL DEFAULT FALSE, -- of marketing
    created_at  BIGINT NOT NULL,
    UNIQUE (account_id, phone_key),
    UNIQUE (account_id, bsuid)
);

-- One conversation between a business number and a user.
CREATE TABLE sandbox_chat (
    id               ID PRIMARY KEY,
    account_id       BIGINT NOT NULL,
    number_id        BIGINT NOT NULL,
    user_id          BIGINT NOT NULL,
    last_inbound_at  BIGINT NOT NULL DEFAULT 0, -- opens the service window
    last_message_at  BIGINT NOT NULL,
    last_message_id  BIGINT NOT NULL DEFAULT 0, -- newest one the phone shows
    unread           BIGINT NOT NULL DEFAULT 0,
    delivery         BOOLEAN NOT NULL DEFAULT TRUE, -- the phone is reachable
    receipts         BOOLEAN NOT NULL DEFAULT TRUE, -- it sends read receipts
    is_open          BOOLEAN NOT NULL DEFAULT FALSE, -- the chat is on the phone's screen
    read_to          BIGINT NOT NULL DEFAULT 0, -- newest inbound message the business marked read
    typing_until     BIGINT NOT NULL DEFAULT 0,
    entry_at         BIGINT NOT NULL DEFAULT 0, -- came by an ad (free entry point)
    free_until       BIGINT NOT NULL DEFAULT 0, -- end of the free entry point
    created_at       BIGINT NOT NULL,
    UNIQUE (account_id, number_id, user_id)
);
CREATE INDEX sandbox_chat_recent ON sandbox_chat (account_id, last_message_at, id);
CREATE INDEX sandbox_chat_number ON sandbox_chat (account_id, number_id, last_message_at, id);
CREATE INDEX sandbox_chat_user ON sandbox_chat (account_id, user_id);

-- The ledger: every message the simulator accepted, in either direction.
CREATE TABLE sandbox_message (
    id           ID PRIMARY KEY,
    account_id   BIGINT NOT NULL,
    number_id    BIGINT NOT NULL,
    chat_id      BIGINT NOT NULL,
    seq          BIGINT NOT NULL, -- order of acceptance within the number
    direction    TEXT NOT NULL,
    wamid        TEXT NOT NULL,
    correlation  TEXT NOT NULL DEFAULT '', -- biz_opaque_callback_data
    recipient    TEXT NOT NULL DEFAULT '', -- as the request named it
    status       TEXT NOT NULL,
    error_code   BIGINT NOT NULL DEFAULT 0,
    seen         BOOLEAN NOT NULL DEFAULT TRUE, -- the phone has shown it
    quoted       TEXT NOT NULL DEFAULT '',
    view         TEXT NOT NULL, -- what the phone shows
    pricing      TEXT NOT NULL DEFAULT '',
    accepted_at  BIGINT NOT NULL,
    sent_at      BIGINT NOT NULL DEFAULT 0,
    delivered_at BIGINT NOT NULL DEFAULT 0,
    read_at      BIGINT NOT NULL DEFAULT 0,
    played_at    BIGINT NOT NULL DEFAULT 0,
    failed_at    BIGINT NOT NULL DEFAULT 0,
    UNIQUE (account_id, wamid),
    UNIQUE (account_id, number_id, seq)
);
CREATE INDEX sandbox_message_chat ON sandbox_message (account_id, chat_id, id);
CREATE INDEX sandbox_message_unseen ON sandbox_message (account_id, chat_id, id) WHERE seen = FALSE;

CREATE TABLE sandbox_media (
    id         ID PRIMARY KEY,
    account_id BIGINT NOT NULL,
    number_id  BIGINT NOT NULL,
    mime       TEXT NOT NULL,
    name       TEXT NOT NULL,
    sha256     TEXT NOT NULL DEFAULT '', -- hex
    size       BIGINT NOT NULL DEFAULT 0,
    head       BYTEA, -- first bytes, enough to tell the format
    ready      BOOLEAN NOT NULL DEFAULT FALSE,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX sandbox_media_number ON sandbox_media (account_id, number_id, id);
CREATE INDEX sandbox_media_expiry ON sandbox_media (expires_at);

CREATE TABLE sandbox_media_chunk (
    id         ID PRIMARY KEY,
    account_id BIGINT NOT NULL,
    media_id   BIGINT NOT NULL,
    part       BIGINT NOT NULL,
    data       BYTEA NOT NULL,
    UNIQUE (account_id, media_id, part)
);

CREATE TABLE sandbox_template (
    id               ID PRIMARY KEY,
    account_id       BIGINT NOT NULL,
    waba_id          TEXT NOT NULL,
    name             TEXT NOT NULL,
    language         TEXT NOT NULL,
    category         TEXT NOT NULL,
    status           TEXT NOT NULL, -- outcome of the review
    review_at        BIGINT NOT NULL DEFAULT 0, -- PENDING until then
    parameter_format TEXT NOT NULL,
    quality          TEXT NOT NULL DEFAULT 'UNKNOWN',
    rejected_reason  TEXT NOT NULL DEFAULT 'NONE',
    components       TEXT NOT NULL,
    deleted_at       BIGINT NOT NULL DEFAULT 0,
    created_at       BIGINT NOT NULL,
    UNIQUE (account_id, waba_id, name, language)
);
CREATE INDEX sandbox_template_list ON sandbox_template (account_id, waba_id, id);

-- Webhooks not yet answered with 200, oldest due first per number.
CREATE TABLE sandbox_webhook (
    id         ID PRIMARY KEY,
    account_id BIGINT NOT NULL,
    number_id  BIGINT NOT NULL,
    chat_id    BIGINT NOT NULL DEFAULT 0, -- order is kept within a chat
    change     TEXT NOT NULL, -- {"field":…,"value":…}
    attempts   BIGINT NOT NULL DEFAULT 0,
    next_at    BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX sandbox_webhook_due ON sandbox_webhook (account_id, number_id, next_at, id);
