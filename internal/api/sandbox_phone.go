package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

type simChatList struct {
	Paged
	Connection idIn `query:"connection"`
}

type simChatNew struct {
	ConnectionID id     `json:"connection_id"`
	Phone        string `json:"phone" minLength:"1" maxLength:"40" doc:"of the customer, with country code"`
	Name         string `json:"name,omitempty" maxLength:"100"`
	HidePhone    bool   `json:"hide_phone,omitempty" doc:"the company sees only a user id"`
}

type openChat struct{ Body simChatNew }

type simChatPatch struct {
	Delivery *bool `json:"delivery,omitempty"`
	Receipts *bool `json:"receipts,omitempty"`
	Open     *bool `json:"open,omitempty" doc:"on the screen: what arrives is read at once"`
	OptedOut *bool `json:"opted_out,omitempty"`
}

// simSend is a message of the customer.
type simSend struct {
	Type        string             `json:"type,omitempty" default:"text" enum:"text,image,video,audio,voice,document,sticker,location,contacts,reaction,button_reply,list_reply,template_button,unsupported,revoke"`
	Body        string             `json:"body,omitempty" maxLength:"4096"`
	MediaID     ref                `json:"media_id,omitempty" doc:"of POST /media"`
	Location    *desk.Location     `json:"location,omitempty"`
	Contacts    []desk.ContactCard `json:"contacts,omitempty" maxItems:"20"`
	Emoji       string             `json:"emoji,omitempty" maxLength:"40" doc:"of a reaction; empty takes it back"`
	Target      string             `json:"target,omitempty" maxLength:"200" doc:"provider id of the message reacted to, tapped under or deleted"`
	Choice      string             `json:"choice,omitempty" maxLength:"256" doc:"id of the tapped button or row; of a template's button its position"`
	ReplyTo     string             `json:"reply_to,omitempty" maxLength:"200" doc:"provider id"`
	Forwarded   bool               `json:"forwarded,omitempty"`
	Unsupported string             `json:"unsupported,omitempty" maxLength:"40" doc:"the provider's name of a kind that no program can show"`
}

func (s *Server) phoneRoutes() {
	op := operation{tag: "sandbox"}.refuses(http.StatusNotFound)
	handle(s, op.get("list-chats", "/sandbox/chats", "Conversations on the customers' phones, newest first", ""), s.listChats)
	handle(s, op.post("create-chat", "/sandbox/chats", "A customer opens the chat with the company", "Nothing is sent.").creates(nil).refuses(http.StatusConflict), s.createChat)
	handle(s, op.get("get-chat", "/sandbox/chats/{id}", "One conversation", ""), s.getChat)
	handle(s, op.patch("update-chat", "/sandbox/chats/{id}", "Switches of the phone", ""), s.updateChat)
	handle(s, op.get("list-chat-messages", "/sandbox/chats/{id}/messages", "What the phone shows, newest first", ""), s.listChatMessages)
	handle(s, op.post("send-as-customer", "/sandbox/chats/{id}/messages", "Write as the customer", "It reaches the desk by the provider's webhook.").creates(nil), s.sendAsCustomer)
	handle(s, op.post("read-as-customer", "/sandbox/chats/{id}/read", "The customer has read everything", ""), s.readAsCustomer)
	handle(s, op.post("age-chat", "/sandbox/chats/{id}/age", "Let time pass in one conversation", "Moves the window at the simulator and at the desk together."), s.ageChat)
	file := op.get("get-simulated-media", "/sandbox/media/{id}", "The bytes of a file in a chat", "")
	file.answers = "*/*"
	handle(s, file, s.simulatedMedia)
}

func (s *Server) listChats(ctx context.Context, in *simChatList) (*body[page[simChat]], error) {
	lines, err := s.simulated(ctx)
	if err != nil {
		return nil, err
	}
	q := sandbox.ChatQuery{AccountID: viewer(ctx).AccountID, Cursor: in.Cursor, Limit: in.Limit}
	if in.Connection.ID != 0 {
		c, err := s.simulatedOne(ctx, in.Connection.ID)
		if err != nil {
			return nil, err
		}
		q.PhoneNumberID = c.ExternalID
	}
	chats, next, err := s.sandbox.Chats(ctx, q)
	if err != nil {
		return nil, err
	}
	return pageOf(chats, next, viewChat(lines)), nil
}

// chatAnswer answers with a conversation.
func (s *Server) chatAnswer(ctx context.Context, c sandbox.Chat, err error) (*body[simChat], error) {
	if err != nil {
		return nil, err
	}
	lines, err := s.simulated(ctx)
	if err != nil {
		return nil, err
	}
	return answer(viewChat(lines)(c)), nil
}

func (s *Server) createChat(ctx context.Context, in *openChat) (*statusBody[simChat], error) {
	if err := s.simulating(ctx); err != nil {
		return nil, err
	}
	b := in.Body
	line, err := s.simulatedOne(ctx, desk.ID(b.ConnectionID))
	if err != nil {
		return nil, missingField(err, "connection_id")
	}
	u, err := s.simUser(ctx, line.AccountID, b)
	if err != nil {
		return nil, err
	}
	c, err := s.sandbox.StartChat(ctx, line.AccountID, line.ExternalID, u.ID)
	if err != nil {
		return nil, err
	}
	view, err := s.chatAnswer(ctx, c, nil)
	if err != nil {
		return nil, err
	}
	return &statusBody[simChat]{Status: http.StatusCreated, Body: view.Body}, nil
}

