// Command prosa is the whole desk in one program.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/prosa-desk/prosa/internal/config"
)

// version is set by the build.
var version = "dev"

// commands is the command line. Every flag has an environment twin.
type commands struct {
	DataDir     string   `help:"Folder of the embedded database, files and key." env:"PROSA_DATA_DIR" default:"data" type:"path"`
	DatabaseURL string   `help:"PostgreSQL address; empty means the embedded database." env:"PROSA_DATABASE_URL"`
	SecretKey   []string `help:"Keys of stored secrets, 32 bytes in hexadecimal; the first one encrypts. PostgreSQL needs one." env:"PROSA_SECRET_KEY" sep:","`

	Serve   serveCmd   `cmd:"" help:"Run the desk."`
	User    userCmd    `cmd:"" help:"Manage people from the command line."`
	Secret  secretCmd  `cmd:"" help:"Manage the keys of stored secrets."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

func (c *commands) config() config.Config {
	return config.Config{DataDir: c.DataDir, DatabaseURL: c.DatabaseURL, SecretKeys: c.SecretKey, Version: version}
}

type versionCmd struct{}

func (versionCmd) Run() error {
	fmt.Println("prosa", version)
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	k := kong.Parse(&c, kong.Name("prosa"), kong.Description("Customer service on every channel, from one inbox."),
		kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(&c))
	k.FatalIfErrorf(k.Run())
}
