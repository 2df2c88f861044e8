package app_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/prosa-desk/prosa/"

// rooms are the packages from the top of the house to the bottom (docs/map.md):
// each may import what stands below it and nothing else. A name that ends in
// "/*" holds one room for each folder in it.
var rooms = []string{
	"bench",
	"cmd/prosa",
	"internal/app",
	"internal/app/demo",
	"internal/web",
	"web",
	"internal/api",
	"internal/ingress",
	"internal/inbound",
	"internal/outbox",
	"internal/routing",
	"internal/auth",
	"internal/media",
	"internal/jobs",
	"internal/bus",
	"internal/store",
	"internal/sandbox",
	"internal/sandbox/*",
	"internal/channel/*",
	"internal/channel",
	"internal/dbx",
	"internal/config",
	"internal/desk",
}

// only says more than the order does: all that a room may import.
var only = map[string][]string{
	"internal/sandbox":   {"internal/dbx", "internal/desk", "internal/sandbox/*"}, // independent of what it proves
	"internal/sandbox/*": {},
	"internal/channel/*": {"internal/channel", "internal/desk"}, // adapters know only the contract
	"internal/channel":   {"internal/desk"},
	"internal/store":     {"internal/dbx", "internal/desk"},
	"internal/media":     {"internal/desk"},
	"internal/bus":       {"internal/desk"},
	"internal/dbx":       {},
	"internal/config":    {},
	"internal/desk":      {},
	"internal/web":       {"web"},
	"web":                {},
}

// visitors names all who may import a room that is not for everybody above it.
var visitors = map[string][]string{
	"internal/app":       {"cmd/prosa", "bench"},
	"internal/app/demo":  {"cmd/prosa", "internal/app", "bench"},
	"internal/sandbox":   {"internal/api", "internal/app", "internal/app/demo", "bench"},
	"internal/sandbox/*": {"internal/api", "internal/sandbox"},
	"internal/channel/*": {"internal/app", "internal/app/demo", "bench"}, // everybody else has the registry
	"internal/config":    {"cmd/prosa", "internal/app", "bench"},
	"internal/web":       {"internal/app"},
	"internal/ingress":   {"internal/app", "internal/app/demo", "bench"},
}

// forTests are packages that only tests may import.
var forTests = []string{"internal/testkit", "internal/testkit/*", "internal/channel/channeltest", "e2e", "e2e/*"}

// listed is what `go list` tells of a package; Imports are those of its program
// files, not of its tests.
type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	var list []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// roomOf is the entry of a list that a package belongs to, "" for none.
func roomOf(list []string, pkg string) string {
	for _, r := range list {
		if folder, many := strings.CutSuffix(r, "/*"); r == pkg || many && path.Dir(pkg) == folder {
			return r
		}
	}
	return ""
}

// Rooms import downwards only: design.md §2.
func TestRoomsImportDownwardsOnly(t *testing.T) {
	checked := 0
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		if roomOf(forTests, from) != "" {
			continue
		}
		if roomOf(rooms, from) == "" {
			t.Errorf("%s is no room: give it a place in the order, with a reason in docs/decisions.md", from)
			continue
		}
		for _, i := range p.Imports {
			if to, ours := strings.CutPrefix(i, module); ours {
				checked++
				if fault := judge(from, to); fault != "" {
					t.Errorf("%s imports %s: %s", from, to, fault)
				}
			}
		}
	}
	if checked < len(rooms) {
		t.Errorf("only %d imports were seen", checked)
	}
}

// judge says what is wrong with an import, "" if nothing is.
func judge(from, to string) string {
	if roomOf(forTests, to) != "" {
		return "it is for tests"
	}
	below, here := roomOf(rooms, to), roomOf(rooms, from)
	if below == "" {
		return "it is no room"
	}
	if slices.Index(rooms, below) <= slices.Index(rooms, here) {
		return "that is upwards"
	}
	if allowed, limited := only[here]; limited && !slices.Contains(allowed, below) {
		return "this room may import only " + strings.Join(allowed, ", ")
	}
	if guests, closed := visitors[below]; closed && !slices.Contains(guests, here) {
		return "only " + strings.Join(guests, ", ") + " may"
	}
	return ""
}

// The test above is worth something only if it finds what it looks for.
func TestJudgeFindsWrongImports(t *testing.T) {
	for _, c := range []struct{ from, to string }{
		{"internal/store", "internal/routing"},           // upwards
		{"internal/outbox", "internal/inbound"},          // upwards, beside
		{"internal/desk", "internal/dbx"},                // out of the vocabulary
		{"internal/sandbox", "internal/store"},           // into what it proves
		{"internal/outbox", "internal/sandbox"},          // into the simulator
		{"internal/outbox", "internal/channel/telegram"}, // past the registry
		{"internal/channel/telegram", "internal/channel/sms"},
		{"internal/channel/telegram", "internal/dbx"},
		{"internal/api", "internal/app"},
		{"internal/api", "internal/testkit"},
		{"internal/api", "internal/elsewhere"},
		{"internal/api", "internal/api"},
	} {
		if judge(c.from, c.to) == "" {
			t.Errorf("%s may import %s", c.from, c.to)
		}
	}
	if fault := judge("internal/api", "internal/store"); fault != "" {
		t.Errorf("api imports store: %s", fault)
	}
}
