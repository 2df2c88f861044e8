package desk

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// progress is how far a message has come; states of equal progress are
// different ends.
var progress = map[MessageStatus]int{
	StatusScheduled: 0, StatusWaiting: 1, StatusPending: 2, StatusSending: 3, StatusUncertain: 4,
	StatusSent: 5, StatusFailed: 6, StatusCanceled: 6, StatusExpired: 6,
	StatusDelivered: 7, StatusRead: 8, StatusPlayed: 9,
}

// back lists the only steps that lead backwards (decisions.md 8 and 10).
var back = map[[2]MessageStatus]bool{
	{StatusPending, StatusWaiting}:   true, // the window closed before it left
	{StatusSending, StatusWaiting}:   true, // the provider says that it is closed
	{StatusUncertain, StatusWaiting}: true,
	{StatusSent, StatusWaiting}:      true,
	{StatusSending, StatusPending}:   true, // certainly not taken: tried again
}

func TestMessageStatusNeverGoesBack(t *testing.T) {
	for _, from := range MessageStatuses() {
		for _, to := range MessageStatuses() {
			backwards := progress[to] <= progress[from]
			if from.CanBecome(to) && backwards && !back[[2]MessageStatus{from, to}] {
				t.Errorf("%s may become %s", from, to)
			}
			if !from.CanBecome(to) && back[[2]MessageStatus{from, to}] {
				t.Errorf("%s may not become %s, though the provider may say so", from, to)
			}
		}
	}
}

func TestMessageStatusSteps(t *testing.T) {
	cases := []struct {
		from, to MessageStatus
		want     bool
	}{
		{StatusScheduled, StatusPending, true}, {StatusScheduled, StatusSent, false},
		{StatusWaiting, StatusPending, true}, {StatusWaiting, StatusSending, false},
		{StatusWaiting, StatusExpired, true}, {StatusPending, StatusExpired, false},
		{StatusWaiting, StatusCanceled, true}, {StatusSending, StatusCanceled, false},
		{StatusPending, StatusSending, true}, {StatusPending, StatusSent, false},
		{StatusSending, StatusUncertain, true}, {StatusUncertain, StatusPending, false},
		{StatusUncertain, StatusSending, false}, {StatusUncertain, StatusDelivered, true},
		{StatusSent, StatusRead, true}, {StatusRead, StatusDelivered, false},
		{StatusDelivered, StatusFailed, false}, {StatusFailed, StatusDelivered, true},
		{StatusFailed, StatusSent, false}, {StatusFailed, StatusPending, false},
		{StatusRead, StatusPlayed, true}, {StatusPlayed, StatusRead, false},
		{StatusCanceled, StatusPending, false}, {StatusExpired, StatusPending, false},
		{StatusReceived, StatusRead, false}, {StatusPending, StatusReceived, false},
	}
	for _, c := range cases {
		if got := c.from.CanBecome(c.to); got != c.want {
			t.Errorf("%s to %s: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

// Receipts arrive in any order and more than once; applied when allowed, they
// leave the message at the furthest of them, and a failure never undoes a
// delivery.
func TestMessageReceiptsInAnyOrder(t *testing.T) {
	receipts := []MessageStatus{StatusSent, StatusDelivered, StatusRead, StatusPlayed, StatusFailed}
	rapid.Check(t, func(t *rapid.T) {
		status := rapid.SampledFrom([]MessageStatus{StatusSending, StatusUncertain, StatusSent}).Draw(t, "status")
		furthest := status
		for range rapid.IntRange(0, 12).Draw(t, "receipts") {
			next := rapid.SampledFrom(receipts).Draw(t, "receipt")
			if status.CanBecome(next) {
				status = next
			}
			if next != StatusFailed && progress[next] > progress[furthest] {
				furthest = next
			}
		}
		if progress[furthest] >= progress[StatusDelivered] && status != furthest {
			t.Fatalf("ends %s, should be %s", status, furthest)
		}
	})
}

func TestMessageStatusBefore(t *testing.T) {
	for _, to := range MessageStatuses() {
		before := to.Before()
		for _, from := range MessageStatuses() {
			if slices.Contains(before, from) != from.CanBecome(to) {
				t.Errorf("Before(%s) and %s.CanBecome disagree", to, from)
			}
		}
	}
}

// What has left, or may have, can never be cancelled.
func TestMessageStatusLeft(t *testing.T) {
	for _, s := range messageOrder {
		if s.Left() && s.CanBecome(StatusCanceled) {
			t.Errorf("%s has left and may be cancelled", s)
		}
		if want := !slices.Contains([]MessageStatus{StatusScheduled, StatusWaiting, StatusPending, StatusCanceled, StatusExpired}, s); s.Left() != want {
			t.Errorf("%s.Left() = %v", s, s.Left())
		}
	}
}

func TestMessageTypeIsMedia(t *testing.T) {
	media := []MessageType{TypeImage, TypeVideo, TypeAudio, TypeVoice, TypeDocument, TypeSticker}
	for _, mt := range MessageTypes() {
		if mt.IsMedia() != slices.Contains(media, mt) {
			t.Errorf("%s.IsMedia() = %v", mt, mt.IsMedia())
		}
	}
}
