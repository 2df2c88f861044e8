package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

// simConnection is a simulated connection with the switches of its provider.
type simConnection struct {
	ConnectionID  id         `json:"connection_id"`
	Name          string     `json:"name"`
	Identifier    string     `json:"identifier"`
	PhoneNumberID string     `json:"phone_number_id"`
	Business      string     `json:"business" doc:"name the customers see"`
	Faults        []simFault `json:"faults" doc:"those that are on"`
}

// simFault is something that goes wrong at the simulated provider.
type simFault struct {
	Kind        string  `json:"kind" enum:"refuse,fail,delay,drop,drop_before,rate_limit,server_error,server_bare,expired_token,window_closed,window_sync,duplicate,reorder,slow_webhooks,stop_webhooks"`
	Probability float64 `json:"probability,omitempty" minimum:"0" maximum:"1" doc:"0 and 1: always"`
	Count       int     `json:"count,omitempty" minimum:"0" maximum:"1000000" doc:"how often it still strikes; 0: until switched off"`
	Code        int     `json:"code,omitempty" minimum:"0" maximum:"10000000" doc:"the provider's error code; each kind has a usual one"`
	DelayMS     int64   `json:"delay_ms,omitempty" minimum:"0" maximum:"600000"`
	On          string  `json:"on,omitempty" enum:"messages,media,templates,all"`
}

type simFaults struct {
	Faults []simFault `json:"faults" maxItems:"20" doc:"all that shall be on"`
}

type simTemplatePatch struct {
	Status string `json:"status" enum:"APPROVED,PENDING,REJECTED,PAUSED,DISABLED"`
	Reason string `json:"reason,omitempty" maxLength:"60"`
}

func (s *Server) sandboxRoutes() {
	op := operation{tag: "sandbox"}.refuses(http.StatusNotFound)
	handle(s, op.get("list-simulated", "/sandbox/connections", "Simulated connections",
		"The simulator is for administrators, in a demo for everybody; for others all of it is 404."), s.listSimulated)
	handle(s, op.post("create-simulated", "/sandbox/connections", "Add a simulated connection",
		"It is connected at once. Administrators only.").creates(nil).refuses(http.StatusConflict), s.createSimulated)
	handle(s, op.put("set-faults", "/sandbox/connections/{id}/faults", "Switch faults of the provider", ""), s.setFaults)
	handle(s, op.patch("decide-template", "/sandbox/templates/{id}", "Decide on a template as the provider", "The desk is told by webhook.").empty(), s.decideTemplate)
	handle(s, op.post("reset-sandbox", "/sandbox/reset", "Forget all customers and conversations of the simulator",
		"Faults are switched off; the desk keeps what it has."), s.resetSandbox)
	s.phoneRoutes()
}

// maySimulate refuses those who may not use the simulator: to them it does not
// exist.
func (s *Server) maySimulate(v *desk.Viewer, account desk.Account) error {
	if s.sandbox == nil || !account.Demo && v.Role != desk.RoleAdmin {
		return desk.Missing()
	}
	return nil
}

// simulating refuses the request unless its user may use the simulator.
func (s *Server) simulating(ctx context.Context) error {
	v := viewer(ctx)
	account, err := s.directory.Account(ctx, v.AccountID)
	if err != nil {
		return err
	}
	return s.maySimulate(v, account)
}

// simulated returns the simulated connections of the account.
func (s *Server) simulated(ctx context.Context) ([]desk.Connection, error) {
	if err := s.simulating(ctx); err != nil {
		return nil, err
	}
	lines, err := s.lines(ctx)
	return slices.DeleteFunc(lines, func(c desk.Connection) bool { return !c.Simulated }), err
}

// simulatedOne returns one simulated connection, or a 404.
func (s *Server) simulatedOne(ctx context.Context, connectionID desk.ID) (desk.Connection, error) {
	lines, err := s.simulated(ctx)
	if err != nil {
		return desk.Connection{}, err
	}
	for _, c := range lines {
		if c.ID == connectionID {
			return c, nil
		}
	}
	return desk.Connection{}, desk.Missing()
}

func (s *Server) listSimulated(ctx context.Context, _ *none) (*body[items[simConnection]], error) {
	lines, err := s.simulated(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]simConnection, 0, len(lines))
	for _, c := range lines {
		view, err := s.viewSimulated(ctx, &c)
		if desk.CodeOf(err) == desk.CodeNotFound {
			continue // its number was removed from the simulator
		}
		if err != nil {
			return nil, err
		}
		list = append(list, view)
	}
	return itemsOf(list, same), nil
}

func (s *Server) viewSimulated(ctx context.Context, c *desk.Connection) (simConnection, error) {
	n, err := s.sandbox.Number(ctx, c.AccountID, c.ExternalID)
	if err != nil {
		return simConnection{}, err
	}
	return simConnection{ConnectionID: id(c.ID), Name: c.Name, Identifier: c.Identifier, PhoneNumberID: n.PhoneNumberID,
		Business: n.VerifiedName, Faults: viewed(n.Faults, viewFault)}, nil
}

func viewFault(f sandbox.Fault) simFault {
	return simFault{Kind: string(f.Kind), Probability: f.Probability, Count: f.Count, Code: f.Code, DelayMS: f.DelayMS, On: f.On}
}

func (s *Server) setFaults(ctx context.Context, in *change[simFaults]) (*body[simConnection], error) {
	c, err := s.simulatedOne(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	faults := viewed(in.Body.Faults, func(f simFault) sandbox.Fault {
		return sandbox.Fault{Kind: sandbox.FaultKind(f.Kind), Probability: f.Probability, Count: f.Count, Code: f.Code, DelayMS: f.DelayMS, On: f.On}
	})
	if err := s.sandbox.SetFaults(ctx, c.AccountID, c.ExternalID, faults); err != nil {
		return nil, err
	}
	view, err := s.viewSimulated(ctx, &c)
	return shown(view, err, same)
}

func (s *Server) decideTemplate(ctx context.Context, in *change[simTemplatePatch]) (*none, error) {
	lines, err := s.simulated(ctx)
	if err != nil {
		return nil, err
	}
	v := viewer(ctx)
	t, err := s.store.Template(s.read(ctx), v.AccountID, in.ID.ID)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(lines, func(c desk.Connection) bool { return c.Kind == t.Kind && c.GroupID == t.GroupID }) {
		return nil, desk.Missing()
	}
	return nil, s.sandbox.SetTemplateStatus(ctx, v.AccountID, t.GroupID, t.Name, t.Language, in.Body.Status, in.Body.Reason)
}

func (s *Server) resetSandbox(ctx context.Context, _ *none) (*none, error) {
	if err := s.simulating(ctx); err != nil {
		return nil, err
	}
	return nil, s.sandbox.Reset(ctx, viewer(ctx).AccountID)
}
