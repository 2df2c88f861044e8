package store

import (
	"slices"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// TicketView is a ticket with what lists and headers show beside it.
type TicketView struct {
	desk.Ticket
	Contact         ContactBrief
	WindowExpiresAt desk.Time // of the channel; meaningful on windowed kinds
	Tags            []desk.ID // sorted
	LastMessage     *Excerpt
}

// ContactBrief is what a ticket shows of its contact.
type ContactBrief struct {
	ID      desk.ID
	Name    string
	Phone   string
	Email   string
	Blocked bool
	PhotoID desk.ID
}

// Excerpt is the beginning of a message, for previews and quotes. Text is
// empty for a message that was deleted.
type Excerpt struct {
	ID        desk.ID
	Direction desk.Direction
	Author    desk.Author
	UserID    desk.ID
	Type      desk.MessageType
	Text      string
	Status    desk.MessageStatus
	Failure   string // code
	Deleted   bool
	At        desk.Time
}

// excerptLength bounds an Excerpt's text, in characters.
const excerptLength = "160"

// excerptFields are the columns of an Excerpt of message alias m; those of an
// outer join may be NULL.
const excerptFields = `COALESCE(m.id, 0), COALESCE(m.direction, ''), COALESCE(m.author, ''), COALESCE(m.user_id, 0),
	COALESCE(m.type, ''), COALESCE(substr(m.body, 1, ` + excerptLength + `), ''), COALESCE(m.status, ''), COALESCE(m.error, ''),
	COALESCE(m.deleted_at, 0), COALESCE(m.at, 0)`

// excerptRow is an Excerpt as it is read.
type excerptRow struct {
	Excerpt
	failure string
	deleted desk.Time
}

func (e *excerptRow) dest() []any {
	return []any{&e.ID, &e.Direction, &e.Author, &e.UserID, &e.Type, &e.Text, &e.Status, &e.failure, &e.deleted, &e.At}
}

// excerpt returns what was read, nil if the message is none.
func (e *excerptRow) excerpt() (*Excerpt, error) {
	if e.ID == 0 {
		return nil, nil
	}
	var f desk.Failure
	if err := fromJSON(e.failure, &f); err != nil {
		return nil, err
	}
	x := e.Excerpt
	x.Failure = f.Code
	if e.deleted != 0 {
		x.Deleted, x.Text = true, ""
	}
	return &x, nil
}

// TicketViews reads the views of tickets in the order of ids, in two
// statements however many there are; unknown and repeated ids are left out.
// Whether the viewer may see them is the caller's to know.
//
// Written +account_id, the column offers no index: SQLite would rather read
// the whole account than a few dozen keys.
func (s *Store) TicketViews(q dbx.Querier, account desk.ID, ids []desk.ID) ([]TicketView, error) {
	if len(ids) == 0 {
		return []TicketView{}, nil
	}
	list, at := make([]TicketView, len(ids)), positions(ids)
	var row TicketView
	var last excerptRow
	var a dbx.Args
	err := dbx.Each(q, viewDest(&row, &last), func() (err error) {
		row.LastMessage, err = last.excerpt()
		list[at[row.ID]] = row
		return err
	}, `SELECT `+prefixed("t", ticketFields)+`, COALESCE(c.id, 0), COALESCE(c.name, ''),
		COALESCE(c.phone, ''), COALESCE(c.email, ''), COALESCE(c.blocked, FALSE), COALESCE(c.photo_id, 0),
		COALESCE(h.window_expires_at, 0), `+excerptFields+`
		FROM ticket t LEFT JOIN contact c ON c.id = t.contact_id LEFT JOIN contact_channel h ON h.id = t.channel_id
		LEFT JOIN message m ON m.id = t.last_message_id AND t.last_message_id <> 0
		WHERE +t.account_id = `+a.Add(account)+` AND t.id IN (`+dbx.List(&a, ids)+`)`, a.Values()...)
	if err != nil {
		return nil, err
	}
	tags, err := ticketTags.of(q, account, ids)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(v TicketView) bool { return v.ID == 0 })
	for i := range list {
		list[i].Tags = emptyNotNil(tags[list[i].ID])
	}
	return list, nil
}

