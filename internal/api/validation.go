package api

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/prosa-desk/prosa/internal/desk"
)

// huma says in English what is wrong with a value. The patterns below find the
// code behind each of its sentences; a test sends one request for each.
var (
	missingProperty = regexp.MustCompile(`^expected (?:required )?property (\S+) to be present`)
	missingParam    = regexp.MustCompile(`^(?:required \w+ parameter is missing|[Ff]ile required|At least one file is required|request body is required)`)
	lengthAtLeast   = regexp.MustCompile(`^expected (?:array )?length >= (\d+)`)
	lengthAtMost    = regexp.MustCompile(`^expected (?:array )?length <= (\d+)`)
	numberAtLeast   = regexp.MustCompile(`^expected number >=? (\S+)`)
	numberAtMost    = regexp.MustCompile(`^expected number <=? (\S+)`)
	oneOf           = regexp.MustCompile(`^expected value to be one of "(.*)"`)
	wrongType       = regexp.MustCompile(`^(?:expected|invalid) (boolean|number|integer|string|array|object)$`)
)

// fieldOf translates one of huma's details. It has no code for the sentence
// about oneOf, which repeats what its branches say.
func fieldOf(d *huma.ErrorDetail) problemField {
	f := problemField{Location: d.Location, Code: desk.CodeInvalid}
	switch m := d.Message; {
	case m == "unexpected property" || m == "unknown query parameter":
		f.Code = desk.CodeUnknownField
	case d.Location == "header.Idempotency-Key":
		f.Code = desk.CodeIdempotencyKey
	case missingProperty.MatchString(m):
		f.Location += "." + missingProperty.FindStringSubmatch(m)[1]
		f.Code = desk.CodeRequired
	case m == "expected propertyName value to be present in object" || missingParam.MatchString(m):
		f.Code = desk.CodeRequired
	case lengthAtLeast.MatchString(m):
		f.Code, f.Params = desk.CodeTooShort, bound("min", lengthAtLeast, m)
		if d.Value == "" {
			f.Code, f.Params = desk.CodeRequired, nil
		}
	case lengthAtMost.MatchString(m):
		f.Code, f.Params = desk.CodeTooLong, bound("max", lengthAtMost, m)
	case numberAtLeast.MatchString(m):
		f.Code, f.Params = desk.CodeOutOfRange, bound("min", numberAtLeast, m)
	case numberAtMost.MatchString(m):
		f.Code, f.Params = desk.CodeOutOfRange, bound("max", numberAtMost, m)
	case oneOf.MatchString(m):
		f.Params = map[string]any{"options": strings.Split(oneOf.FindStringSubmatch(m)[1], ", ")}
	case wrongType.MatchString(m):
		f.Params = map[string]any{"type": wrongType.FindStringSubmatch(m)[1]}
	case strings.HasPrefix(m, "expected string to be RFC 5322 email"):
		f.Code = desk.CodeInvalidEmail
	}
	return f
}

// bound returns the limit named in a sentence as a parameter.
func bound(name string, re *regexp.Regexp, sentence string) map[string]any {
	n, err := strconv.ParseFloat(re.FindStringSubmatch(sentence)[1], 64)
	if err != nil {
		return nil
	}
	return map[string]any{name: n}
}

func byLocation(a, b problemField) int { return strings.Compare(a.Location, b.Location) }
