package desk

import (
	"testing"
	"time"
)

func TestRetryFromCountsFromWhenItBecameUncertain(t *testing.T) {
	became := TimeOf(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	m := Message{Status: StatusUncertain, RunAt: became.Add(UncertainHold)}
	if got := m.RetryFrom(Settings{UncertainResendMinutes: 2}); got != became.Add(2*time.Minute) {
		t.Errorf("%v", got.Std())
	}
	m.Status = StatusFailed
	if got := m.RetryFrom(Settings{UncertainResendMinutes: 2}); got != 0 {
		t.Errorf("a certain failure waits until %v", got.Std())
	}
}
