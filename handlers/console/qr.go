package console

import (
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"
)

// qr is a code that a telephone reads, to be drawn as SVG: Path is one path of
// unit squares, Size the width and height with the quiet margin of four.
type qr struct {
	Size int
	Path string
}

func newQR(text string) (qr, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return qr{}, fmt.Errorf("draw code: %w", err)
	}
	dots := code.Bitmap() // with its margin
	var path strings.Builder
	for y, row := range dots {
		for x, dark := range row {
			if dark {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return qr{Size: len(dots), Path: path.String()}, nil
}
