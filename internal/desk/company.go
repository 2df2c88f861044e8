package desk

// Account is one company. Everything belongs to one.
type Account struct {
	ID         ID
	Name       string
	TimeZone   string // IANA name
	DefaultDDI string // country code digits put before local numbers, "55"
	Settings   Settings
	Demo       bool
	Rev        int64
	CreatedAt  Time
}

// Person is somebody who signs in; with several accounts she has several users.
type Person struct {
	ID           ID
	Email        string // folded to lower case, unique in the installation
	PasswordHash string
}

// User is a person in one account.
type User struct {
	ID                  ID
	AccountID           ID
	PersonID            ID
	Name                string
	Email               string // from the person
	Role                Role
	Phone               string // private mobile, digits; never shown to contacts
	Active              bool
	Available           bool // takes tickets: online, not paused
	PauseReason         string
	DefaultConnectionID ID
	Signature           string
	PhotoID             ID // media
	Preferences         Preferences
	Queues              []ID // direct membership
	Teams               []ID
	Connections         []ID // allowed; empty means all
	OnlineAt            Time
	CreatedAt           Time
}

// Preferences are a user's own choices about the interface.
type Preferences struct {
	Locale    string `json:"locale" enum:"pt-BR,en,es"`
	Theme     string `json:"theme" enum:"system,light,dark"`
	Density   string `json:"density" enum:"comfortable,compact"`
	Sound     bool   `json:"sound"`
	Shortcuts bool   `json:"shortcuts" doc:"one-key shortcuts"`
}

// DefaultPreferences are those of a new user.
func DefaultPreferences() Preferences {
	return Preferences{Locale: "pt-BR", Theme: "system", Density: "comfortable", Sound: true, Shortcuts: true}
}

// Team is a named set of users that can grant queues (D44).
type Team struct {
	ID        ID
	AccountID ID
	Name      string
	LeaderID  ID
	Members   []ID
	Queues    []ID
	CreatedAt Time
}

// Queue is a department: routing target and unit of visibility.
type Queue struct {
	ID        ID
	AccountID ID
	Name      string
	Position  int // order in menus and registers, ≥ 1
	Color     string
	Active    bool
	CreatedAt Time
}

// Tag labels tickets (and later contacts).
type Tag struct {
	ID          ID
	AccountID   ID
	Name        string
	Color       string
	Description string
	Active      bool
	CreatedAt   Time
}

// TicketType is an entry of the catalogue of kinds of service (A7, D29).
type TicketType struct {
	ID        ID
	AccountID ID
	Name      string
	Active    bool
	Default   bool
	CreatedAt Time
}

// ChannelKind names a channel.
type ChannelKind string

// Channel kinds. Only those with a registered adapter can be configured.
const (
	WhatsAppOfficial   ChannelKind = "whatsapp_official"
	WhatsAppUnofficial ChannelKind = "whatsapp_unofficial"
	Telegram           ChannelKind = "telegram"
	Instagram          ChannelKind = "instagram"
	Messenger          ChannelKind = "messenger"
	Webchat            ChannelKind = "webchat"
	Email              ChannelKind = "email"
	SMS                ChannelKind = "sms"
	VoIP               ChannelKind = "voip"
)

// ConnectionState is the health of a connection.
type ConnectionState string

// Connection states.
const (
	Disconnected ConnectionState = "disconnected"
	Connecting   ConnectionState = "connecting"
	QRRequired   ConnectionState = "qr_required"
	Connected    ConnectionState = "connected"
	Degraded     ConnectionState = "degraded"
	AuthFailed   ConnectionState = "auth_failed"
)

// Usable reports whether messages may be sent over a connection in this state.
func (s ConnectionState) Usable() bool { return s == Connected || s == Degraded }

// Connection is one configured number or address of the company (E1).
type Connection struct {
	ID           ID
	AccountID    ID
	Kind         ChannelKind
	Name         string
	Identifier   string            // number or address shown to people
	ExternalID   string            // the provider's id of the endpoint, unique per account and kind (phone_number_id)
	GroupID      string            // the provider's id of what owns it (waba_id); templates belong to it
	PublicKey    string            // unguessable part of the webhook URL
	Settings     map[string]string // as the adapter's schema names them; secrets are sealed
	IsDefault    bool
	Active       bool
	Simulated    bool // served by the built-in simulator
	State        ConnectionState
	StateReason  string            // stable code: "auth_failed", "flagged" …; empty when fine
	Health       map[string]string // what the provider said last: quality, throughput, tier, verified_name
	CheckedAt    Time
	SecretsAt    Time // when a secret was last stored
	ReadReceipts bool
	Greeting     string
	Color        string
	Queues       []ID // initial queues; ordered by the queues' position
	Rev          int64
	CreatedAt    Time
}

// Template is a message approved by the provider (D02, B8). It belongs to what
// owns the connection (account, group id, name, language), not to one number.
type Template struct {
	ID              ID
	AccountID       ID
	Kind            ChannelKind
	GroupID         string // waba_id
	ProviderID      string
	Name            string
	Language        string
	Category        string // upper case, as the provider names it: MARKETING, UTILITY, AUTHENTICATION
	Status          string // upper case: APPROVED, PENDING, REJECTED, PAUSED …
	Quality         string // GREEN, YELLOW, RED, UNKNOWN
	RejectedReason  string
	ParameterFormat string // POSITIONAL or NAMED
	Components      []TemplateComponent
	SyncedAt        Time
	CreatedAt       Time
}

// TemplateDeleted is the status of a template that the provider no longer has.
const TemplateDeleted = "DELETED"

// Deleted reports whether the provider no longer has the template.
func (t *Template) Deleted() bool { return t.Status == TemplateDeleted }

// Approved reports whether the template may be sent.
func (t *Template) Approved() bool { return t.Status == "APPROVED" }
