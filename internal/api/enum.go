package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/prosa-desk/prosa/internal/desk"
)

// schemaPrefix is where the document keeps its schemas.
const schemaPrefix = "#/components/schemas/"

// enumOf stands in the document for a vocabulary type of desk: it becomes a
// named component that lists every value, so that clients can hold their
// translations against it.
type enumOf[T ~string] string

// Schema implements huma.SchemaProvider.
func (enumOf[T]) Schema(r huma.Registry) *huma.Schema {
	t := reflect.TypeFor[T]()
	e := enumerations()[t]
	if _, done := r.Map()[e.name]; !done {
		s := &huma.Schema{Type: huma.TypeString, Enum: e.values, Description: e.doc}
		s.PrecomputeMessages()
		r.Map()[e.name] = s
	}
	return &huma.Schema{Ref: schemaPrefix + e.name}
}

// failureCode exists for the document: fields hold texts, because adapters may
// know reasons that this list does not.
type failureCode string

func failureCodes() []failureCode {
	return viewed(desk.FailureCodes(), func(c string) failureCode { return failureCode(c) })
}

// enumeration is one vocabulary type with its values.
type enumeration struct {
	name   string
	doc    string
	values []any
	alias  reflect.Type
}

// enumerations returns every enumerated type of the contract.
func enumerations() map[reflect.Type]enumeration {
	m := map[reflect.Type]enumeration{}
	enumerate(m, "ErrorCode", "Stable code of a refusal, to be translated.", desk.Codes())
	enumerate(m, "FailureCode", "Why a message did not leave or a connection is not well. There may be newer ones.", failureCodes())
	enumerate(m, "EventType", "What happened.", desk.EventTypes())
	enumerate(m, "TicketAction", "What may be done with a ticket.", ticketActions())
	enumerate(m, "MessageAction", "What may be done with a message.", messageActions())
	enumerate(m, "Ability", "What a role may do anywhere in the account.", abilities())
	enumerate(m, "Role", "Access profile of a user.", desk.Roles())
	enumerate(m, "TicketStatus", "State of a ticket.", desk.TicketStatuses())
	enumerate(m, "TicketOrigin", "Who spoke first.", desk.Origins())
	enumerate(m, "CloseSource", "What closed a ticket.", desk.CloseSources())
	enumerate(m, "Direction", "Direction of a message.", desk.Directions())
	enumerate(m, "Author", "Who wrote a message.", desk.Authors())
	enumerate(m, "MessageType", "What a message carries.", desk.MessageTypes())
	enumerate(m, "MessageStatus", "State of a message. Received ones stay received.", desk.MessageStatuses())
	enumerate(m, "MediaState", "How far a file is.", desk.MediaStates())
	enumerate(m, "ChannelKind", "Kind of channel. Only those of GET /connection-kinds with available=true can be configured.", desk.ChannelKinds())
	enumerate(m, "ConnectionState", "Health of a connection.", desk.ConnectionStates())
	enumerate(m, "ActorKind", "Who caused an event.", desk.ActorKinds())
	enumerate(m, "IdentityKind", "Sort of address of a contact.", desk.IdentityKinds())
	enumerate(m, "SettingType", "Kind of value of a setting.", desk.SettingTypes())
	enumerate(m, "SettingArea", "Group of settings on the screen.", desk.SettingAreas())
	return m
}

func enumerate[T ~string](m map[reflect.Type]enumeration, name, doc string, list []T) {
	e := enumeration{name: name, doc: doc, alias: reflect.TypeFor[enumOf[T]]()}
	for _, v := range list {
		e.values = append(e.values, string(v))
	}
	m[reflect.TypeFor[T]()] = e
}

// newRegistry returns the schemas of the document with every enumerated type
// named. All enumerations are in it, used or not.
func newRegistry() huma.Registry {
	r := huma.NewMapRegistry(schemaPrefix, huma.DefaultSchemaNamer)
	for t, e := range enumerations() {
		r.RegisterTypeAlias(t, e.alias)
	}
	for t := range enumerations() {
		r.Schema(t, true, "")
	}
	return r
}
