// Package whatsappcloud is the official WhatsApp channel: Meta's Cloud API.
//
// It sends through the Graph API, reads Meta's signed webhooks and manages
// templates. Facts of the protocol are marked "Meta:" with the page of Meta's
// documentation that states them.
package whatsappcloud

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// The abilities of the channel.
var (
	_ channel.Adapter        = (*Adapter)(nil)
	_ channel.Webhook        = (*Adapter)(nil)
	_ channel.Prober         = (*Adapter)(nil)
	_ channel.MediaFetcher   = (*Adapter)(nil)
	_ channel.TemplateSource = (*Adapter)(nil)
	_ channel.ReadMarker     = (*Adapter)(nil)
	_ channel.Pacer          = (*Adapter)(nil)
)

// Adapter is the WhatsApp Cloud API as a channel. It may be used by several
// goroutines.
type Adapter struct {
	http    *http.Client
	now     func() time.Time
	log     *slog.Logger
	uploads *uploads
	pairs   *pairs
}

// Options are what an Adapter works with. All may be left out.
type Options struct {
	HTTP *http.Client // for its transport: time limits and redirects are the adapter's own
	Now  func() time.Time
	Log  *slog.Logger
}

// New returns an Adapter.
func New(o Options) *Adapter {
	client := &http.Client{}
	if o.HTTP != nil {
		*client = *o.HTTP
	}
	if client.Transport == nil {
		client.Transport = oneHost()
	}
	client.Timeout = 0
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Adapter{http: client, now: o.Now, log: o.Log, uploads: newUploads(o.Now), pairs: newPairs(o.Now)}
}

// oneHost is a transport for many calls at once to one host. The usual one
// keeps two connections to a host, and opens the others anew for every call
// where HTTP/2 is not spoken: by a proxy, or the simulator.
func oneHost() http.RoundTripper {
	usual, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // somebody has replaced it, and means it
		return http.DefaultTransport
	}
	const callsAtOnce = 64
	t := usual.Clone()
	t.MaxIdleConnsPerHost = callsAtOnce
	return t
}

// Kind implements channel.Adapter.
func (a *Adapter) Kind() desk.ChannelKind { return desk.WhatsAppOfficial }

// Names of the settings, and what they are when left out.
const (
	settingPhoneID   = "phone_number_id"
	settingWABA      = "waba_id"
	settingToken     = "access_token"
	settingAppSecret = "app_secret"
	settingVerify    = "verify_token"
	settingURL       = "graph_url"
	settingVersion   = "graph_version"

	defaultURL     = "https://graph.facebook.com"
	defaultVersion = "v25.0" // lives until 29 Jul 2028
)

// Settings implements channel.Adapter.
func (a *Adapter) Settings() channel.Schema {
	const id = `^[0-9]{5,20}$`
	return channel.Schema{Endpoint: settingPhoneID, Group: settingWABA, Fields: []channel.SettingField{
		{Key: settingPhoneID, Type: "text", Required: true, Pattern: id, MaxLength: 20},
		{Key: settingWABA, Type: "text", Required: true, Pattern: id, MaxLength: 20},
		{Key: settingToken, Type: "secret", Required: true, Secret: true, MaxLength: 1000},
		{Key: settingAppSecret, Type: "secret", Required: true, Secret: true, MaxLength: 200},
		{Key: settingVerify, Type: "text", Generated: true, MaxLength: 200},
		{Key: settingURL, Type: "url", Default: defaultURL, MaxLength: 500},
		{Key: settingVersion, Type: "text", Default: defaultVersion, Pattern: `^v[0-9]{1,3}\.[0-9]{1,2}$`, MaxLength: 8},
	}}
}

// Limits of messages. Meta: messages/*, lengths in characters.
const (
	maxText        = 4096
	maxCaption     = 1024
	maxCards       = 5
	maxButtons     = 3
	maxRows        = 10
	maxSections    = 10
	maxBody        = 1024 // of buttons and link buttons
	maxListBody    = 4096
	maxShort       = 60 // header text and footer
	maxButtonTitle = 20
	maxButtonID    = 256
	maxRowTitle    = 24
	maxRowID       = 200
	maxRowText     = 72
	maxLink        = 2000
)

const megabyte = 1 << 20

// Capabilities implements channel.Adapter. Meta: business-phone-numbers/media.
func (a *Adapter) Capabilities(channel.Connection) channel.Capabilities {
	return channel.Capabilities{
		Windowed: true, Templates: true, Text: maxText, Caption: maxCaption,
		Media: map[desk.MessageType]channel.MediaLimit{
			desk.TypeImage:    {MaxBytes: 5 * megabyte, MIME: []string{"image/jpeg", "image/png"}, Caption: true},
			desk.TypeVideo:    {MaxBytes: 16 * megabyte, MIME: []string{"video/mp4", "video/3gpp"}, Caption: true},
			desk.TypeAudio:    {MaxBytes: 16 * megabyte, MIME: []string{"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}},
			desk.TypeVoice:    {MaxBytes: 16 * megabyte, MIME: []string{"audio/ogg"}},
			desk.TypeDocument: {MaxBytes: 100 * megabyte, MIME: documentTypes(), Caption: true},
			desk.TypeSticker:  {MaxBytes: 500 << 10, MIME: []string{"image/webp"}},
		},
		Location: true, Contacts: maxCards, Buttons: maxButtons, ListRows: maxRows, Link: true,
		Reactions: true, Replies: true, Receipts: true, NeedsPhone: true,
	}
}

// documentTypes are the documents that Meta's upload takes, and those that are
// plain text under another name, which are uploaded as such: see uploadType.
func documentTypes() []string {
	const office = "application/vnd.openxmlformats-officedocument."
	return []string{
		"application/pdf", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
		office + "wordprocessingml.document", office + "spreadsheetml.sheet", office + "presentationml.presentation",
		"text/*", "application/xml", "application/json",
	}
}

// Pace implements channel.Pacer: 80 messages a second for the number, and to
// one contact one in six seconds with 45 lent in advance. Meta:
// messaging-limits, throughput. Text after media waits for its delivery, since
// Meta delivers in no order.
func (a *Adapter) Pace(channel.Connection) channel.Pace {
	return channel.Pace{PerSecond: 80, PairEvery: 6 * time.Second, PairBurst: 45, AfterMedia: 10 * time.Second}
}
