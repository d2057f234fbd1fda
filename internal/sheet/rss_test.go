package sheet

import (
	"os"
	"syscall"
)

// maxRSS is the peak of a finished process's memory in bytes; Linux counts it in KB.
func maxRSS(p *os.ProcessState) int64 {
	u, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return u.Maxrss << 10
}
