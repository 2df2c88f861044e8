package api

import (
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/prosa-desk/prosa/internal/desk"
)

// What is written by hand is what the encoder would write.
func TestScalars_AreWrittenAsTheEncoderWould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, math.MaxInt64).Draw(t, "id")
		at := rapid.Int64Range(1, 253_402_300_799_999).Draw(t, "ms") // the year 9999
		text, err := desk.Time(at).MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ got, want any }{{id(n), desk.ID(n).String()}, {ref(n), desk.ID(n).String()}, {when(at), string(text)}} {
			got, err1 := json.Marshal(c.got)
			want, err2 := json.Marshal(c.want)
			if err1 != nil || err2 != nil || string(got) != string(want) {
				t.Fatalf("%s %v, want %s %v", got, err1, want, err2)
			}
		}
	})
	for _, none := range []any{ref(0), when(0)} {
		if b, err := json.Marshal(none); err != nil || string(b) != "null" {
			t.Errorf("%s %v", b, err)
		}
	}
	if b, err := json.Marshal(id(0)); err != nil || string(b) != `""` {
		t.Errorf("%s %v", b, err)
	}
}
