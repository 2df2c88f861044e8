package api

import (
	"net/http"

	"github.com/prosa-desk/prosa/internal/desk"
)

// simConnection is a simulated connection with the switches of its provider.
type simConnection struct {
	ConnectionID  id         `json:"connection_id"`
	Name          string     `json:"name"`
	Identifier    string     `json:"identifier"`
	PhoneNumberID string     `json:"phone_number_id"`
	Faults        []simFault `json:"faults" doc:"those that are on"`
}

// simFault is something that goes wrong at the simulated provider.
type simFault struct {
	Kind        string  `json:"kind" enum:"refuse,fail,delay,drop,drop_before,rate_limit,server_error,server_bare,expired_token,window_closed,window_sync,duplicate,reorder,slow_webhooks,stop_webhooks"`
	Probability float64 `json:"probability,omitempty" minimum:"0" maximum:"1" doc:"0 and 1: always"`
	Count       int     `json:"count,omitempty" minimum:"0" doc:"how often it still strikes; 0: until switched off"`
	Code        int     `json:"code,omitempty" doc:"the provider's error code; each kind has a usual one"`
	DelayMS     int64   `json:"delay_ms,omitempty" minimum:"0"`
	On          string  `json:"on,omitempty" enum:"messages,media,templates,all"`
}

type simFaults struct {
	Faults []simFault `json:"faults" maxItems:"20" doc:"all that shall be on"`
}

type simConnectionNew struct {
	Name    string `json:"name" minLength:"1" maxLength:"120"`
	Phone   string `json:"phone,omitempty" maxLength:"40" doc:"of the company; made up when absent"`
	Queues  []id   `json:"queues,omitempty" maxItems:"50"`
	Default bool   `json:"default,omitempty"`
}

// simChat is a conversation on a customer's phone.
type simChat struct {
	ID              id          `json:"id"`
	ConnectionID    ref         `json:"connection_id"`
	Business        string      `json:"business" doc:"name the customer sees"`
	Phone           string      `json:"phone" doc:"of the customer; as the provider writes it"`
	Name            string      `json:"name"`
	HidePhone       bool        `json:"hide_phone" doc:"the company sees only a user id"`
	OptedOut        bool        `json:"opted_out" doc:"wants no marketing"`
	Delivery        bool        `json:"delivery" doc:"the phone is reachable"`
	Receipts        bool        `json:"receipts" doc:"it sends read receipts"`
	Open            bool        `json:"open" doc:"the chat is on its screen"`
	Unread          int         `json:"unread"`
	LastInboundAt   when        `json:"last_inbound_at" doc:"last message of the customer"`
	WindowExpiresAt when        `json:"window_expires_at"`
	TypingUntil     when        `json:"typing_until" doc:"the company is writing"`
	LastMessageAt   when        `json:"last_message_at"`
	LastMessage     *simMessage `json:"last_message,omitempty"`
}

// simMessage is a message as the customer's phone shows it.
type simMessage struct {
	ID          id             `json:"id"`
	Direction   desk.Direction `json:"direction" doc:"as the company sees it: in is from the customer"`
	ProviderID  string         `json:"provider_id"`
	Status      string         `json:"status" enum:"received,sent,delivered,read,played,failed"`
	Quoted      string         `json:"quoted,omitempty" doc:"provider id"`
	View        simView        `json:"view"`
	At          when           `json:"at"`
	DeliveredAt when           `json:"delivered_at"`
	ReadAt      when           `json:"read_at"`
}

// simView is what the phone draws. Exactly what its type needs is set.
type simView struct {
	Type        string             `json:"type" doc:"as on the wire: text, image, interactive, button …"`
	Body        string             `json:"body,omitempty"`
	Header      string             `json:"header,omitempty"`
	Footer      string             `json:"footer,omitempty"`
	Media       *simMedia          `json:"media,omitempty"`
	Location    *desk.Location     `json:"location,omitempty"`
	Contacts    []desk.ContactCard `json:"contacts,omitempty"`
	Reaction    *simReaction       `json:"reaction,omitempty"`
	Buttons     []simButton        `json:"buttons,omitempty"`
	List        *desk.OptionList   `json:"list,omitempty"`
	Reply       *desk.ChosenOption `json:"reply,omitempty" doc:"what the customer tapped"`
	Template    *simTemplateName   `json:"template,omitempty"`
	Unsupported string             `json:"unsupported,omitempty"`
	Revoked     string             `json:"revoked,omitempty" doc:"provider id of a message that was deleted"`
}

type simMedia struct {
	Kind string `json:"kind"`
	MIME string `json:"mime"`
	Name string `json:"name,omitempty"`
	Size int64  `json:"size"`
	URL  string `json:"url"`
}

type simReaction struct {
	ProviderID string `json:"provider_id" minLength:"1" maxLength:"200"`
	Emoji      string `json:"emoji" maxLength:"40" doc:"empty takes it back"`
}

type simButton struct {
	Type    string `json:"type" doc:"reply, url, phone, copy, flow, location, call"`
	ID      string `json:"id,omitempty"`
	Text    string `json:"text"`
	URL     string `json:"url,omitempty"`
	Payload string `json:"payload,omitempty"`
}

type simTemplateName struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	Category string `json:"category"`
}

type simChatList struct {
	Paged
	Connection idIn `query:"connection"`
}

