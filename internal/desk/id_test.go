package desk

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Ids grow for ever, also when the clock stands still, steps back, or the
// process starts again with the largest stored id as its floor.
func TestIDsNeverGoBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.UnixMilli(idEpoch + rapid.Int64Range(0, 1<<40).Draw(t, "start"))
		node := rapid.IntRange(0, 1023).Draw(t, "node")
		ids := NewIDs(func() time.Time { return now }, node, 0)
		var last ID
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				now = now.Add(time.Duration(rapid.Int64Range(-5000, 5000).Draw(t, "step")) * time.Millisecond)
			case 1:
				ids = NewIDs(func() time.Time { return now }, rapid.IntRange(0, 1023).Draw(t, "next node"), last)
			}
			for range rapid.IntRange(1, 5).Draw(t, "burst") {
				id := ids.Next()
				if id <= last {
					t.Fatalf("%d follows %d", id, last)
				}
				last = id
			}
		}
	})
}

// More ids than the counter holds in one millisecond borrow from the next ones.
func TestIDsBurstInOneMillisecond(t *testing.T) {
	now := time.UnixMilli(idEpoch + 1000)
	ids := NewIDs(func() time.Time { return now }, 7, 0)
	var last ID
	for range 3 * 4096 {
		id := ids.Next()
		if id <= last {
			t.Fatalf("%d follows %d", id, last)
		}
		last = id
	}
	if got, want := last.Time(), TimeOf(now)+2; got != want {
		t.Errorf("the last id is of %d, want %d", got, want)
	}
}

func TestIDsOfTwoNodesDiffer(t *testing.T) {
	now := func() time.Time { return time.UnixMilli(idEpoch + 5) }
	a, b := NewIDs(now, 1, 0), NewIDs(now, 2, 0)
	seen := map[ID]bool{}
	for range 5000 {
		for _, id := range []ID{a.Next(), b.Next()} {
			if seen[id] {
				t.Fatalf("%d twice", id)
			}
			seen[id] = true
		}
	}
}

func TestIDsFromManyGoroutines(t *testing.T) {
	ids := NewIDs(time.Now, 1, 0)
	var mu sync.Mutex
	var wg sync.WaitGroup
	seen := map[ID]bool{}
	for range 8 {
		wg.Go(func() {
			for range 500 {
				id := ids.Next()
				mu.Lock()
				if seen[id] {
					t.Errorf("%d twice", id)
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestIDTime(t *testing.T) {
	now := time.Date(2026, 11, 21, 15, 4, 5, 678e6, time.UTC)
	id := NewIDs(func() time.Time { return now }, 1023, 0).Next()
	if got := id.Time().Std(); !got.Equal(now) {
		t.Errorf("made at %v, says %v", now, got)
	}
}

func TestIDText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := ID(rapid.Int64Min(1).Draw(t, "id"))
		back, err := ParseID(id.String())
		if err != nil || back != id {
			t.Fatalf("%d: %d, %v", id, back, err)
		}
	})
	raw, err := json.Marshal(map[string]ID{"id": 9007199254740993, "none": 0})
	if err != nil || string(raw) != `{"id":"9007199254740993","none":""}` {
		t.Errorf("%s, %v", raw, err)
	}
	for _, bad := range []string{"-1", "0", "1.5", "abc", " 1", "9223372036854775808", strings.Repeat("9", 400)} {
		if id, err := ParseID(bad); err == nil {
			t.Errorf("%q is read as %d", bad, id)
		} else if len(err.Error()) > 200 {
			t.Errorf("the error repeats %d characters of the input", len(err.Error()))
		}
	}
	var id ID
	if err := json.Unmarshal([]byte(`12`), &id); err == nil {
		t.Error("a JSON number is no id: browsers have lost its digits")
	}
}

func TestTimeText(t *testing.T) {
	at := TimeOf(time.Date(2026, 11, 21, 12, 4, 5, 6e6, time.FixedZone("", -3*3600)))
	raw, err := json.Marshal(at)
	if err != nil || string(raw) != `"2026-11-21T15:04:05.006Z"` {
		t.Errorf("%s, %v", raw, err)
	}
	var back Time
	if err := json.Unmarshal([]byte(`"2026-11-21T12:04:05.006-03:00"`), &back); err != nil || back != at {
		t.Errorf("%d, %v; want %d", back, err, at)
	}
	if err := json.Unmarshal([]byte(`""`), &back); err != nil || back != 0 {
		t.Errorf("empty: %d, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`"tomorrow"`), &back); err == nil {
		t.Error("tomorrow is no time")
	}
	rapid.Check(t, func(t *rapid.T) {
		at := Time(rapid.Int64Range(-62135596800000, 253402300799999).Draw(t, "unix ms, years 1 to 9999"))
		if got, want := string(at.AppendFormat(nil)), at.Std().Format("2006-01-02T15:04:05.000Z07:00"); got != want {
			t.Fatalf("%d is written %s, want %s", at, got, want)
		}
	})
	if TimeOf(time.Time{}) != 0 || !Time(0).Std().IsZero() {
		t.Error("never must stay never")
	}
	if got := Time(1000).Add(1500 * time.Millisecond); got != 2500 {
		t.Errorf("Add: %d", got)
	}
}

func TestScanOfColumns(t *testing.T) {
	var id ID
	var at Time
	if err := errors.Join(id.Scan(int64(7)), at.Scan(int64(1700000000000))); err != nil || id != 7 || at != 1700000000000 {
		t.Errorf("%d, %d, %v", id, at, err)
	}
	for _, other := range []any{nil, "7", 7.0, []byte("7"), true} {
		if id.Scan(other) == nil || at.Scan(other) == nil {
			t.Errorf("%T %v is taken for an integer column", other, other)
		}
	}
}
