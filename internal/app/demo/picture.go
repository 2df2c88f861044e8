package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// picture draws the placeholder photo that customers of the story send: wood
// grain, different for every seed.
func picture(seed int) ([]byte, error) {
	const width, height = 900, 560
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	base := []color.RGBA{{156, 107, 68, 255}, {121, 85, 58, 255}, {178, 137, 98, 255}, {98, 74, 58, 255}}[seed%4]
	for y := range height {
		for x := range width {
			wave := (x*(3+seed%3) + (y*y)/(90+seed*7) + (x*y)/700) % 64
			shade := int16(wave - 32)
			img.SetRGBA(x, y, color.RGBA{tint(base.R, shade), tint(base.G, shade), tint(base.B, shade), 255})
		}
	}
	for x := width / 3; x < width*2/3; x++ { // the scratch
		y := height/2 + (x-width/2)/9
		img.SetRGBA(x, y, color.RGBA{236, 224, 208, 255})
		img.SetRGBA(x, y+1, color.RGBA{210, 190, 168, 255})
	}
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}

func tint(c uint8, shade int16) uint8 { return uint8(min(max(int16(c)+shade/3, 0), 255)) }
