package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/prosa-desk/prosa/internal/app"
	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

type userCmd struct {
	Add userAddCmd `cmd:"" help:"Add a user; the company is created if there is none of that name."`
}

type userAddCmd struct {
	Account       string `required:"" help:"Name of the company."`
	Name          string `required:"" help:"Name of the person."`
	Email         string `required:"" help:"E-mail address she signs in with."`
	Role          string `help:"admin, supervisor or user." enum:"admin,supervisor,user" default:"user"`
	PasswordStdin bool   `help:"Read the password from standard input; otherwise one is made and printed."`
}

func (u *userAddCmd) Run(ctx context.Context, c *commands) (err error) {
	cfg, err := c.config().Complete()
	if err != nil {
		return err
	}
	password, err := u.password(os.Stdin)
	if err != nil {
		return err
	}
	base, err := app.OpenBase(ctx, cfg, logger("text"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, base.Close(context.WithoutCancel(ctx))) }()
	passwords, err := auth.NewPasswords(runtime.NumCPU(), rand.Reader)
	if err != nil {
		return err
	}
	hash, err := passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	if err := base.DB.Do(ctx, func(tx *dbx.Tx) error { return u.add(tx, base.Store, hash) }); err != nil {
		return err
	}
	if !u.PasswordStdin {
		fmt.Println(password)
	}
	return nil
}

// add creates the user, and before her the company if it is new.
func (u *userAddCmd) add(tx *dbx.Tx, s *store.Store, hash string) error {
	account, err := u.account(tx, s)
	if err != nil {
		return err
	}
	_, err = s.CreateUser(tx, store.Operator(account), store.UserNew{Name: u.Name, Email: u.Email, PasswordHash: hash, Role: desk.Role(u.Role)})
	return err
}

func (u *userAddCmd) account(tx *dbx.Tx, s *store.Store) (desk.ID, error) {
	list, err := s.Accounts(tx)
	if err != nil {
		return 0, err
	}
	for _, a := range list {
		if dbx.Fold(a.Name) == dbx.Fold(u.Account) {
			return a.ID, nil
		}
	}
	a, err := s.CreateAccount(tx, store.AccountNew{Name: u.Account})
	return a.ID, err
}

func (u *userAddCmd) password(in io.Reader) (string, error) {
	if !u.PasswordStdin {
		return auth.RandomPassword(rand.Reader)
	}
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	password := strings.TrimRight(line, "\r\n")
	return password, desk.ValidPassword("password", password)
}
