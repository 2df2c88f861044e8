package desk

// Content is the structured part of a message, kept as JSON. Exactly the field
// of its type is set.
type Content struct {
	Location    *Location     `json:"location,omitempty"`
	Contacts    []ContactCard `json:"contacts,omitempty"`
	Interactive *Interactive  `json:"interactive,omitempty"`
	Template    *TemplateSend `json:"template,omitempty"`
	Reaction    *ReactionSend `json:"reaction,omitempty"`
	Order       *Order        `json:"order,omitempty"`
	System      *SystemNote   `json:"system,omitempty"`
	Call        *CallNote     `json:"call,omitempty"`
	Referral    *Referral     `json:"referral,omitempty"`
	Forwarded   bool          `json:"forwarded,omitempty"`
	Unsupported string        `json:"unsupported,omitempty"` // the provider's name of the kind
	Animated    bool          `json:"animated,omitempty"`    // of a sticker
	QuotedID    string        `json:"quoted_id,omitempty"`   // provider id of a quoted message we don't have
}

// Location is a point on the map.
type Location struct {
	Latitude  float64 `json:"latitude" minimum:"-90" maximum:"90"`
	Longitude float64 `json:"longitude" minimum:"-180" maximum:"180"`
	Name      string  `json:"name,omitempty" maxLength:"1000"`
	Address   string  `json:"address,omitempty" maxLength:"1000"`
	URL       string  `json:"url,omitempty" readOnly:"true"`
}

// ContactCard is a visiting card.
type ContactCard struct {
	Name      CardName    `json:"name"`
	Phones    []CardPhone `json:"phones,omitempty" maxItems:"20"`
	Emails    []CardEmail `json:"emails,omitempty" maxItems:"20"`
	Org       *CardOrg    `json:"org,omitempty"`
	URLs      []CardURL   `json:"urls,omitempty" maxItems:"20"`
	Addresses []CardPlace `json:"addresses,omitempty" maxItems:"20"`
	Birthday  string      `json:"birthday,omitempty"`
}

// CardName is the name on a card; Formatted is required.
type CardName struct {
	Formatted string `json:"formatted_name" minLength:"1" maxLength:"200"`
	First     string `json:"first_name,omitempty" maxLength:"200"`
	Last      string `json:"last_name,omitempty" maxLength:"200"`
	Middle    string `json:"middle_name,omitempty" maxLength:"200"`
	Prefix    string `json:"prefix,omitempty" maxLength:"50"`
	Suffix    string `json:"suffix,omitempty" maxLength:"50"`
}

// CardPhone is a phone on a card.
type CardPhone struct {
	Phone string `json:"phone" maxLength:"50"`
	Type  string `json:"type,omitempty" maxLength:"50"`
	WaID  string `json:"wa_id,omitempty" maxLength:"50"`
}

// CardEmail is an e-mail address on a card.
type CardEmail struct {
	Email string `json:"email" maxLength:"254"`
	Type  string `json:"type,omitempty" maxLength:"50"`
}

// CardOrg is the company on a card.
type CardOrg struct {
	Company    string `json:"company,omitempty" maxLength:"200"`
	Department string `json:"department,omitempty" maxLength:"200"`
	Title      string `json:"title,omitempty" maxLength:"200"`
}

// CardURL is a link on a card.
type CardURL struct {
	URL  string `json:"url" maxLength:"2000"`
	Type string `json:"type,omitempty" maxLength:"50"`
}

// CardPlace is a postal address on a card.
type CardPlace struct {
	Street      string `json:"street,omitempty" maxLength:"200"`
	City        string `json:"city,omitempty" maxLength:"200"`
	State       string `json:"state,omitempty" maxLength:"100"`
	Zip         string `json:"zip,omitempty" maxLength:"20"`
	Country     string `json:"country,omitempty" maxLength:"100"`
	CountryCode string `json:"country_code,omitempty" maxLength:"3"`
	Type        string `json:"type,omitempty" maxLength:"50"`
}

// Interactive is a message with choices, or the choice itself.
type Interactive struct {
	Kind    string        `json:"kind" enum:"buttons,list,cta_url,button_reply,list_reply,template_button,flow_reply,call_permission_reply,location_request"`
	Header  *RichHeader   `json:"header,omitempty"`
	Body    string        `json:"body,omitempty" maxLength:"4096"`
	Footer  string        `json:"footer,omitempty" maxLength:"60"`
	Buttons []Button      `json:"buttons,omitempty" maxItems:"3"`
	List    *OptionList   `json:"list,omitempty"`
	Link    *LinkButton   `json:"link,omitempty"`
	Reply   *ChosenOption `json:"reply,omitempty" readOnly:"true"`
}

// RichHeader is what stands above the body: a short text or a media file.
type RichHeader struct {
	Text    string `json:"text,omitempty" maxLength:"60"`
	MediaID ID     `json:"media_id,omitempty"`
}

// Button is one quick-reply button.
type Button struct {
	ID    string `json:"id" minLength:"1" maxLength:"256"`
	Title string `json:"title" minLength:"1" maxLength:"20"`
}

// OptionList is a list behind a button.
type OptionList struct {
	Button   string        `json:"button" minLength:"1" maxLength:"20"`
	Sections []ListSection `json:"sections" minItems:"1" maxItems:"10"`
}

// ListSection groups rows of a list.
type ListSection struct {
	Title string    `json:"title,omitempty" maxLength:"24"`
	Rows  []ListRow `json:"rows" minItems:"1" maxItems:"10"`
}

