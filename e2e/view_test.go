package e2e_test

import (
	"encoding/json"
	"time"
)

// What the tests read of the API's answers. That nothing else is missing or
// superfluous is the contract's to say.

type page[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next"`
}

type items[T any] struct {
	Items []T `json:"items"`
}

type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type me struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Role    string   `json:"role"`
	Queues  []string `json:"queues"`
	Can     []string `json:"can"`
	Sandbox bool     `json:"sandbox"`
	Account struct {
		Name string `json:"name"`
		Demo bool   `json:"demo"`
	} `json:"account"`
}

type setupState struct {
	Needed       bool `json:"needed"`
	CodeRequired bool `json:"code_required"`
	Demo         bool `json:"demo"`
}

type problem struct {
	Status int            `json:"status"`
	Code   string         `json:"code"`
	Params map[string]any `json:"params"`
	Errors []struct {
		Location string         `json:"location"`
		Code     string         `json:"code"`
		Params   map[string]any `json:"params"`
	} `json:"errors"`
}

// on is the code of the refused field, "" if it is not refused.
func (p problem) on(location string) string {
	for _, e := range p.Errors {
		if e.Location == location {
			return e.Code
		}
	}
	return ""
}

type connection struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	State       string            `json:"state"`
	StateReason string            `json:"state_reason"`
	Identifier  string            `json:"identifier"`
	Default     bool              `json:"default"`
	Simulated   bool              `json:"simulated"`
	WebhookURL  string            `json:"webhook_url"`
	VerifyToken string            `json:"verify_token"`
	Settings    map[string]string `json:"settings"`
	Secrets     []string          `json:"secrets"`
	Health      map[string]any    `json:"health"`
}

type contact struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Phone      string `json:"phone"`
	Email      string `json:"email"`
	Identities []struct {
		Kind    string `json:"kind"`
		Address string `json:"address"`
	} `json:"identities"`
}

type ticket struct {
	ID              string     `json:"id"`
	Number          int64      `json:"number"`
	Status          string     `json:"status"`
	Origin          string     `json:"origin"`
	Contact         contact    `json:"contact"`
	ConnectionID    string     `json:"connection_id"`
	QueueID         *string    `json:"queue_id"`
	UserID          *string    `json:"user_id"`
	Unread          int        `json:"unread"`
	WaitingCount    int        `json:"waiting_count"`
	AwaitingContact bool       `json:"awaiting_contact"`
	WindowExpiresAt *time.Time `json:"window_expires_at"`
	Tags            []string   `json:"tags"`
	Can             []string   `json:"can"`
	Version         int64      `json:"version"`
	CreatedAt       time.Time  `json:"created_at"`
	QueuedAt        *time.Time `json:"queued_at"`
	LastMessage     *struct {
		ID      string `json:"id"`
		Excerpt string `json:"excerpt"`
	} `json:"last_message"`
	Cost struct {
		Micros        int64  `json:"micros"`
		Currency      string `json:"currency"`
		BillableCount int    `json:"billable_count"`
	} `json:"cost"`
}

type media struct {
	ID         string `json:"id"`
	State      string `json:"state"`
	Kind       string `json:"kind"`
	MIME       string `json:"mime"`
	Name       string `json:"name"`
	Size       int    `json:"size"`
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	DurationMS int64  `json:"duration_ms"`
	URL        string `json:"url"`
	ThumbURL   string `json:"thumb_url"`
	Error      string `json:"error"`
}

type message struct {
	ID        string  `json:"id"`
	ClientID  string  `json:"client_id"`
	TicketID  *string `json:"ticket_id"`
	ContactID string  `json:"contact_id"`
	Direction string  `json:"direction"`
	Author    string  `json:"author"`
	Type      string  `json:"type"`
	Body      string  `json:"body"`
	Media     []media `json:"media"`
	ReplyTo   *struct {
		ID      *string `json:"id"`
		Excerpt string  `json:"excerpt"`
	} `json:"reply_to"`
	Reactions []struct {
		Author string `json:"author"`
		Emoji  string `json:"emoji"`
	} `json:"reactions"`
	Template *struct {
		Name    string `json:"name"`
		Text    string `json:"text"`
		Header  string `json:"header"`
		Buttons []struct {
			Text string `json:"text"`
			URL  string `json:"url"`
		} `json:"buttons"`
	} `json:"template"`
	Interactive *struct {
		Kind  string `json:"kind"`
		Reply *struct {
			ID    string `json:"id"`
			Title string `json:"title"`
		} `json:"reply"`
	} `json:"interactive"`
	Location    *place          `json:"location"`
	Contacts    json.RawMessage `json:"contacts"`
	Order       json.RawMessage `json:"order"`
	Unsupported string          `json:"unsupported"`
	Status      string          `json:"status"`
	StatusTimes struct {
		Sent      *time.Time `json:"sent"`
		Delivered *time.Time `json:"delivered"`
		Read      *time.Time `json:"read"`
	} `json:"status_times"`
	ProviderID string `json:"provider_id"`
	Error      *struct {
		Code   string         `json:"code"`
		Params map[string]any `json:"params"`
	} `json:"error"`
	Price *struct {
		Category string `json:"category"`
		Billable bool   `json:"billable"`
		Micros   int64  `json:"micros"`
	} `json:"price"`
	Can []string  `json:"can"`
	At  time.Time `json:"at"`
}

type place struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name"`
}

type stretch struct {
	Items  []message `json:"items"`
	Before *string   `json:"before"`
}

type timeline struct {
	Items []struct {
		Kind    string    `json:"kind"`
		Message *message  `json:"message"`
		Event   *logEntry `json:"event"`
	} `json:"items"`
}

type logEntry struct {
	Type  string `json:"type"`
	Actor struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	} `json:"actor"`
}

type counters struct {
	Open    int `json:"open"`
	Pending int `json:"pending"`
	Closed  int `json:"closed"`
	Unread  int `json:"unread"`
}

type searchResult struct {
	Tickets  []ticket     `json:"tickets"`
	Messages []messageHit `json:"messages"`
}

type messageHit struct {
	MessageID string `json:"message_id"`
	Ticket    ticket `json:"ticket"`
	Snippet   []struct {
		Text string `json:"text"`
		Hit  bool   `json:"hit"`
	} `json:"snippet"`
}

// hit is the word that was found.
func (h messageHit) hit() string {
	for _, part := range h.Snippet {
		if part.Hit {
			return part.Text
		}
	}
	return ""
}

type template struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Status       string `json:"status"`
	Category     string `json:"category"`
	Placeholders []struct {
		Component string `json:"component"`
		Name      string `json:"name"`
		Button    int    `json:"button"`
		Kind      string `json:"kind"`
		Required  bool   `json:"required"`
	} `json:"placeholders"`
}

type rawEvent struct {
	ID           string `json:"id"`
	State        string `json:"state"`
	Reason       string `json:"reason"`
	Body         string `json:"body"`
	ConnectionID string `json:"connection_id"`
}
