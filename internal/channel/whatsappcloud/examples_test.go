package whatsappcloud

import (
	"testing"

	"github.com/prosa-desk/prosa/internal/channel/channeltest"
	"github.com/prosa-desk/prosa/internal/testkit/metaapi"
)

// exampleMeanings says what each webhook example of Meta's document is to us.
// A new example fails the test until it has a place here.
var exampleMeanings = map[string]channeltest.Meaning{
	"Text Message": "message",
	"Text Message with Context (Product Inquiry)": "message",
	"Text Message from Click to WhatsApp Ad":      "message",
	"Reaction Message":                            "reaction",
	"Image Message":                               "message",
	"Location Message":                            "message",
	"Contact Sharing Message":                     "message",
	"Unsupported Message":                         "message", // shown as unsupported: the contact did write
	"Button Message":                              "message",
	"Interactive List Reply Message":              "message",
	"Interactive Button Reply Message":            "message",
	"Order Message":                               "message",
	"System Message":                              "identity",
	"Group Create Message":                        channeltest.Nothing, // the channel has no groups
	"Group Settings Update":                       channeltest.Nothing,
	"Group Remove Participants":                   channeltest.Nothing,
	"schema ButtonMessage":                        "message",
	"schema ContactSharingMessage":                "message",
	"schema ImageMessage_1":                       "message",
	"schema InteractiveMessageReply":              "message",
	"schema LocationMessage_1":                    "message",
	"schema OrderMessage":                         "message",
	"schema ReactionMessage_1":                    "reaction",
	"schema SystemMessage":                        "identity",
	"schema TextMessage_2":                        "message",
	"schema UnsupportedMessage":                   "message",
}

// recordedHooks are Meta's own examples and what they mean.
func recordedHooks(t testing.TB) []channeltest.Hook {
	t.Helper()
	examples, err := doc(t).WebhookExamples()
	if err != nil {
		t.Fatal(err)
	}
	if len(examples) != len(exampleMeanings) {
		t.Errorf("the document has %d examples, %d are classified", len(examples), len(exampleMeanings))
	}
	var out []channeltest.Hook
	for _, e := range metaapi.Distinct(examples) {
		meaning, ok := exampleMeanings[e.Name]
		if !ok {
			t.Errorf("example %q (%s) is not classified", e.Name, e.Field)
		}
		out = append(out, channeltest.Hook{Name: e.Name, Body: e.Body, Want: []channeltest.Meaning{meaning}})
	}
	return out
}