// ListRow is one choice of a list.
type ListRow struct {
	ID          string `json:"id" minLength:"1" maxLength:"200"`
	Title       string `json:"title" minLength:"1" maxLength:"24"`
	Description string `json:"description,omitempty" maxLength:"72"`
}

// LinkButton opens a web page.
type LinkButton struct {
	Text string `json:"text" minLength:"1" maxLength:"20"`
	URL  string `json:"url" format:"uri" maxLength:"2000"`
}

// ChosenOption is what the contact tapped.
type ChosenOption struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Data        string `json:"data,omitempty"` // JSON of a form answer
}

// ReactionSend is our own reaction on its way out.
type ReactionSend struct {
	MessageID ID     `json:"message_id"`
	Emoji     string `json:"emoji"`
}

// Order is a basket sent from the catalogue.
type Order struct {
	CatalogID string      `json:"catalog_id,omitempty"`
	Text      string      `json:"text,omitempty"`
	Items     []OrderItem `json:"items"`
}

// OrderItem is one line of a basket. Prices are the provider's decimals.
type OrderItem struct {
	ProductID string `json:"product_id"`
	Quantity  string `json:"quantity"`
	Price     string `json:"price"`
	Currency  string `json:"currency"`
}

// SystemNote tells of a change on the contact's side, e.g. a new number.
type SystemNote struct {
	Kind string `json:"kind"`
	Text string `json:"text,omitempty"`
}

// CallNote is a call seen on the channel.
type CallNote struct {
	Event      string    `json:"event"`
	Direction  Direction `json:"direction"`
	Status     string    `json:"status,omitempty"`
	DurationMS int64     `json:"duration_ms,omitempty"`
}

// Referral is the ad or post that led the contact here.
type Referral struct {
	SourceType string `json:"source_type,omitempty"`
	SourceID   string `json:"source_id,omitempty"`
	SourceURL  string `json:"source_url,omitempty"`
	Headline   string `json:"headline,omitempty"`
	Body       string `json:"body,omitempty"`
	ClickID    string `json:"click_id,omitempty"`
}

// TemplateComponent is one part of a template as the provider defines it.
type TemplateComponent struct {
	Type    string           `json:"type"`             // HEADER, BODY, FOOTER, BUTTONS
	Format  string           `json:"format,omitempty"` // of a header: TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION
	Text    string           `json:"text,omitempty"`
	Example *TemplateExample `json:"example,omitempty"`
	Buttons []TemplateButton `json:"buttons,omitempty"`
	// AddSecurityRecommendation and CodeExpirationMinutes belong to
	// authentication templates.
	AddSecurityRecommendation bool `json:"add_security_recommendation,omitempty"`
	CodeExpirationMinutes     int  `json:"code_expiration_minutes,omitempty"`
}

// TemplateExample holds the sample values given when the template was created.
type TemplateExample struct {
	HeaderText            []string       `json:"header_text,omitempty"`
	HeaderHandle          []string       `json:"header_handle,omitempty"`
	HeaderTextNamedParams []NamedExample `json:"header_text_named_params,omitempty"`
	BodyText              [][]string     `json:"body_text,omitempty"`
	BodyTextNamedParams   []NamedExample `json:"body_text_named_params,omitempty"`
}

// NamedExample is the sample value of a named parameter.
type NamedExample struct {
	Name    string `json:"param_name"`
	Example string `json:"example"`
}

// TemplateButton is one button of a template.
type TemplateButton struct {
	Type        string   `json:"type"` // QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE, OTP, FLOW …
	Text        string   `json:"text,omitempty"`
	URL         string   `json:"url,omitempty"`
	PhoneNumber string   `json:"phone_number,omitempty"`
	OTPType     string   `json:"otp_type,omitempty"`
	FlowID      string   `json:"flow_id,omitempty"`
	Example     []string `json:"example,omitempty"`
}

// TemplateSend is a template with its values, ready to leave. Text is the body
// with the values put in: what the contact reads and what the timeline shows.
type TemplateSend struct {
	Name       string           `json:"name"`
	Language   string           `json:"language"`
	Category   string           `json:"category"`
	Format     string           `json:"format"` // POSITIONAL or NAMED
	Values     []TemplateValue  `json:"values,omitempty"`
	Header     string           `json:"header,omitempty"` // rendered text header
	HeaderKind string           `json:"header_kind,omitempty"`
	Text       string           `json:"text"`
	Footer     string           `json:"footer,omitempty"`
	Buttons    []RenderedButton `json:"buttons,omitempty"`
}

// RenderedButton is a template button with its values put in.
type RenderedButton struct {
	Type string `json:"type"`
	Text string `json:"text"`
	URL  string `json:"url,omitempty"`
}

// TemplateValue fills one placeholder of a template.
type TemplateValue struct {
	Component string    `json:"component" enum:"header,body,button" doc:"where the placeholder stands"`
	Button    int       `json:"button,omitempty" minimum:"0" maximum:"9" doc:"index of the button"`
	Name      string    `json:"name,omitempty" maxLength:"60" doc:"placeholder: its name, or its number as text"`
	Kind      string    `json:"kind,omitempty" enum:"text,currency,date_time,media,location,payload,coupon_code,flow" doc:"text when absent"`
	Text      string    `json:"text,omitempty" maxLength:"1024" doc:"text, fallback text, payload, coupon code or flow token"`
	MediaID   ID        `json:"media_id,omitempty"`
	Location  *Location `json:"location,omitempty"`
	Currency  string    `json:"currency,omitempty" maxLength:"3"`
	Amount    int64     `json:"amount_1000,omitempty" doc:"amount times 1000"`
}
