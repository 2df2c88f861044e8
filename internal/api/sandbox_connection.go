package api

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math/big"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
	"github.com/prosa-desk/prosa/internal/store"
)

// firstTemplates are what a simulated company has had approved, so that the
// first conversation can be started at once.
//
//go:embed sandbox_templates.json
var firstTemplates []byte

type simConnectionNew struct {
	Name    string `json:"name" minLength:"1" maxLength:"60"`
	Phone   string `json:"phone,omitempty" maxLength:"40" doc:"of the company; made up when absent"`
	Queues  []id   `json:"queues,omitempty" maxItems:"50"`
	Default bool   `json:"default,omitempty"`
}

func (s *Server) createSimulated(ctx context.Context, in *write[simConnectionNew]) (*statusBody[connection], error) {
	v, b := viewer(ctx), in.Body
	if err := s.simulating(ctx); err != nil {
		return nil, err
	}
	if err := v.Require(desk.ActConnectionEdit); err != nil {
		return nil, err
	}
	account, err := s.directory.Account(ctx, v.AccountID)
	if err != nil {
		return nil, err
	}
	number, err := s.newNumber(ctx, account, b)
	if err != nil {
		return nil, err
	}
	row, err := s.forms.fresh(v.AccountID, connectionNew{Kind: desk.WhatsAppOfficial, Name: b.Name, Queues: b.Queues, Default: b.Default,
		Settings: map[string]string{"phone_number_id": number.PhoneNumberID, "waba_id": number.WABAID,
			"access_token": number.AccessToken, "app_secret": number.AppSecret, "verify_token": number.VerifyToken}})
	if err != nil {
		return nil, err
	}
	row.Simulated, row.Identifier = true, desk.FormatPhone(number.Display)
	c, err := s.storeConnection(ctx, in.Key, b, row)
	if err != nil {
		return nil, err
	}
	if c.ID == row.ID { // else the key was used before
		if err := s.putOnline(ctx, number, row); err != nil {
			return nil, err
		}
	}
	c, err = s.probe(ctx, v, c.ID)
	s.directory.Forget(v.AccountID) // as inDirectory; customers' messages need it not
	return created(c, err, s.viewConnection(v))
}

// newNumber makes up a number at the simulated provider. Numbers of one company
// share its templates.
func (s *Server) newNumber(ctx context.Context, account desk.Account, b simConnectionNew) (sandbox.Number, error) {
	n := sandbox.Number{AccountID: account.ID, VerifiedName: account.Name}
	var err error
	if n.Display, err = s.simPhone(account, b.Phone); err != nil {
		return n, err
	}
	others, err := s.sandbox.Numbers(ctx, account.ID)
	if err != nil {
		return n, err
	}
	if len(others) > 0 {
		n.WABAID = others[0].WABAID
	}
	for _, made := range []*string{&n.PhoneNumberID, &n.WABAID} {
		if *made == "" {
			if *made, err = randomDigits(s.random, 15); err != nil {
				return n, err
			}
		}
	}
	n.AccessToken, n.AppSecret, n.VerifyToken = rand.Text(), rand.Text(), rand.Text()
	return n, nil
}

// simPhone is the company's simulated phone, made up if none was typed.
func (s *Server) simPhone(account desk.Account, typed string) (string, error) {
	if typed == "" {
		end, err := randomDigits(s.random, 8)
		return "55119" + end, err
	}
	phone, err := desk.NormalizePhone(typed, account.DefaultDDI)
	if err != nil {
		return "", desk.RefuseField("phone", desk.CodeInvalidPhone)
	}
	return phone, nil
}

// randomDigits returns n decimal digits, the first of which is not 0.
func randomDigits(random io.Reader, n int) (string, error) {
	span := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n-1)), nil)
	offset, err := rand.Int(random, new(big.Int).Mul(span, big.NewInt(9)))
	if err != nil {
		return "", fmt.Errorf("random digits: %w", err)
	}
	return offset.Add(offset, span).String(), nil
}

// putOnline registers the number at the simulated provider, with templates that
// have been approved.
func (s *Server) putOnline(ctx context.Context, n sandbox.Number, row store.ConnectionNew) error {
	n.CallbackURL = s.hooksURL() + "/hooks/" + string(row.Kind) + "/" + row.PublicKey
	if err := s.sandbox.AddNumber(ctx, n); err != nil {
		return err
	}
	if err := s.sandbox.SeedTemplates(ctx, n.AccountID, n.WABAID, json.RawMessage(firstTemplates)); err != nil {
		return err
	}
	s.directory.Forget(n.AccountID)
	return s.inbound.SyncTemplates(ctx, n.AccountID, row.ID)
}
