// Package config holds what a process is told at start, from flags or their
// environment twins. Everything else is a setting in the database.
package config

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
)

// Config is one process's start configuration.
type Config struct {
	Listen      string   // host:port
	DataDir     string   // SQLite file, media, secret key
	DatabaseURL string   // PostgreSQL DSN; empty = SQLite in DataDir
	PublicURL   string   // how the outside reaches us, without a trailing slash
	SecretKeys  []string // first encrypts, all decrypt; empty = the key file in DataDir
	Demo        bool
	Version     string
}

// DefaultListen is every interface in production and loopback for a demo, whose
// passwords are printed.
func DefaultListen(demo bool) string {
	if demo {
		return "127.0.0.1:8080"
	}
	return ":8080"
}

// Complete fills what follows from the rest and refuses what can't work.
func (c Config) Complete() (Config, error) {
	if c.Listen == "" {
		c.Listen = DefaultListen(c.Demo)
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return c, fmt.Errorf("listen address %q is not host:port: %w", c.Listen, err)
	}
	if c.DataDir == "" {
		c.DataDir = "data"
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + net.JoinHostPort(reachable(host), port)
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return c, fmt.Errorf("public URL %q is not an http(s) address", c.PublicURL)
	}
	return c, nil
}

// reachable names a host that a browser on this machine can open.
func reachable(host string) string {
	switch host {
	case "", "0.0.0.0", "::", "127.0.0.1", "::1":
		return "localhost"
	}
	return host
}

// Loopback reports whether only this machine can reach the address.
func (c Config) Loopback() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Secure reports whether people reach us over TLS.
func (c Config) Secure() bool { return strings.HasPrefix(c.PublicURL, "https://") }

// DatabasePath is the SQLite file.
func (c Config) DatabasePath() string { return filepath.Join(c.DataDir, "prosa.db") }

// MediaDir holds the files.
func (c Config) MediaDir() string { return filepath.Join(c.DataDir, "media") }
