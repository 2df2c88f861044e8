package whatsappcloud

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/channel"
)

// receipt marks a message and all before it as read; with typing the contact
// sees for 25 s, or until we write, that we are writing. Meta:
// typing-indicators, mark-message-as-read.
type receipt struct {
	Product   string  `json:"messaging_product"`
	Status    string  `json:"status"`
	MessageID string  `json:"message_id"`
	Typing    *typing `json:"typing_indicator,omitempty"`
}

type typing struct {
	Type string `json:"type"`
}

// MarkRead implements channel.ReadMarker.
func (a *Adapter) MarkRead(ctx context.Context, c channel.Connection, providerID string, writing bool) error {
	acc, f := a.account(c)
	if f != nil {
		return f
	}
	body := receipt{Product: "whatsapp", Status: "read", MessageID: providerID}
	if writing {
		body.Typing = &typing{Type: "text"}
	}
	f = a.do(ctx, acc, call{method: http.MethodPost, url: acc.url(nil, acc.phoneID, "messages"), json: body, harmless: true}, nil)
	if f != nil {
		return f
	}
	return nil
}
