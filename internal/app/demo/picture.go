package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
)

// The photos of the story's customers are drawn, so that nobody's are needed.
const width, height = 900, 560

type rgb struct{ r, g, b float64 }

// photo is a picture while it is drawn, in light from 0 to 1.
type photo struct {
	px   [width * height]rgb
	seed uint32
}

// picture draws a photo by its subject: table, chair, receipt or room.
func picture(subject string) ([]byte, error) {
	p := &photo{seed: 1}
	switch subject {
	case "chair":
		p.room(rgb{.86, .83, .77}, rgb{.64, .47, .33})
		p.chair(450, 420, rgb{.70, .36, .24})
	case "receipt":
		p.room(rgb{.80, .78, .75}, rgb{.60, .44, .30})
		p.table(rgb{.60, .44, .30})
		p.receipt()
	case "room":
		p.room(rgb{.82, .86, .84}, rgb{.71, .55, .40})
		p.lowTable(450, 452, rgb{.52, .35, .22})
	default:
		p.room(rgb{.89, .88, .84}, rgb{.68, .45, .26})
		p.table(rgb{.69, .46, .27})
		p.scratch()
	}
	return p.encode()
}

// noise is the same for the same picture.
func (p *photo) noise() float64 {
	p.seed = p.seed*1664525 + 1013904223
	return float64(p.seed>>8) / (1 << 24)
}

// paint mixes a colour into the points where the cover is above nothing.
func (p *photo) paint(c rgb, cover func(x, y float64) float64) {
	for y := range height {
		for x := range width {
			a := min(max(cover(float64(x), float64(y)), 0), 1)
			if a == 0 {
				continue
			}
			at := &p.px[y*width+x]
			at.r += (c.r - at.r) * a
			at.g += (c.g - at.g) * a
			at.b += (c.b - at.b) * a
		}
	}
}

// soft is 1 well inside a distance, 0 outside, and smooth between.
func soft(distance, edge float64) float64 { return min(max(.5-distance/edge, 0), 1) }

// box is a rectangle with round corners: its distance from the middle point.
func box(cx, cy, w, h, round float64) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		dx, dy := math.Abs(x-cx)-w/2+round, math.Abs(y-cy)-h/2+round
		return math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - round
	}
}

func (p *photo) box(c rgb, cx, cy, w, h, round, edge float64) {
	inside := box(cx, cy, w, h, round)
	p.paint(c, func(x, y float64) float64 { return soft(inside(x, y), edge) })
}

// shade darkens a long oval, as what stands on a floor does.
func (p *photo) shade(cx, cy, w, h, strength float64) {
	p.paint(rgb{.10, .07, .05}, func(x, y float64) float64 {
		return strength * max(0, 1-math.Hypot((x-cx)/w, (y-cy)/h))
	})
}

// room is a wall with light from the left, a window and a floor.
func (p *photo) room(wall, floor rgb) {
	p.paint(wall, func(_, _ float64) float64 { return 1 })
	p.paint(rgb{1, 1, .97}, func(x, y float64) float64 { return .35 * max(0, 1-math.Hypot((x-160)/520, (y-90)/420)) })
	p.box(rgb{.93, .96, .97}, 735, 140, 210, 230, 4, 26)
	p.box(rgb{.66, .76, .66}, 735, 200, 190, 90, 4, 40)
	p.box(rgb{.58, .50, .42}, 210, 150, 132, 96, 3, 8)
	p.box(rgb{.80, .84, .80}, 210, 150, 116, 80, 2, 8)
	p.paint(floor, func(_, y float64) float64 { return soft(400-y, 6) })
	p.paint(rgb{1, .95, .85}, func(x, y float64) float64 {
		return soft(400-y, 6) * .30 * max(0, 1-math.Hypot((x-250)/420, (y-470)/110))
	})
}

// table is a board seen from above, with the grain running across it.
func (p *photo) table(wood rgb) {
	edge := func(x float64) float64 { return 210 + x*.05 }
	grain := make([]float64, height)
	for y := range grain {
		grain[y] = .6*math.Sin(float64(y)*.11+2*math.Sin(float64(y)*.017)) + .8*(p.noise()-.5)
	}
	for y := range height {
		for x := range width {
			a := min(max(soft(edge(float64(x))-float64(y), 5), 0), 1)
			if a == 0 {
				continue
			}
			bent := float64(y) + 14*math.Sin(float64(x)*.006+float64(y)*.01)
			line := grain[min(max(int(bent), 0), height-1)]
			fall := 1.10 - .42*(float64(y)-200)/360 - .16*math.Abs(float64(x)-300)/600
			light := fall * (1 + .07*line + .03*math.Sin(float64(x)*.012+bent*.08))
			at := &p.px[y*width+x]
			at.r += (wood.r*light - at.r) * a
			at.g += (wood.g*light - at.g) * a
			at.b += (wood.b*light - at.b) * a
		}
	}
	p.paint(rgb{.95, .80, .62}, func(x, y float64) float64 { return .55 * soft(math.Abs(y-edge(x)-3)-2, 4) })
}

