package signin

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// qrQuiet is the white edge a reader needs, in modules.
const qrQuiet = 4

// qrCode is a QR code as the path of its dark modules, for an SVG without any style.
type qrCode struct {
	size int // with the white edge
	path string
}

func newQR(text string) (qrCode, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return qrCode{}, fmt.Errorf("make QR code: %w", err)
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+qrQuiet, y+qrQuiet, x-from, x-from)
			}
		}
	}
	return qrCode{code.Size + 2*qrQuiet, b.String()}, nil
}

func (q qrCode) box() string { return fmt.Sprintf("0 0 %d %d", q.size, q.size) }
