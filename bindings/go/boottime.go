package tenure

import (
	"time"

	"tenure.example/tenure/internal/native"
)

// BootTime is an instant on the boot-time clock (CLOCK_BOOTTIME), which measures leases: nanoseconds since some
// moment before the machine started. It goes on while the machine sleeps, and no one sets it. Zero is no instant.
type BootTime uint64

// Now is the present instant of the boot-time clock.
func Now() BootTime { return BootTime(native.BootTime()) }

// Until is the time from now to the instant; negative if it is past.
func (t BootTime) Until() time.Duration { return time.Duration(int64(t) - int64(native.BootTime())) }

// Time is the same instant on the wall clock as it is set now; the zero time for no instant.
func (t BootTime) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.Now().Add(t.Until())
}
