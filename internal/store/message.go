package store

import (
	"errors"
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// messageFields are the columns of a message in the order of messageRow.dest.
const messageFields = `id, account_id, connection_id, contact_id, channel_id, ticket_id, pos, client_id, direction, author,
	user_id, type, body, content, template_id, reply_to, provider_id, status, may_wait, error, attempts, run_at, expires_at,
	retry_of, dismissed, price, sent_at, delivered_at, read_at, played_at, failed_at, at, provider_at, edited_at, deleted_at,
	deleted_by, rev, media_count, reaction_count`

// messageRow is a message with what its row says about other tables, so that
// lists ask for files and reactions only where there are any.
type messageRow struct {
	MessageView
	mediaCount, reactionCount int
	content, failure, price   string
}

func (m *messageRow) dest() []any {
	return []any{&m.ID, &m.AccountID, &m.ConnectionID, &m.ContactID, &m.ChannelID, &m.TicketID, &m.Pos, &m.ClientID,
		&m.Direction, &m.Author, &m.UserID, &m.Type, &m.Body, &m.content, &m.TemplateID, &m.ReplyTo, &m.ProviderID,
		&m.Status, &m.Queue, &m.failure, &m.Attempts, &m.RunAt, &m.ExpiresAt, &m.RetryOf, &m.Dismissed, &m.price, &m.SentAt,
		&m.DeliveredAt, &m.ReadAt, &m.PlayedAt, &m.FailedAt, &m.At, &m.ProviderAt, &m.EditedAt, &m.DeletedAt, &m.DeletedBy,
		&m.Rev, &m.mediaCount, &m.reactionCount}
}

// decode reads the JSON columns.
func (m *messageRow) decode() error {
	return errors.Join(fromJSON(m.content, &m.Content), fromJSON(m.failure, &m.Error), fromJSON(m.price, &m.Message.Price))
}

func scanMessageRow(r dbx.Scanner) (messageRow, error) {
	var m messageRow
	if err := r.Scan(m.dest()...); err != nil {
		return m, missing(err)
	}
	return m, m.decode()
}

// messageRows reads rows of messageFields, about as many as expected.
func messageRows(q dbx.Querier, expected int, query string, args ...any) ([]*messageRow, error) {
	list := make([]*messageRow, 0, expected)
	var m messageRow
	err := dbx.Each(q, m.dest(), func() error {
		row := m
		list = append(list, &row)
		return row.decode()
	}, query, args...)
	return list, err
}

func scanMessage(r dbx.Scanner) (desk.Message, error) {
	m, err := scanMessageRow(r)
	return m.Message, err
}

// Message reads one message, whoever asks.
func (s *Store) Message(q dbx.Querier, account, id desk.ID) (desk.Message, error) {
	return scanMessage(q.QueryRow(`SELECT `+messageFields+` FROM message WHERE account_id = $1 AND id = $2`, account, id))
}

// MessageByProvider reads the message a provider calls providerID.
func (s *Store) MessageByProvider(q dbx.Querier, account, connection desk.ID, providerID string) (desk.Message, error) {
	if providerID == "" {
		return desk.Message{}, desk.Missing()
	}
	return scanMessage(q.QueryRow(`SELECT `+messageFields+` FROM message
		WHERE account_id = $1 AND connection_id = $2 AND provider_id = $3 AND provider_id <> ''`, account, connection, providerID))
}

// VisibleMessage reads a message and its ticket; a message of a ticket the
// viewer may not see, or without a ticket, is Missing.
func (s *Store) VisibleMessage(q dbx.Querier, v *desk.Viewer, id desk.ID) (desk.Message, desk.Ticket, error) {
	m, err := s.Message(q, v.AccountID, id)
	if err != nil {
		return m, desk.Ticket{}, err
	}
	t, err := s.VisibleTicket(q, v, m.TicketID)
	if err != nil {
		return desk.Message{}, t, err
	}
	return m, t, nil
}

// ErrDuplicateMessage says that the connection has a message with this
// provider id already; nothing was written.
var ErrDuplicateMessage = errors.New("store: the provider's message is stored already")

// InsertMessage stores a message with its files and makes it findable. Media
// with an id are uploads of the account waiting for their message, any other
// are new rows. It fills in what is 0 of ID, At, Rev and, for a message
// without a ticket, Pos; everything else, Pos from the ticket too, is the
// caller's.
func (s *Store) InsertMessage(tx *dbx.Tx, m *desk.Message, media ...desk.Media) error {
	if m.ID == 0 {
		m.ID = s.IDs.Next()
	}
	if m.At == 0 {
		m.At = s.now()
	}
	if m.Pos == 0 {
		m.Pos = int64(m.At)
	}
	m.Rev, m.Body = 1, plainText(m.Body)
	if err := s.writeMessage(tx, m, len(media)); err != nil {
		return err
	}
	for i := range media {
		media[i].AccountID, media[i].MessageID = m.AccountID, m.ID
		if err := s.bindMedia(tx, &media[i]); err != nil {
			return err
		}
	}
	if text := searchText(m, media); text != "" {
		return dbx.IndexText(tx, int64(m.ID), int64(m.AccountID), int64(m.TicketID), text)
	}
	return nil
}

func (s *Store) writeMessage(tx *dbx.Tx, m *desk.Message, media int) error {
	content, err1 := toJSON(m.Content)
	failure, err2 := toJSON(m.Error)
	price, err3 := toJSON(m.Price)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	var a dbx.Args
	values := dbx.List(&a, []any{m.ID, m.AccountID, m.ConnectionID, m.ContactID, m.ChannelID, m.TicketID, m.Pos, m.ClientID,
		m.Direction, m.Author, m.UserID, m.Type, m.Body, content, m.TemplateID, m.ReplyTo, m.ProviderID, m.Status, m.Queue,
		failure, m.Attempts, m.RunAt, m.ExpiresAt, m.RetryOf, m.Dismissed, price, m.SentAt, m.DeliveredAt, m.ReadAt,
		m.PlayedAt, m.FailedAt, m.At, m.ProviderAt, m.EditedAt, m.DeletedAt, m.DeletedBy, m.Rev, media, 0})
	n, err := tx.Exec(`INSERT INTO message (`+messageFields+`) VALUES (`+values+`)
		ON CONFLICT (account_id, connection_id, provider_id) WHERE provider_id <> '' DO NOTHING`, a.Values()...)
	if err == nil && n == 0 {
		return ErrDuplicateMessage
	}
	return err
}

// searchText is what search finds a message by: its text and the names in it.
func searchText(m *desk.Message, media []desk.Media) string {
	parts := []string{m.Body}
	for _, f := range media {
		parts = append(parts, f.Name)
	}
	if l := m.Content.Location; l != nil {
		parts = append(parts, l.Name, l.Address)
	}
	for _, c := range m.Content.Contacts {
		parts = append(parts, c.Name.Formatted)
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// RecordMessage records an event about a message. sight is that of its
// ticket, nil without one.
func (s *Store) RecordMessage(tx *dbx.Tx, typ desk.EventType, actor desk.Actor, m *desk.Message, sight *desk.Sight, data map[string]any) error {
	return s.Record(tx, messageEvent(typ, actor, m, sight, data))
}

// AnnounceMessage tells of a tick of a message without recording it.
func (s *Store) AnnounceMessage(tx *dbx.Tx, m *desk.Message, sight *desk.Sight) {
	s.Announce(tx, messageEvent(desk.EvMessageStatus, desk.System(), m, sight, map[string]any{"status": string(m.Status)}))
}

func messageEvent(typ desk.EventType, actor desk.Actor, m *desk.Message, sight *desk.Sight, data map[string]any) desk.Event {
	return desk.Event{AccountID: m.AccountID, Type: typ, Entity: "message", EntityID: m.ID, TicketID: m.TicketID,
		MessageID: m.ID, Pos: m.Pos, Actor: actor, After: sight, Data: data}
}
