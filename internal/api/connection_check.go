package api

import (
	"context"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// checkTimeout bounds a check of a connection with its provider.
const checkTimeout = 20 * time.Second

func (s *Server) checkConnection(ctx context.Context, in *ByID) (*body[connection], error) {
	v := viewer(ctx)
	if err := v.Require(desk.ActConnectionCheck); err != nil {
		return nil, err
	}
	c, err := s.probe(ctx, v, in.ID.ID)
	return shown(c, err, s.viewConnection(v))
}

// checkLater checks a connection in the background.
func (s *Server) checkLater(ctx context.Context, connectionID desk.ID) {
	v := viewer(ctx)
	s.background.Go(func() {
		if _, err := s.probe(context.WithoutCancel(ctx), v, connectionID); err != nil {
			s.log.Warn("a connection could not be checked", "connection", connectionID, "error", err)
		}
	})
}

// probe asks the provider how a connection is and stores what it says.
func (s *Server) probe(ctx context.Context, v *desk.Viewer, connectionID desk.ID) (desk.Connection, error) {
	line, err := s.directory.Line(ctx, v.AccountID, connectionID)
	if err != nil {
		return desk.Connection{}, err
	}
	prober, ok := s.registry[line.Kind].(channel.Prober)
	if !ok {
		return desk.Connection{}, desk.Refuse(desk.CodeUnsupportedKind)
	}
	asking, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	found, err := prober.Check(asking, line.Open)
	if err != nil {
		return desk.Connection{}, err
	}
	return inTx(ctx, s, func(tx *dbx.Tx) (desk.Connection, error) {
		return s.store.SetConnectionHealth(tx, v.AccountID, connectionID, desk.ByUser(v.UserID),
			store.ConnectionHealth{State: found.State, Reason: found.Reason, Identifier: found.Identifier, Details: found.Details})
	})
}