// scratch is what the story's customer complains about.
func (p *photo) scratch() {
	line := func(x0, y0, x1, y1, thick float64) func(x, y float64) float64 {
		return func(x, y float64) float64 {
			t := min(max(((x-x0)*(x1-x0)+(y-y0)*(y1-y0))/((x1-x0)*(x1-x0)+(y1-y0)*(y1-y0)), 0), 1)
			return soft(math.Hypot(x-x0-t*(x1-x0), y-y0-t*(y1-y0))-thick*(.35+.65*math.Sin(math.Pi*t)), 2.5)
		}
	}
	for _, s := range [][4]float64{{350, 425, 585, 352}, {505, 404, 566, 386}} {
		p.paint(rgb{.28, .17, .09}, line(s[0]+2, s[1]+4, s[2]+2, s[3]+4, 2.2))
		p.paint(rgb{.96, .88, .74}, line(s[0], s[1], s[2], s[3], 2.2))
	}
}

func (p *photo) chair(cx, floor float64, cloth rgb) {
	dark := rgb{cloth.r * .78, cloth.g * .78, cloth.b * .78}
	p.shade(cx, floor+52, 250, 34, .55)
	for _, x := range []float64{-120, 120} {
		p.box(rgb{.36, .25, .17}, cx+x, floor+20, 13, 70, 5, 3)
	}
	p.box(dark, cx, floor-150, 270, 250, 46, 4)
	p.box(cloth, cx, floor-142, 236, 226, 40, 30)
	for _, x := range []float64{-152, 152} {
		p.box(dark, cx+x, floor-66, 62, 150, 28, 4)
		p.box(cloth, cx+x, floor-74, 46, 128, 22, 20)
	}
	p.box(dark, cx, floor-30, 268, 66, 22, 4)
	p.box(rgb{cloth.r * 1.12, cloth.g * 1.12, cloth.b * 1.12}, cx, floor-40, 246, 44, 20, 22)
}

func (p *photo) lowTable(cx, floor float64, wood rgb) {
	p.box(rgb{.78, .74, .68}, cx, floor+30, 620, 76, 34, 20)
	p.shade(cx, floor+34, 250, 30, .5)
	for _, x := range []float64{-150, 150} {
		p.box(rgb{wood.r * .7, wood.g * .7, wood.b * .7}, cx+x, floor-22, 14, 100, 5, 3)
	}
	p.box(wood, cx, floor-78, 400, 30, 10, 3)
	p.box(rgb{wood.r * 1.3, wood.g * 1.3, wood.b * 1.3}, cx, floor-88, 396, 10, 5, 6)
	p.box(rgb{.90, .88, .83}, cx-60, floor-122, 46, 62, 14, 4)
	for i, x := range []float64{-84, -60, -38} {
		p.box(rgb{.36, .52, .38}, cx+x, floor-182+float64(i%2)*14, 22, 84, 11, 10)
	}
	p.box(rgb{.30, .44, .47}, cx+70, floor-102, 120, 16, 3, 3)
	p.box(rgb{.85, .76, .60}, cx+66, floor-115, 104, 12, 3, 3)
}

// receipt is a slip of paper with lines nobody can read.
func (p *photo) receipt() {
	p.shade(470, 300, 230, 260, .45)
	p.box(rgb{.97, .97, .95}, 450, 285, 270, 470, 6, 3)
	p.box(rgb{.13, .52, .40}, 450, 116, 44, 44, 22, 3)
	for i := range 11 {
		y := 175 + float64(i)*30
		long := 90 + 90*p.noise()
		p.box(rgb{.66, .69, .68}, 345+long/2, y, long, 8, 4, 2)
		if i%3 != 0 {
			p.box(rgb{.50, .54, .53}, 530, y, 50, 8, 4, 2)
		}
	}
}

func (p *photo) encode() ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i, c := range p.px {
		x, y := i%width, i/width
		// The corners a little darker and some grain, as small lenses have them.
		dim := 1 - .16*math.Pow(math.Hypot(float64(x-width/2)/(width/2), float64(y-height/2)/(height/2)), 2)
		grain := .02 * (p.noise() - .5)
		img.SetRGBA(x, y, color.RGBA{byteOf(c.r*dim + grain), byteOf(c.g*dim + grain), byteOf(c.b*dim + grain), 255})
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 86})
	return b.Bytes(), err
}

func byteOf(light float64) uint8 { return uint8(min(max(light, 0), 1) * 255) }