type simChatNew struct {
	ConnectionID id     `json:"connection_id"`
	Phone        string `json:"phone" minLength:"1" maxLength:"40" doc:"with country code"`
	Name         string `json:"name,omitempty" maxLength:"100"`
	HidePhone    bool   `json:"hide_phone,omitempty"`
}

type simChatPatch struct {
	Delivery *bool `json:"delivery,omitempty"`
	Receipts *bool `json:"receipts,omitempty"`
	Open     *bool `json:"open,omitempty"`
	OptedOut *bool `json:"opted_out,omitempty"`
}

// simSend is a message of the customer.
type simSend struct {
	Type        string             `json:"type,omitempty" default:"text" enum:"text,image,video,audio,voice,document,sticker,location,contacts,reaction,reply,unsupported,revoke"`
	Body        string             `json:"body,omitempty" maxLength:"4096"`
	MediaID     ref                `json:"media_id,omitempty" doc:"of POST /media"`
	Location    *desk.Location     `json:"location,omitempty"`
	Contacts    []desk.ContactCard `json:"contacts,omitempty" maxItems:"20"`
	Reaction    *simReaction       `json:"reaction,omitempty"`
	Reply       *simTap            `json:"reply,omitempty" doc:"a tap on a button or a row of a list"`
	Quoted      string             `json:"quoted,omitempty" maxLength:"200" doc:"provider id of the message it answers, or that is deleted"`
	Unsupported string             `json:"unsupported,omitempty" maxLength:"40" doc:"a kind that no program can show"`
}

// simTap is what the customer tapped.
type simTap struct {
	ProviderID string `json:"provider_id" minLength:"1" maxLength:"200" doc:"of the message with the choices"`
	ID         string `json:"id" minLength:"1" maxLength:"256" doc:"of the button or row"`
}

// simAge moves the end of the window of one conversation.
type simAge struct {
	Minutes int  `json:"minutes,omitempty" minimum:"1" maximum:"525600" doc:"let so many pass"`
	Left    *int `json:"left,omitempty" minimum:"0" maximum:"1440" doc:"or: minutes that shall be left; 0 closes it"`
}

type simMessagesIn struct {
	ByID
	Paged
}

type simTemplatePatch struct {
	Status   *string `json:"status,omitempty" enum:"APPROVED,PENDING,REJECTED,PAUSED,DISABLED"`
	Quality  *string `json:"quality,omitempty" enum:"GREEN,YELLOW,RED,UNKNOWN"`
	Category *string `json:"category,omitempty" enum:"MARKETING,UTILITY,AUTHENTICATION"`
	Reason   *string `json:"reason,omitempty" maxLength:"60"`
}

func (s *Server) sandboxRoutes() {
	op := operation{tag: "sandbox"}.refuses(http.StatusNotFound)
	handle(s, op.get("list-simulated", "/sandbox/connections", "Simulated connections", "The simulator is for administrators, in a demo for everybody; else 404."), unfinished[none, body[items[simConnection]]])
	handle(s, op.post("create-simulated", "/sandbox/connections", "Add a simulated connection", "").creates(nil).refuses(http.StatusConflict), unfinished[write[simConnectionNew], statusBody[connection]])
	handle(s, op.put("set-faults", "/sandbox/connections/{id}/faults", "Switch faults of the provider", ""), unfinished[change[simFaults], body[simConnection]])
	handle(s, op.get("list-chats", "/sandbox/chats", "Conversations on the customers' phones", ""), unfinished[simChatList, body[page[simChat]]])
	handle(s, op.post("create-chat", "/sandbox/chats", "A customer opens the chat with the company", "").creates(nil), unfinished[write[simChatNew], statusBody[simChat]])
	handle(s, op.get("get-chat", "/sandbox/chats/{id}", "One conversation", ""), unfinished[ByID, body[simChat]])
	handle(s, op.patch("update-chat", "/sandbox/chats/{id}", "Switches of the phone", ""), unfinished[change[simChatPatch], body[simChat]])
	handle(s, op.get("list-chat-messages", "/sandbox/chats/{id}/messages", "What the phone shows, newest first", ""), unfinished[simMessagesIn, body[page[simMessage]]])
	handle(s, op.post("send-as-customer", "/sandbox/chats/{id}/messages", "Write as the customer", "It reaches the desk by the provider's webhook.").creates(nil), unfinished[change[simSend], statusBody[simMessage]])
	handle(s, op.post("read-as-customer", "/sandbox/chats/{id}/read", "The customer has read everything", ""), unfinished[ByID, body[simChat]])
	handle(s, op.post("age-chat", "/sandbox/chats/{id}/age", "Let time pass in one conversation", "Moves the window at the simulator and at the desk together."), unfinished[change[simAge], body[simChat]])
	handle(s, op.patch("update-simulated-template", "/sandbox/templates/{id}", "Decide on a template as the provider", ""), unfinished[change[simTemplatePatch], none])
	handle(s, op.post("reset-sandbox", "/sandbox/reset", "Forget all customers and conversations of the simulator", "The desk keeps what it has."), unfinished[none, none])
	file := op.get("get-simulated-media", "/sandbox/media/{id}", "The bytes of a file in a chat", "")
	file.answers = "*/*"
	handle(s, file, unfinished[mediaIn, stream])
}
