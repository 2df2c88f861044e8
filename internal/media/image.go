package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	_ "image/gif" // registers the decoder
	"image/jpeg"
	_ "image/png" // registers the decoder
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // registers the decoder

	"github.com/prosa-desk/prosa/internal/desk"
)

const (
	// maxPixels bounds what is decoded: a small file may claim any size.
	maxPixels    = 50_000_000
	thumbSide    = 320 // pixels
	thumbQuality = 80
)

// inspectImage sets width and height as the picture is to be shown and returns
// its thumbnail. A decoder that panics found a broken picture.
func inspectImage(f file, m *desk.Media) (thumb []byte) {
	defer func() {
		if recover() != nil {
			thumb = nil
		}
	}()
	c, format, err := image.DecodeConfig(io.NewSectionReader(f, 0, f.size))
	if err != nil {
		return nil
	}
	orientation := 1
	if format == "jpeg" {
		orientation = exifOrientation(f)
	}
	m.Width, m.Height = c.Width, c.Height
	if orientation >= 5 {
		m.Width, m.Height = c.Height, c.Width
	}
	if c.Width <= 0 || c.Height <= 0 || int64(c.Width)*int64(c.Height) > pixelLimit(c.ColorModel) {
		return nil
	}
	picture, _, err := image.Decode(io.NewSectionReader(f, 0, f.size))
	if err != nil {
		return nil
	}
	return thumbnail(picture, orientation)
}

// pixelLimit halves the bound for pixels of twice the size.
func pixelLimit(m color.Model) int64 {
	if m == color.NRGBA64Model || m == color.RGBA64Model {
		return maxPixels / 2
	}
	return maxPixels
}

// thumbnail shrinks a picture and turns it upright, on white where it was
// transparent.
func thumbnail(src image.Image, orientation int) []byte {
	size := src.Bounds().Size()
	w, h := fit(size.X, size.Y, thumbSide)
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src)
	draw.BiLinear.Scale(small, small.Bounds(), src, src.Bounds(), draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(small, orientation), &jpeg.Options{Quality: thumbQuality}); err != nil {
		return nil
	}
	return out.Bytes()
}

func fit(w, h, side int) (int, int) {
	if w <= side && h <= side {
		return w, h
	}
	if w >= h {
		return side, max(1, h*side/w)
	}
	return max(1, w*side/h), side
}

// upright applies an EXIF orientation (1–8; TIFF 6.0, tag 274).
func upright(src *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 || orientation > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dw, dh := w, h
	if orientation >= 5 {
		dw, dh = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	for y := range h {
		for x := range w {
			dx, dy := place(x, y, w, h, orientation)
			dst.SetRGBA(dx, dy, src.RGBAAt(x, y))
		}
	}
	return dst
}

// place is where the pixel (x, y) of a w×h picture belongs.
func place(x, y, w, h, orientation int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

// exifSearch is how much of a JPEG is looked at for its EXIF segment; an APP1
// segment is at most 64 KiB and stands near the start.
const exifSearch = 256 << 10

// exifOrientation reads tag 274 of a JPEG's EXIF segment; 1 if there is none.
func exifOrientation(f file) int {
	b := f.head(0, int(min(f.size, exifSearch)))
	for at := 2; at+4 <= len(b) && b[at] == 0xFF; {
		marker, length := b[at+1], int(binary.BigEndian.Uint16(b[at+2:]))
		if marker == 0xDA || length < 2 || at+2+length > len(b) {
			break
		}
		segment := b[at+4 : at+2+length]
		if marker == 0xE1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")) {
			return tiffOrientation(segment[6:])
		}
		at += 2 + length
	}
	return 1
}

func tiffOrientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	at := int(order.Uint32(b[4:]))
	if at < 8 || at+2 > len(b) {
		return 1
	}
	entries := int(order.Uint16(b[at:]))
	for i := range entries {
		e := at + 2 + 12*i
		if e+12 > len(b) {
			break
		}
		if order.Uint16(b[e:]) == 274 {
			if o := int(order.Uint16(b[e+8:])); o >= 1 && o <= 8 {
				return o
			}
		}
	}
	return 1
}
