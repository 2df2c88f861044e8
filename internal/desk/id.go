package desk

import (
	"fmt"
	"strconv"
	"sync"
	"time"
)

// ID identifies a row. It is a time-ordered 64-bit number (41 bits of
// milliseconds since 2024-01-01, 10 bits of node, 12 bits of counter) and is
// written as a decimal string in JSON, because browsers lose digits above 2^53.
// Zero means "none".
type ID int64

// String returns the decimal form, or "" for none.
func (id ID) String() string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(int64(id), 10)
}

// MarshalText implements encoding.TextMarshaler.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; it refuses anything but a
// positive decimal number or the empty string.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = 0
		return nil
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil || n <= 0 {
		return fmt.Errorf("not an id: %.20q", b)
	}
	*id = ID(n)
	return nil
}

// Scan implements sql.Scanner. Lists read hundreds of ids, and without it
// database/sql converts each by reflection.
func (id *ID) Scan(column any) error {
	n, err := integer(column)
	*id = ID(n)
	return err
}

// ParseID reads the text form of an id.
func ParseID(s string) (ID, error) {
	var id ID
	err := id.UnmarshalText([]byte(s))
	return id, err
}

// integer takes the value of an integer column as both databases' drivers give
// it.
func integer(column any) (int64, error) {
	n, ok := column.(int64)
	if !ok {
		return 0, fmt.Errorf("an integer column holds %T", column)
	}
	return n, nil
}

// idEpoch is 2024-01-01T00:00:00Z in unix milliseconds.
const idEpoch = 1704067200000

// Time returns the millisecond in which the id was made.
func (id ID) Time() Time { return Time(int64(id)>>22 + idEpoch) }

// FirstID returns the smallest id that can be made in or after the millisecond
// t, to find rows by their age without an index on a time.
func FirstID(t Time) ID { return ID(max(int64(t)-idEpoch, 0) << 22) }

// IDs makes ids for one node. It never goes back: when the clock steps behind
// the last id it keeps counting from there.
type IDs struct {
	mu   sync.Mutex
	now  func() time.Time
	node int64
	last int64 // milliseconds since idEpoch of the last id
	seq  int64
}

// NewIDs returns a generator for node (0–1023) that makes only ids above floor,
// the largest id already stored.
func NewIDs(now func() time.Time, node int, floor ID) *IDs {
	return &IDs{now: now, node: int64(node) & 0x3ff, last: int64(floor) >> 22, seq: 0xfff}
}

// Next returns a new id, larger than every id this generator made before.
func (g *IDs) Next() ID {
	g.mu.Lock()
	defer g.mu.Unlock()
	ms := g.now().UnixMilli() - idEpoch
	switch {
	case ms > g.last:
		g.last, g.seq = ms, 0
	case g.seq < 0xfff:
		g.seq++
	default:
		g.last, g.seq = g.last+1, 0
	}
	return ID(g.last<<22 | g.node<<12 | g.seq)
}

// Time is an instant in unix milliseconds UTC, as stored; zero means "never".
// In JSON and text it is RFC 3339 with milliseconds.
type Time int64

// TimeOf converts t; the zero time.Time becomes "never".
func TimeOf(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMilli())
}

// Std returns the instant as a time.Time in UTC.
func (t Time) Std() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(t)).UTC()
}

// Add returns the instant d later.
func (t Time) Add(d time.Duration) Time { return t + Time(d.Milliseconds()) }

// AppendFormat writes the instant behind b, as MarshalText does. Package time
// writes whole seconds quickly, and layouts of one's own slowly.
func (t Time) AppendFormat(b []byte) []byte {
	at := t.Std()
	b = at.AppendFormat(b, time.RFC3339)
	ms := at.Nanosecond() / 1e6
	return append(b[:len(b)-1], '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z')
}

// MarshalText implements encoding.TextMarshaler.
func (t Time) MarshalText() ([]byte, error) {
	if t == 0 {
		return nil, nil
	}
	return t.AppendFormat(make([]byte, 0, len("2006-01-02T15:04:05.000Z"))), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *Time) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*t = 0
		return nil
	}
	v, err := time.Parse(time.RFC3339Nano, string(b))
	if err != nil {
		return fmt.Errorf("not an RFC 3339 time: %.40q", b)
	}
	*t = TimeOf(v)
	return nil
}

// Scan implements sql.Scanner; see that of ID.
func (t *Time) Scan(column any) error {
	n, err := integer(column)
	*t = Time(n)
	return err
}
