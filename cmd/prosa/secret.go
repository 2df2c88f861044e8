package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/prosa-desk/prosa/internal/app"
	"github.com/prosa-desk/prosa/internal/auth"
)

type secretCmd struct {
	Rotate secretRotateCmd `cmd:"" help:"Encrypt every stored secret again with the first of the given keys."`
	New    secretNewCmd    `cmd:"" help:"Print a fresh key."`
}

type secretNewCmd struct{}

func (secretNewCmd) Run() error {
	key, err := auth.NewKey(rand.Reader)
	if err == nil {
		fmt.Println(key)
	}
	return err
}

type secretRotateCmd struct{}

func (secretRotateCmd) Run(ctx context.Context, c *commands) (err error) {
	cfg, err := c.config().Complete()
	if err != nil {
		return err
	}
	base, err := app.OpenBase(ctx, cfg, logger("text"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, base.Close(context.WithoutCancel(ctx))) }()
	vault, err := auth.OpenVault(ctx, base.Store, auth.KeySource{Given: cfg.SecretKeys, Dir: cfg.DataDir, Random: rand.Reader})
	if err != nil {
		return err
	}
	n, err := vault.Rotate(ctx, base.Store)
	if err == nil {
		fmt.Printf("%d connections now use the key %s\n", n, vault.KeyIDs()[0])
	}
	return err
}