// positions tells where each of the ids stands among them.
func positions(ids []desk.ID) map[desk.ID]int {
	at := make(map[desk.ID]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	return at
}

func viewDest(v *TicketView, last *excerptRow) []any {
	return slices.Concat(ticketDest(&v.Ticket), []any{&v.Contact.ID, &v.Contact.Name, &v.Contact.Phone, &v.Contact.Email,
		&v.Contact.Blocked, &v.Contact.PhotoID, &v.WindowExpiresAt}, last.dest())
}

// TicketView reads the view of one ticket; invisible ones are Missing.
func (s *Store) TicketView(q dbx.Querier, v *desk.Viewer, id desk.ID) (TicketView, error) {
	list, err := s.TicketViews(q, v.AccountID, []desk.ID{id})
	if err != nil {
		return TicketView{}, err
	}
	if len(list) == 0 || !v.CanSee(list[0].Sight()) {
		return TicketView{}, desk.Missing()
	}
	return list[0], nil
}

// MessageView is a message with what the timeline shows of it.
type MessageView struct {
	desk.Message
	Media     []desk.Media
	Reactions []desk.Reaction
	Reply     *Excerpt // what it answers
	RetriedBy desk.ID  // a newer message that repeats it
}

// MessageViews reads the views of messages in the order of ids; unknown and
// repeated ids are left out. The number of statements does not grow with theirs.
func (s *Store) MessageViews(q dbx.Querier, account desk.ID, ids []desk.ID) ([]MessageView, error) {
	if len(ids) == 0 {
		return []MessageView{}, nil
	}
	var a dbx.Args
	rows, err := messageRows(q, len(ids), `SELECT `+messageFields+` FROM message WHERE account_id = `+a.Add(account)+
		` AND id IN (`+dbx.List(&a, ids)+`)`, a.Values()...)
	if err != nil {
		return nil, err
	}
	at := positions(ids)
	slices.SortFunc(rows, func(a, b *messageRow) int { return at[a.ID] - at[b.ID] })
	if err := fillMessages(q, account, rows); err != nil {
		return nil, err
	}
	views := make([]MessageView, len(rows))
	for i, r := range rows {
		views[i] = r.MessageView
	}
	return views, nil
}

// fillMessages reads what belongs to the messages: one statement each for
// files, reactions, quoted messages and repetitions, and only where a row says
// that there is something.
func fillMessages(q dbx.Querier, account desk.ID, rows []*messageRow) error {
	at := make(map[desk.ID]*MessageView, len(rows))
	var withMedia, withReactions, quoted, failed []desk.ID
	for _, r := range rows {
		r.Media, r.Reactions = []desk.Media{}, []desk.Reaction{}
		at[r.ID] = &r.MessageView
		if r.mediaCount > 0 {
			withMedia = append(withMedia, r.ID)
		}
		if r.reactionCount > 0 {
			withReactions = append(withReactions, r.ID)
		}
		if r.ReplyTo != 0 {
			quoted = append(quoted, r.ReplyTo)
		}
		if r.Status == desk.StatusFailed || r.Status == desk.StatusUncertain || r.Status == desk.StatusExpired {
			failed = append(failed, r.ID)
		}
	}
	for _, fill := range []struct {
		ids  []desk.ID
		read func(dbx.Querier, desk.ID, []desk.ID, map[desk.ID]*MessageView) error
	}{{withMedia, fillMedia}, {withReactions, fillReactions}, {failed, fillRetries}} {
		if len(fill.ids) == 0 {
			continue
		}
		if err := fill.read(q, account, fill.ids, at); err != nil {
			return err
		}
	}
	return fillReplies(q, account, quoted, rows)
}

func fillMedia(q dbx.Querier, account desk.ID, ids []desk.ID, at map[desk.ID]*MessageView) error {
	var a dbx.Args
	list, err := dbx.All(q, scanMedia, `SELECT `+mediaFields+` FROM media WHERE message_id IN (`+dbx.List(&a, ids)+
		`) AND message_id <> 0 AND account_id = `+a.Add(account)+` ORDER BY id`, a.Values()...)
	for _, m := range list {
		at[m.MessageID].Media = append(at[m.MessageID].Media, m)
	}
	return err
}

func fillReactions(q dbx.Querier, account desk.ID, ids []desk.ID, at map[desk.ID]*MessageView) error {
	var a dbx.Args
	list, err := dbx.All(q, func(r dbx.Scanner) (desk.Reaction, error) {
		var x desk.Reaction
		err := r.Scan(&x.MessageID, &x.Author, &x.UserID, &x.Emoji, &x.At)
		return x, err
	}, `SELECT message_id, author, user_id, emoji, at FROM reaction WHERE account_id = `+a.Add(account)+
		` AND message_id IN (`+dbx.List(&a, ids)+`) AND emoji <> '' ORDER BY at, author`, a.Values()...)
	for _, x := range list {
		at[x.MessageID].Reactions = append(at[x.MessageID].Reactions, x)
	}
	return err
}

func fillRetries(q dbx.Querier, account desk.ID, ids []desk.ID, at map[desk.ID]*MessageView) error {
	var a dbx.Args
	type retry struct{ of, by desk.ID }
	list, err := dbx.All(q, func(r dbx.Scanner) (retry, error) {
		var x retry
		err := r.Scan(&x.of, &x.by)
		return x, err
	}, `SELECT retry_of, MAX(id) FROM message WHERE retry_of IN (`+dbx.List(&a, ids)+`) AND retry_of <> 0 AND account_id = `+
		a.Add(account)+` GROUP BY retry_of`, a.Values()...)
	for _, x := range list {
		at[x.of].RetriedBy = x.by
	}
	return err
}

func fillReplies(q dbx.Querier, account desk.ID, ids []desk.ID, rows []*messageRow) error {
	if len(ids) == 0 {
		return nil
	}
	var a dbx.Args
	list, err := dbx.All(q, func(r dbx.Scanner) (*Excerpt, error) {
		var e excerptRow
		if err := r.Scan(e.dest()...); err != nil {
			return nil, err
		}
		return e.excerpt()
	}, `SELECT `+excerptFields+` FROM message m WHERE m.account_id = `+a.Add(account)+` AND m.id IN (`+dbx.List(&a, ids)+`)`, a.Values()...)
	if err != nil {
		return err
	}
	byID := make(map[desk.ID]*Excerpt, len(list))
	for _, e := range list {
		byID[e.ID] = e
	}
	for _, r := range rows {
		r.Reply = byID[r.ReplyTo]
	}
	return nil
}
