package desk

// EventType names a change of an entity. Events are append-only and written in
// the transaction of the change; they feed the stream, webhooks, the ticket
// log (C19), histories and metrics.
type EventType string

// Event types. Ticket events are also the ticket's log.
const (
	EvTicketCreated      EventType = "ticket.created"
	EvTicketQueued       EventType = "ticket.queued" // a queue was set; data.source says by what (E18)
	EvTicketAccepted     EventType = "ticket.accepted"
	EvTicketReturned     EventType = "ticket.returned"
	EvTicketTransferred  EventType = "ticket.transferred"
	EvTicketClosed       EventType = "ticket.closed"
	EvTicketReopened     EventType = "ticket.reopened"
	EvTicketAccessed     EventType = "ticket.accessed" // an agent opened it; at most one per user per 10 min
	EvTicketPeeked       EventType = "ticket.peeked"
	EvTicketTagged       EventType = "ticket.tagged"
	EvTicketTyped        EventType = "ticket.type_changed"
	EvTicketWallet       EventType = "ticket.wallet_changed"
	EvTicketSeen         EventType = "ticket.seen"
	EvTicketUpdated      EventType = "ticket.updated" // anything else that moves its version
	EvTicketStartRefused EventType = "ticket.start_refused"
	EvMessageReceived    EventType = "message.received"
	EvMessageCreated     EventType = "message.created"
	EvMessageStatus      EventType = "message.status" // a tick; announced, never stored (decisions.md 20)
	EvMessageFailed      EventType = "message.failed"
	EvMessageUncertain   EventType = "message.uncertain"
	EvMessageWaiting     EventType = "message.waiting"
	EvMessageFlushed     EventType = "message.flushed"
	EvMessageCanceled    EventType = "message.canceled"
	EvMessageExpired     EventType = "message.expired"
	EvMessageEdited      EventType = "message.edited"
	EvMessageDeleted     EventType = "message.deleted" // revoked by who wrote it
	EvMessageDismissed   EventType = "message.dismissed"
	EvMessageReaction    EventType = "message.reaction"
	EvWindowClosed       EventType = "window.closed" // by the provider's word
	EvContactCreated     EventType = "contact.created"
	EvContactUpdated     EventType = "contact.updated"
	EvContactDeleted     EventType = "contact.deleted"
	EvContactOptOut      EventType = "contact.opt_out"
	EvUserCreated        EventType = "user.created"
	EvUserUpdated        EventType = "user.updated"
	EvUserDeleted        EventType = "user.deleted"
	EvUserPresence       EventType = "user.presence"
	EvTeamCreated        EventType = "team.created"
	EvTeamUpdated        EventType = "team.updated"
	EvTeamDeleted        EventType = "team.deleted"
	EvQueueCreated       EventType = "queue.created"
	EvQueueUpdated       EventType = "queue.updated"
	EvQueueDeleted       EventType = "queue.deleted"
	EvConnectionCreated  EventType = "connection.created"
	EvConnectionUpdated  EventType = "connection.updated"
	EvConnectionDeleted  EventType = "connection.deleted"
	EvConnectionState    EventType = "connection.state"
	EvConnectionAlert    EventType = "connection.alert" // account events of the provider
	EvTagCreated         EventType = "tag.created"
	EvTagUpdated         EventType = "tag.updated"
	EvTagDeleted         EventType = "tag.deleted"
	EvTypeCreated        EventType = "ticket_type.created"
	EvTypeUpdated        EventType = "ticket_type.updated"
	EvTypeDeleted        EventType = "ticket_type.deleted"
	EvTemplateCreated    EventType = "template.created"
	EvTemplateUpdated    EventType = "template.updated"
	EvTemplateDeleted    EventType = "template.deleted"
	EvAccountCreated     EventType = "account.created"
	EvAccountUpdated     EventType = "account.updated"
	EvSettingsUpdated    EventType = "settings.updated"
	EvSessionStarted     EventType = "session.started"
	EvSessionEnded       EventType = "session.ended"
	EvRawReplayed        EventType = "raw_event.replayed"
)

// ActorKind says who caused an event.
type ActorKind string

// Actor kinds.
const (
	ActorUser    ActorKind = "user"
	ActorContact ActorKind = "contact"
	ActorSystem  ActorKind = "system"
	ActorAPI     ActorKind = "api"
)

// Actor is who caused an event.
type Actor struct {
	Kind ActorKind
	ID   ID // user or token; none for the system
}

// System is the actor of what happens by itself.
func System() Actor { return Actor{Kind: ActorSystem} }

// ByUser is a user as actor.
func ByUser(id ID) Actor { return Actor{Kind: ActorUser, ID: id} }

// Event is one recorded change. Data holds ids, codes and old/new values, never
// message text or a contact's personal data: anonymising must not have to
// rewrite history (decisions.md 21).
type Event struct {
	ID        ID
	AccountID ID
	Type      EventType
	Entity    string // "ticket", "queue" …: the noun whose history it belongs to
	EntityID  ID
	TicketID  ID
	MessageID ID
	Pos       int64 // place in the ticket's timeline
	Actor     Actor
	Before    *Sight // of the ticket, when the change touches what decides visibility
	After     *Sight
	Data      map[string]any
	At        Time
}
