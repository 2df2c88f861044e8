package api

import (
	"context"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/outbox"
)

// estimateNew asks what sending a template will cost.
type estimateNew struct {
	ConnectionID id  `json:"connection_id"`
	TemplateID   id  `json:"template_id"`
	Count        int `json:"count,omitempty" minimum:"1" maximum:"1000000" default:"1" doc:"of messages"`
}

type estimateIn struct{ Body estimateNew }

// estimate is the expected cost by the rate card.
type estimate struct {
	Known    bool   `json:"known" doc:"the rate card has the category; else the amount says nothing"`
	Category string `json:"category"`
	Count    int    `json:"count"`
	Micros   int64  `json:"micros" doc:"of all of them, in millionths of the currency"`
	Currency string `json:"currency"`
	Source   string `json:"source" doc:"of the rate card"`
	Since    string `json:"since" doc:"date of the rate card, YYYY-MM-DD"`
}

func (s *Server) estimateRoutes() {
	op := operation{tag: "templates"}
	handle(s, op.post("estimate", "/estimates", "What sending a template will cost", ""), s.estimate)
}

func (s *Server) estimate(ctx context.Context, in *estimateIn) (*body[estimate], error) {
	b := in.Body
	e, err := s.outbox.Estimate(ctx, s.read(ctx), viewer(ctx), desk.ID(b.ConnectionID), desk.ID(b.TemplateID), b.Count)
	return shown(e, err, func(e outbox.Estimate) estimate {
		return estimate{Known: e.Known, Category: e.Category, Count: e.Count, Micros: e.Micros, Currency: e.Currency, Source: e.Source, Since: e.Since}
	})
}
