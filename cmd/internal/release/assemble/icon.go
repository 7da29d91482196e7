package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
)

const (
	iconSize = 512 // what bundles ask for
	iconFine = 4   // samples each way in a pixel, for smooth edges
)

// icon draws a speech bubble that holds a terminal's prompt, as a PNG.
func icon() ([]byte, error) {
	img := image.NewNRGBA(image.Rect(0, 0, iconSize, iconSize))
	for y := range iconSize {
		for x := range iconSize {
			img.SetNRGBA(x, y, iconPixel(x, y))
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("drawing the icon: %w", err)
	}
	return out.Bytes(), nil
}

// iconPixel is the mean of the pixel's samples.
func iconPixel(x, y int) color.NRGBA {
	var r, g, b, a float64
	for i := range iconFine * iconFine {
		fx := float64(x) + (float64(i%iconFine)+0.5)/iconFine
		fy := float64(y) + (float64(i/iconFine)+0.5)/iconFine
		if c, ok := iconColour(fx, fy); ok {
			r, g, b, a = r+float64(c.R), g+float64(c.G), b+float64(c.B), a+1
		}
	}
	if a == 0 {
		return color.NRGBA{}
	}
	mean := func(sum float64) uint8 { return uint8(math.Round(sum / a)) }
	return color.NRGBA{R: mean(r), G: mean(g), B: mean(b), A: uint8(math.Round(255 * a / (iconFine * iconFine)))}
}

// iconColour is the colour at one point; false is transparent.
func iconColour(x, y float64) (color.NRGBA, bool) {
	back := color.NRGBA{R: 30, G: 64, B: 92, A: 255}
	bubble := color.NRGBA{R: 244, G: 247, B: 249, A: 255}
	ink := color.NRGBA{R: 22, G: 163, B: 143, A: 255}
	switch {
	case nearSegment(x, y, 176, 178, 240, 228, 17), nearSegment(x, y, 240, 228, 176, 278, 17), nearSegment(x, y, 268, 282, 344, 282, 17):
		return ink, true
	case inRounded(x, y, 96, 112, 416, 344, 56), inTail(x, y):
		return bubble, true
	case inRounded(x, y, 0, 0, iconSize, iconSize, 112):
		return back, true
	}
	return color.NRGBA{}, false
}

// inRounded: inside a rectangle whose corners have radius r.
func inRounded(x, y, left, top, right, bottom, r float64) bool {
	dx := max(left+r-x, 0, x-(right-r))
	dy := max(top+r-y, 0, y-(bottom-r))
	return math.Hypot(dx, dy) <= r
}

// inTail: inside the triangle that points down from the bubble.
func inTail(x, y float64) bool {
	return y >= 330 && y <= 412 && x >= 152 && x <= 152+(412-y)
}

// nearSegment: within r of the line from (x1, y1) to (x2, y2).
func nearSegment(x, y, x1, y1, x2, y2, r float64) bool {
	dx, dy := x2-x1, y2-y1
	t := ((x-x1)*dx + (y-y1)*dy) / (dx*dx + dy*dy)
	t = min(max(t, 0), 1)
	return math.Hypot(x-x1-t*dx, y-y1-t*dy) <= r
}
