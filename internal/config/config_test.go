package config

import "testing"

func TestComplete(t *testing.T) {
	for _, tc := range []struct {
		name   string
		in     Config
		listen string
		public string
		bad    bool
	}{
		{name: "defaults", in: Config{}, listen: ":8080", public: "http://localhost:8080"},
		{name: "a demo stays on loopback", in: Config{Demo: true}, listen: "127.0.0.1:8080", public: "http://localhost:8080"},
		{name: "a demo told otherwise", in: Config{Demo: true, Listen: "0.0.0.0:9000"}, listen: "0.0.0.0:9000", public: "http://localhost:9000"},
		{name: "trailing slash", in: Config{PublicURL: "https://desk.example/"}, listen: ":8080", public: "https://desk.example"},
		{name: "no port", in: Config{Listen: "8080"}, bad: true},
		{name: "public URL without a host", in: Config{PublicURL: "desk.example"}, bad: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := tc.in.Complete()
			if tc.bad {
				if err == nil {
					t.Fatalf("accepted %+v", tc.in)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got.Listen != tc.listen || got.PublicURL != tc.public {
				t.Errorf("got %s and %s, want %s and %s", got.Listen, got.PublicURL, tc.listen, tc.public)
			}
		})
	}
}

func TestLoopback(t *testing.T) {
	for listen, want := range map[string]bool{"127.0.0.1:1": true, "[::1]:1": true, "localhost:1": true, ":1": false, "0.0.0.0:1": false, "10.0.0.1:1": false} {
		if got := (Config{Listen: listen}).Loopback(); got != want {
			t.Errorf("%s: loopback %v, want %v", listen, got, want)
		}
	}
}
