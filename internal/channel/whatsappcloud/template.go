package whatsappcloud

import (
	"encoding/json"
	"strings"

	"github.com/prosa-desk/prosa/internal/desk"
)

// template is a template as Meta writes and takes it. Meta: templates/components.
type template struct {
	ID             text        `json:"id,omitempty"`
	Name           text        `json:"name"`
	Language       text        `json:"language"`
	Status         text        `json:"status,omitempty"`
	Category       text        `json:"category"`
	Quality        quality     `json:"quality_score,omitzero"`
	Format         text        `json:"parameter_format,omitempty"`
	RejectedReason text        `json:"rejected_reason,omitempty"`
	Components     []component `json:"components"`
}

// quality is an object, a bare word or absent.
type quality string

// UnmarshalJSON implements json.Unmarshaler.
func (q *quality) UnmarshalJSON(b []byte) error {
	var score struct {
		Score text `json:"score"`
	}
	if json.Unmarshal(b, &score) == nil {
		*q = quality(score.Score)
		return nil
	}
	var word text
	err := json.Unmarshal(b, &word)
	*q = quality(word)
	return err
}

type component struct {
	Type       text             `json:"type"`
	Format     text             `json:"format,omitempty"`
	Text       text             `json:"text,omitempty"`
	Example    *example         `json:"example,omitempty"`
	Buttons    []templateButton `json:"buttons,omitempty"`
	Security   bool             `json:"add_security_recommendation,omitempty"`
	Expiration int              `json:"code_expiration_minutes,omitempty"`
}

type example struct {
	HeaderText   texts               `json:"header_text,omitempty"`
	HeaderHandle texts               `json:"header_handle,omitempty"`
	HeaderNamed  []desk.NamedExample `json:"header_text_named_params,omitempty"`
	BodyText     rows                `json:"body_text,omitempty"`
	BodyNamed    []desk.NamedExample `json:"body_text_named_params,omitempty"`
}

type templateButton struct {
	Type        text  `json:"type"`
	Text        text  `json:"text,omitempty"`
	URL         text  `json:"url,omitempty"`
	PhoneNumber text  `json:"phone_number,omitempty"`
	OTPType     text  `json:"otp_type,omitempty"`
	FlowID      text  `json:"flow_id,omitempty"`
	Example     texts `json:"example,omitempty"`
}

// texts is a list of texts that Meta also writes as one text.
type texts []string

// UnmarshalJSON implements json.Unmarshaler.
func (t *texts) UnmarshalJSON(b []byte) error {
	var many []text
	if json.Unmarshal(b, &many) != nil {
		var one text
		if err := json.Unmarshal(b, &one); err != nil {
			return err
		}
		many = []text{one}
	}
	*t = nil
	for _, s := range many {
		*t = append(*t, string(s))
	}
	return nil
}

// rows is a list of lists of texts that Meta also writes as one list.
type rows [][]string

// UnmarshalJSON implements json.Unmarshaler.
func (r *rows) UnmarshalJSON(b []byte) error {
	var many []texts
	var flat []text
	if json.Unmarshal(b, &flat) == nil {
		row := texts{}
		for _, s := range flat {
			row = append(row, string(s))
		}
		many = []texts{row}
	} else if err := json.Unmarshal(b, &many); err != nil {
		return err
	}
	*r = nil
	for _, row := range many {
		*r = append(*r, row)
	}
	return nil
}

// desk translates a template of Meta's.
func (t template) desk(acc account, at desk.Time) desk.Template {
	out := desk.Template{
		AccountID: acc.conn.AccountID, Kind: desk.WhatsAppOfficial, GroupID: acc.groupID, ProviderID: string(t.ID),
		Name: string(t.Name), Language: string(t.Language), Category: upper(t.Category), Status: upper(t.Status),
		Quality: upper(text(first(text(t.Quality), "UNKNOWN"))), RejectedReason: string(t.RejectedReason),
		ParameterFormat: upper(t.Format), SyncedAt: at,
	}
	if out.RejectedReason == "NONE" {
		out.RejectedReason = ""
	}
	isNamed := false
	for _, c := range t.Components {
		out.Components = append(out.Components, c.desk())
		isNamed = isNamed || c.Example != nil && len(c.Example.BodyNamed)+len(c.Example.HeaderNamed) > 0
	}
	if out.ParameterFormat == "" {
		out.ParameterFormat = "POSITIONAL"
		if isNamed {
			out.ParameterFormat = named
		}
	}
	return out
}

func upper(t text) string { return strings.ToUpper(string(t)) }

func (c component) desk() desk.TemplateComponent {
	out := desk.TemplateComponent{
		Type: upper(c.Type), Format: upper(c.Format), Text: string(c.Text),
		AddSecurityRecommendation: c.Security, CodeExpirationMinutes: c.Expiration,
	}
	if e := c.Example; e != nil {
		out.Example = &desk.TemplateExample{
			HeaderText: e.HeaderText, HeaderHandle: e.HeaderHandle, HeaderTextNamedParams: e.HeaderNamed,
			BodyText: e.BodyText, BodyTextNamedParams: e.BodyNamed,
		}
	}
	for _, b := range c.Buttons {
		out.Buttons = append(out.Buttons, desk.TemplateButton{
			Type: upper(b.Type), Text: string(b.Text), URL: string(b.URL), PhoneNumber: string(b.PhoneNumber),
			OTPType: upper(b.OTPType), FlowID: string(b.FlowID), Example: b.Example,
		})
	}
	return out
}

// templateOf writes a template for its creation.
func templateOf(t desk.Template) template {
	out := template{
		Name: text(t.Name), Language: text(t.Language), Category: text(strings.ToUpper(t.Category)),
		Format: text(strings.ToUpper(t.ParameterFormat)), Components: []component{},
	}
	for _, c := range t.Components {
		out.Components = append(out.Components, componentFrom(c))
	}
	return out
}

func componentFrom(c desk.TemplateComponent) component {
	out := component{
		Type: text(strings.ToUpper(c.Type)), Format: text(strings.ToUpper(c.Format)), Text: text(c.Text),
		Security: c.AddSecurityRecommendation, Expiration: c.CodeExpirationMinutes,
	}
	if e := c.Example; e != nil {
		out.Example = &example{
			HeaderText: e.HeaderText, HeaderHandle: e.HeaderHandle, HeaderNamed: e.HeaderTextNamedParams,
			BodyText: e.BodyText, BodyNamed: e.BodyTextNamedParams,
		}
	}
	for _, b := range c.Buttons {
		out.Buttons = append(out.Buttons, templateButton{
			Type: text(strings.ToUpper(b.Type)), Text: text(b.Text), URL: text(b.URL), PhoneNumber: text(b.PhoneNumber),
			OTPType: text(strings.ToUpper(b.OTPType)), FlowID: text(b.FlowID), Example: b.Example,
		})
	}
	return out
}
