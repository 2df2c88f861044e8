package api

import (
	"net/http"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// connection is a configured number or address. Users see what they need to
// recognise and choose it; supervisors its health; administrators the rest.
type connection struct {
	ID           id                   `json:"id"`
	Kind         desk.ChannelKind     `json:"kind"`
	Name         string               `json:"name"`
	Identifier   string               `json:"identifier" doc:"number or address for people"`
	Default      bool                 `json:"default"`
	Active       bool                 `json:"active"`
	Simulated    bool                 `json:"simulated"`
	Color        string               `json:"color"`
	State        desk.ConnectionState `json:"state"`
	StateReason  string               `json:"state_reason" doc:"stable code; empty when fine"`
	Capabilities channel.Capabilities `json:"capabilities"`
	ReadReceipts bool                 `json:"read_receipts"`
	Queues       []id                 `json:"queues" doc:"initial queues"`
	Greeting     string               `json:"greeting"`
	Health       map[string]string    `json:"health,omitempty" doc:"what the provider said last: quality, throughput, tier, verified_name"`
	CheckedAt    when                 `json:"checked_at"`
	ExternalID   string               `json:"external_id,omitempty" doc:"the provider's id of the number"`
	GroupID      string               `json:"group_id,omitempty" doc:"the provider's id of what owns it"`
	Settings     map[string]string    `json:"settings,omitempty" doc:"without secrets"`
	Secrets      []string             `json:"secrets,omitempty" doc:"names of the secrets that are stored"`
	SecretsAt    when                 `json:"secrets_at" doc:"when a secret was last stored"`
	WebhookURL   string               `json:"webhook_url,omitempty"`
	VerifyToken  string               `json:"verify_token,omitempty"`
	Version      int64                `json:"version"`
	CreatedAt    when                 `json:"created_at"`
}

type connectionList struct {
	Searched
	Kind      desk.ChannelKind `query:"kind"`
	UsableFor string           `query:"usable_for" maxLength:"20" doc:"id of a contact: only those that can reach it now and that this user may use; new for somebody not yet known"`
}

type connectionNew struct {
	Kind         desk.ChannelKind  `json:"kind"`
	Name         string            `json:"name" minLength:"1" maxLength:"120"`
	Settings     map[string]string `json:"settings,omitempty" doc:"as GET /connection-kinds describes them"`
	Queues       []id              `json:"queues,omitempty" maxItems:"50"`
	Default      bool              `json:"default,omitempty" doc:"the first connection always is"`
	ReadReceipts *bool             `json:"read_receipts,omitempty" doc:"true when absent"`
	Greeting     string            `json:"greeting,omitempty" maxLength:"4096"`
	Color        string            `json:"color,omitempty" maxLength:"7"`
	Active       *bool             `json:"active,omitempty" doc:"true when absent"`
}

type connectionPatch struct {
	Name         *string            `json:"name,omitempty" maxLength:"120"`
	Settings     *map[string]string `json:"settings,omitempty" doc:"only what is named changes"`
	Queues       *[]id              `json:"queues,omitempty" maxItems:"50"`
	Default      *bool              `json:"default,omitempty"`
	ReadReceipts *bool              `json:"read_receipts,omitempty"`
	Greeting     *string            `json:"greeting,omitempty" maxLength:"4096"`
	Color        *string            `json:"color,omitempty" maxLength:"7"`
	Active       *bool              `json:"active,omitempty"`
}

// connectionKind describes what can be connected.
type connectionKind struct {
	Kind      desk.ChannelKind       `json:"kind"`
	Available bool                   `json:"available" doc:"this program has its adapter"`
	Settings  []channel.SettingField `json:"settings"`
	Webhook   bool                   `json:"webhook" doc:"the provider pushes to webhook_url"`
	Templates bool                   `json:"templates" doc:"templates can be synchronised"`
	Check     bool                   `json:"check" doc:"health can be checked"`
}

func (s *Server) connectionRoutes() {
	op := operation{tag: "connections"}
	handle(s, op.get("list-connection-kinds", "/connection-kinds", "What can be connected, with the settings it needs", ""), unfinished[none, body[items[connectionKind]]])
	handle(s, op.get("list-connections", "/connections", "Connections", ""), unfinished[connectionList, body[page[connection]]])
	handle(s, op.post("create-connection", "/connections", "Add a connection", "").creates(nil).refuses(http.StatusConflict), unfinished[write[connectionNew], statusBody[connection]])
	handle(s, op.get("get-connection", "/connections/{id}", "One connection", "").refuses(http.StatusNotFound), unfinished[ByID, body[connection]])
	handle(s, op.patch("update-connection", "/connections/{id}", "Change a connection", "").refuses(http.StatusNotFound, http.StatusConflict), unfinished[change[connectionPatch], body[connection]])
	handle(s, op.delete("delete-connection", "/connections/{id}", "Delete a connection without live tickets", "").refuses(http.StatusNotFound), unfinished[ByID, none])
	handle(s, op.post("check-connection", "/connections/{id}/check", "Ask the provider now", "The answer holds the state found; a failing check is not an error of this call.").refuses(http.StatusNotFound), unfinished[ByID, body[connection]])
}