// simUser makes a customer, or finds the one who has the phone.
func (s *Server) simUser(ctx context.Context, account desk.ID, b simChatNew) (sandbox.User, error) {
	u, err := s.sandbox.CreateUser(ctx, sandbox.NewUser{AccountID: account, Phone: b.Phone, Name: b.Name, HidePhone: b.HidePhone})
	if desk.CodeOf(err) != desk.CodePhoneTaken {
		return u, err
	}
	taken, key := err, desk.MatchKey(onlyDigits(b.Phone))
	for q := (sandbox.ChatQuery{AccountID: account}); ; {
		chats, next, err := s.sandbox.Chats(ctx, q)
		if err != nil {
			return u, err
		}
		for _, c := range chats {
			if desk.MatchKey(c.User.WaID) == key {
				return c.User, nil
			}
		}
		if q.Cursor = next; next == "" {
			return u, taken
		}
	}
}

func (s *Server) getChat(ctx context.Context, in *ByID) (*body[simChat], error) {
	if err := s.simulating(ctx); err != nil {
		return nil, err
	}
	c, err := s.sandbox.Chat(ctx, viewer(ctx).AccountID, in.ID.ID)
	return s.chatAnswer(ctx, c, err)
}

func (s *Server) updateChat(ctx context.Context, in *change[simChatPatch]) (*body[simChat], error) {
	if err := s.simulating(ctx); err != nil {
		return nil, err
	}
	account, b := viewer(ctx).AccountID, in.Body
	if b.OptedOut != nil {
		if err := s.sandbox.SetOptOut(ctx, account, in.ID.ID, *b.OptedOut); err != nil {
			return nil, err
		}
	}
	c, err := s.sandbox.SetToggles(ctx, account, in.ID.ID, sandbox.Toggles{Delivery: b.Delivery, Receipts: b.Receipts, Open: b.Open})
	return s.chatAnswer(ctx, c, err)
}

func (s *Server) listChatMessages(ctx context.Context, in *byIDPaged) (*body[page[simMessage]], error) {
	if err := s.simulating(ctx); err != nil {
		return nil, err
	}
	before, err := desk.ParseID(in.Cursor)
	if err != nil {
		return nil, &desk.Error{Kind: desk.Invalid, Code: desk.CodeInvalidCursor,
			Fields: []desk.Field{{Location: "query.cursor", Code: desk.CodeInvalidCursor}}}
	}
	list, err := s.sandbox.ChatMessages(ctx, viewer(ctx).AccountID, in.ID.ID, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	next := ""
	if len(list) > in.Limit {
		list = list[:in.Limit]
		next = list[in.Limit-1].ID.String()
	}
	return pageOf(list, next, viewSimMessage), nil
}

func (s *Server) sendAsCustomer(ctx context.Context, in *change[simSend]) (*statusBody[simMessage], error) {
	if err := s.simulating(ctx); err != nil {
		return nil, err
	}
	b := in.Body
	cm := sandbox.CustomerMessage{AccountID: viewer(ctx).AccountID, ChatID: in.ID.ID, Type: b.Type, Body: b.Body, Emoji: b.Emoji,
		Target: b.Target, Choice: b.Choice, ReplyTo: b.ReplyTo, Forwarded: b.Forwarded, Unsupported: b.Unsupported,
		Contacts: wireContacts(b.Contacts)}
	if l := b.Location; l != nil {
		cm.Location = &sandbox.LocationView{Latitude: l.Latitude, Longitude: l.Longitude, Name: l.Name, Address: l.Address}
	}
	if b.MediaID != 0 {
		var err error
		if cm.Media, err = s.customerMedia(ctx, desk.ID(b.MediaID)); err != nil {
			return nil, err
		}
	}
	m, err := s.sandbox.SendAsCustomer(ctx, cm)
	return created(m, err, viewSimMessage)
}

// customerMedia hands an upload to the customer's phone.
func (s *Server) customerMedia(ctx context.Context, file desk.ID) (*sandbox.CustomerMedia, error) {
	v := viewer(ctx)
	m, err := s.store.VisibleMedia(s.read(ctx), v, file)
	if err != nil {
		return nil, missingField(err, "media_id")
	}
	f, err := s.files.Open(v.AccountID, m.SHA256)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return &sandbox.CustomerMedia{Data: data, MIME: m.MIME, Name: m.Name}, nil
}

func (s *Server) readAsCustomer(ctx context.Context, in *ByID) (*body[simChat], error) {
	if err := s.simulating(ctx); err != nil {
		return nil, err
	}
	if err := s.sandbox.Read(ctx, viewer(ctx).AccountID, in.ID.ID); err != nil {
		return nil, err
	}
	return s.getChat(ctx, in)
}

// simulatedMedia writes a file of a chat, as an attachment unless it is sound,
// film or a picture.
func (s *Server) simulatedMedia(ctx context.Context, in *mediaIn) (*none, error) {
	if err := s.simulating(ctx); err != nil {
		return nil, err
	}
	m, f, err := s.sandbox.OpenMedia(ctx, viewer(ctx).AccountID, in.ID.ID)
	if err != nil {
		return nil, err
	}
	h := in.w.Header()
	h.Set("Content-Type", m.MIME)
	h.Set("Content-Length", strconv.FormatInt(m.Size, 10))
	if m.Kind != "image" && m.Kind != "video" && m.Kind != "audio" || m.MIME == "image/svg+xml" {
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", "attachment")
	}
	_, err = io.Copy(in.w, f)
	if err := errors.Join(err, f.Close()); err != nil {
		s.log.WarnContext(ctx, "a simulated file broke off", "error", err)
	}
	return nil, nil
}
