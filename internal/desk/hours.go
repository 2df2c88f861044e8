package desk

import (
	"errors"
	"fmt"
	"strings"
)

// errHourRange is returned for anything but "HH:MM-HH:MM" with from before to.
var errHourRange = errors.New(`not a range of hours such as "08:00-20:00"`)

// HourRange is a part of the day in local time, in minutes since midnight; To
// is exclusive and may be 24:00.
type HourRange struct {
	From, To int
}

// Contains reports whether a minute of the day lies in the range.
func (r HourRange) Contains(minute int) bool { return minute >= r.From && minute < r.To }

// MarshalText writes "08:00-20:00".
func (r HourRange) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%02d:%02d-%02d:%02d", r.From/60, r.From%60, r.To/60, r.To%60), nil
}

// UnmarshalText reads "08:00-20:00", with a hyphen or an en dash.
func (r *HourRange) UnmarshalText(b []byte) error {
	from, to, ok := strings.Cut(strings.Replace(string(b), "–", "-", 1), "-")
	start, ok1 := parseClock(strings.TrimSpace(from))
	end, ok2 := parseClock(strings.TrimSpace(to))
	if !ok || !ok1 || !ok2 || start >= end {
		return errHourRange
	}
	*r = HourRange{From: start, To: end}
	return nil
}

// parseClock reads "HH:MM" up to 24:00 as minutes since midnight.
func parseClock(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	for _, i := range []int{0, 1, 3, 4} {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	return h*60 + m, m < 60 && h*60+m <= 24*60
}
