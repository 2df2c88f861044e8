package desk

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// constants reads the typed string constants of this package from its source.
func constants(t *testing.T) map[string][]string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	byType := map[string][]string{}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			name, typed := spec.Type.(*ast.Ident)
			if !typed {
				return true
			}
			for _, v := range spec.Values {
				if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					value, _ := strconv.Unquote(lit.Value)
					byType[name.Name] = append(byType[name.Name], value)
				}
			}
			return true
		})
	}
	return byType
}

func texts[T ~string](list []T) []string {
	var s []string
	for _, v := range list {
		s = append(s, string(v))
	}
	return s
}

// A constant that is missing from its list would be missing from the API
// document and the translations.
func TestRegistersListEveryConstant(t *testing.T) {
	declared := constants(t)
	listed := map[string][]string{
		"Code": texts(Codes()), "EventType": texts(EventTypes()), "Role": texts(Roles()),
		"TicketStatus": texts(TicketStatuses()), "Origin": texts(Origins()), "CloseSource": texts(CloseSources()),
		"Direction": texts(Directions()), "Author": texts(Authors()), "MessageType": texts(MessageTypes()),
		"MessageStatus": texts(MessageStatuses()), "MediaState": texts(MediaStates()),
		"ChannelKind": texts(ChannelKinds()), "ConnectionState": texts(ConnectionStates()),
		"ActorKind": texts(ActorKinds()), "IdentityKind": texts(IdentityKinds()),
		"SettingType": texts(SettingTypes()), "SettingArea": texts(SettingAreas()),
		"Action": append(texts(TicketActions()), texts(AccountActions())...),
	}
	for name, list := range listed {
		want := slices.Sorted(slices.Values(declared[name]))
		got := slices.Sorted(slices.Values(list))
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s (-declared +listed):\n%s", name, cmp.Diff(want, got))
		}
		if len(slices.Compact(got)) != len(list) {
			t.Errorf("%s: a value stands twice", name)
		}
	}
}
