package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/prosa-desk/prosa/internal/config"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/media"
)

// deskFacts is what who measures the web app must know of its data.
type deskFacts struct {
	DataDir   string  `json:"data_dir"`
	SecretKey string  `json:"secret_key"`
	Email     string  `json:"email"`
	Password  string  `json:"password"`
	Long      desk.ID `json:"long_ticket"` // the one with the endless conversation
	Messages  int     `json:"long_messages"`
	Tickets   int     `json:"tickets"`
	AppSecret string  `json:"app_secret"` // signs webhooks
	WABA      string  `json:"waba_id"`
	Lines     []line  `json:"lines"`
}

// writeDesk writes the data of the web app's benchmark into an empty folder, to
// be served by the program, and tells about them as JSON.
func (l *library) writeDesk(ctx context.Context, dir string, out io.Writer) error {
	d := generate(sizes()[deskSize])
	s, err := l.open(ctx, dbx.SQLite, d)
	if err != nil {
		return err
	}
	defer s.close()
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := copyTree(ctx, s.dir, dir); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(deskFacts{DataDir: dir, SecretKey: secretKey, Email: adminEmail, Password: password,
		Long: d.tickets[0].id, Messages: len(d.tickets[0].messages), Tickets: len(d.tickets), AppSecret: appSecret,
		WABA: wabaID, Lines: s.company.Connections})
}

// photoSizes are portraits, landscapes and squares.
var photoSizes = []image.Point{{900, 600}, {600, 900}, {800, 800}, {1200, 500}, {500, 1100}}

// savePhotos puts the photos of the desk's conversations where the program
// keeps files. Other data have none.
func savePhotos(ctx context.Context, at place, c *company, d *dataset) ([]desk.Media, error) {
	if !d.onDesk() {
		return nil, nil
	}
	files, err := media.New(config.Config{DataDir: at.dir}.MediaDir(), time.Now)
	if err != nil {
		return nil, err
	}
	var photos []desk.Media
	for i, size := range photoSizes {
		b, err := gradient(size, uint8(40*i))
		if err != nil {
			return nil, err
		}
		m, err := files.Save(ctx, c.Account, bytes.NewReader(b), 1<<20)
		if err != nil {
			return nil, err
		}
		m.Name = fmt.Sprintf("foto-%d.png", i+1)
		photos = append(photos, m)
	}
	return photos, nil
}

// gradient draws a picture.
func gradient(size image.Point, tone uint8) ([]byte, error) {
	img := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			img.SetRGBA(x, y, color.RGBA{uint8(x * 255 / size.X), uint8(y * 255 / size.Y), tone, 255})
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}
