package api

import (
	"context"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

// simAge lets time pass in one conversation.
type simAge struct {
	Minutes int  `json:"minutes,omitempty" minimum:"1" maximum:"525600" doc:"that pass"`
	Left    *int `json:"left,omitempty" minimum:"0" maximum:"1440" doc:"or: minutes of the window that shall be left; 0 closes it"`
}

func (s *Server) ageChat(ctx context.Context, in *change[simAge]) (*body[simChat], error) {
	if err := s.simulating(ctx); err != nil {
		return nil, err
	}
	account := viewer(ctx).AccountID
	before, err := s.sandbox.Chat(ctx, account, in.ID.ID)
	if err != nil {
		return nil, err
	}
	by, err := in.Body.passing(before.WindowExpiresAt, desk.TimeOf(s.now()))
	if err != nil {
		return nil, err
	}
	if err := s.ageAtDesk(ctx, &before, by); err != nil {
		return nil, err
	}
	c, err := s.sandbox.Age(ctx, account, in.ID.ID, by)
	return s.chatAnswer(ctx, c, err)
}

// passing is how much time shall go by for a window that ends at expires.
func (b *simAge) passing(expires, now desk.Time) (time.Duration, error) {
	if b.Left == nil {
		if b.Minutes == 0 {
			return 0, desk.RefuseField("minutes", desk.CodeRequired)
		}
		return time.Duration(b.Minutes) * time.Minute, nil
	}
	left := desk.Time((time.Duration(*b.Left) * time.Minute).Milliseconds())
	by := time.Duration(expires-now-left) * time.Millisecond
	if by <= 0 {
		return 0, desk.RefuseField("left", desk.CodeOutOfRange).With("max", max(0, int64(expires-now)/60_000))
	}
	return by, nil
}

// ageAtDesk moves our side of the conversation, if the desk has met it: it is
// found by one of the chat's messages.
func (s *Server) ageAtDesk(ctx context.Context, chat *sandbox.Chat, by time.Duration) error {
	v := viewer(ctx)
	lines, err := s.simulated(ctx)
	if err != nil {
		return err
	}
	messages, err := s.sandbox.ChatMessages(ctx, v.AccountID, chat.ID, 0, 50)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if line.ExternalID != chat.PhoneNumberID {
			continue
		}
		for _, m := range messages {
			ours, err := s.store.MessageByProvider(s.read(ctx), v.AccountID, line.ID, m.WAMID)
			if desk.CodeOf(err) == desk.CodeNotFound {
				continue
			}
			if err != nil {
				return err
			}
			return s.store.DB.Do(ctx, func(tx *dbx.Tx) error {
				_, err := s.store.AgeChannel(tx, v.AccountID, ours.ChannelID, by)
				return err
			})
		}
	}
	return nil
}
