package api

import (
	"net/http"

	"github.com/prosa-desk/prosa/internal/desk"
)

// template is a message approved by the provider.
type template struct {
	ID              id                       `json:"id"`
	Kind            desk.ChannelKind         `json:"kind"`
	GroupID         string                   `json:"group_id" doc:"the provider's id of the account that owns it"`
	Connections     []id                     `json:"connections" doc:"those it can be sent over"`
	Name            string                   `json:"name"`
	Language        string                   `json:"language"`
	Category        string                   `json:"category" doc:"MARKETING, UTILITY, AUTHENTICATION"`
	Status          string                   `json:"status" doc:"APPROVED, PENDING, REJECTED, PAUSED …"`
	Quality         string                   `json:"quality" doc:"GREEN, YELLOW, RED, UNKNOWN"`
	RejectedReason  string                   `json:"rejected_reason"`
	ParameterFormat string                   `json:"parameter_format" enum:"POSITIONAL,NAMED"`
	Components      []desk.TemplateComponent `json:"components"`
	Placeholders    []desk.Placeholder       `json:"placeholders" doc:"what is to be filled, in order"`
	Fillable        bool                     `json:"fillable" doc:"this program can fill all of it"`
	SyncedAt        when                     `json:"synced_at"`
	CreatedAt       when                     `json:"created_at"`
}

type templateList struct {
	Searched
	Status     string `query:"status" maxLength:"40" doc:"APPROVED, PENDING …"`
	Category   string `query:"category" maxLength:"40"`
	Language   string `query:"language" maxLength:"20"`
	Connection idIn   `query:"connection" doc:"those that can be sent over it"`
}

type templateNew struct {
	ConnectionID    id                       `json:"connection_id"`
	Name            string                   `json:"name" minLength:"1" maxLength:"512" pattern:"^[a-z0-9_]+$" patternDescription:"lower-case letters, digits and _"`
	Language        string                   `json:"language" minLength:"2" maxLength:"20"`
	Category        string                   `json:"category" enum:"MARKETING,UTILITY,AUTHENTICATION"`
	ParameterFormat string                   `json:"parameter_format,omitempty" enum:"POSITIONAL,NAMED" default:"POSITIONAL"`
	Components      []desk.TemplateComponent `json:"components" minItems:"1" maxItems:"4"`
}

type templateSync struct {
	ConnectionID ref `json:"connection_id,omitempty" doc:"none: all connections with templates"`
}

// templateSynced counts what a synchronisation did.
type templateSynced struct {
	Created int `json:"created"`
	Updated int `json:"updated"`
	Removed int `json:"removed"`
	Total   int `json:"total"`
}

// templatePreview asks how a template will read.
type templatePreview struct {
	ContactID ref                  `json:"contact_id,omitempty" doc:"fills named placeholders that are variables of ours"`
	TicketID  ref                  `json:"ticket_id,omitempty"`
	Values    []desk.TemplateValue `json:"values,omitempty" maxItems:"50"`
}

// templatePreviewed is how it will read. The text equals what is sent.
type templatePreviewed struct {
	Template desk.TemplateSend    `json:"template"`
	Values   []desk.TemplateValue `json:"values" doc:"given ones and those filled in"`
	Problems []problemField       `json:"problems" doc:"what still keeps it from being sent"`
}

func (s *Server) templateRoutes() {
	op := operation{tag: "templates"}
	handle(s, op.get("list-templates", "/templates", "Templates", ""), unfinished[templateList, body[page[template]]])
	handle(s, op.post("create-template", "/templates", "Submit a template for approval", "").creates(nil).refuses(http.StatusConflict), unfinished[write[templateNew], statusBody[template]])
	handle(s, op.post("sync-templates", "/templates/sync", "Fetch the templates from the provider", ""), unfinished[write[templateSync], body[templateSynced]])
	handle(s, op.get("get-template", "/templates/{id}", "One template", "").refuses(http.StatusNotFound), unfinished[ByID, body[template]])
	handle(s, op.delete("delete-template", "/templates/{id}", "Delete a template at the provider", "").refuses(http.StatusNotFound), unfinished[ByID, none])
	handle(s, op.post("preview-template", "/templates/{id}/preview", "Fill a template without sending it", "").refuses(http.StatusNotFound), unfinished[change[templatePreview], body[templatePreviewed]])
}
