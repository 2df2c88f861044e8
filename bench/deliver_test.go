package main

import (
	"strings"
	"testing"
	"time"
)

// What is sent last may come before what was sent just before it: a stream is
// watched until it has seen all.
func TestDeliveryAwaitsEveryMark(t *testing.T) {
	sent := []time.Duration{1 * time.Second, 0, 2 * time.Second, 3 * time.Second}
	whole := []time.Duration{2 * time.Second, 0, 3 * time.Second, 4 * time.Second}
	late := []time.Duration{2 * time.Second, 0, 0, 4 * time.Second}
	if d := (delivery{seen: [][]time.Duration{whole, late}}); d.arrived(sent) {
		t.Error("a stream that lacks the last but one is taken for complete")
	} else if _, _, err := d.times(sent, time.Second); err == nil || !strings.Contains(err.Error(), "1 of 6 frames did not come, the first of a message sent after 2s") {
		t.Errorf("%v", err)
	}
	if d := (delivery{seen: [][]time.Duration{whole, whole}}); !d.arrived(sent) {
		t.Error("streams that have seen all are still waited for")
	}
}
