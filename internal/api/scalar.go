package api

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/prosa-desk/prosa/internal/desk"
)

// idPattern is what an id looks like in JSON, paths and queries.
const idPattern = `^[1-9][0-9]{0,18}$`

// id is an id that is always there.
type id desk.ID

// MarshalJSON writes the id as a string of digits. A list has hundreds of them:
// they are written as they are, without another encoder.
func (v id) MarshalJSON() ([]byte, error) {
	b := append(make([]byte, 0, len(`"9223372036854775807"`)), '"')
	if v != 0 {
		b = strconv.AppendInt(b, int64(v), 10)
	}
	return append(b, '"'), nil
}

// UnmarshalJSON reads a string of digits.
func (v *id) UnmarshalJSON(b []byte) error {
	var s desk.ID
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*v = id(s)
	return nil
}

// Schema implements huma.SchemaProvider.
func (id) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: idPattern}
}

// ref is an id that may be none: null in answers, null or "" in requests.
type ref desk.ID

// MarshalJSON writes null for none.
func (v ref) MarshalJSON() ([]byte, error) {
	if v == 0 {
		return []byte("null"), nil
	}
	return id(v).MarshalJSON()
}

// UnmarshalJSON reads an id, null or "".
func (v *ref) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		*v = 0
		return nil
	}
	return (*id)(v).UnmarshalJSON(b)
}

// Schema implements huma.SchemaProvider.
func (ref) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true, Pattern: `^([1-9][0-9]{0,18})?$`}
}

// refPatch is a reference that a PATCH may name: absent leaves it, null or ""
// clears it.
type refPatch struct {
	Set bool
	ID  desk.ID
}

// UnmarshalJSON is called only when the field is named.
func (v *refPatch) UnmarshalJSON(b []byte) error {
	v.Set = true
	return (*ref)(&v.ID).UnmarshalJSON(b)
}

// Schema implements huma.SchemaProvider.
func (refPatch) Schema(r huma.Registry) *huma.Schema { return ref(0).Schema(r) }

// pointer returns the id, nil when the field was not named.
func (v refPatch) pointer() *desk.ID {
	if !v.Set {
		return nil
	}
	return &v.ID
}

// when is an instant: RFC 3339 in UTC with milliseconds, null for never.
type when desk.Time

// MarshalJSON writes null for never.
func (v when) MarshalJSON() ([]byte, error) {
	if v == 0 {
		return []byte("null"), nil
	}
	b := append(make([]byte, 0, len(`"2006-01-02T15:04:05.000Z"`)), '"')
	return append(desk.Time(v).AppendFormat(b), '"'), nil
}

// Schema implements huma.SchemaProvider.
func (when) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Nullable: true}
}

// idIn is an id in a path or query. It is a struct because huma reads
// parameters of integer kinds as numbers.
type idIn struct{ ID desk.ID }

// UnmarshalText implements encoding.TextUnmarshaler.
func (v *idIn) UnmarshalText(b []byte) error { return v.ID.UnmarshalText(b) }

// Schema implements huma.SchemaProvider.
func (idIn) Schema(r huma.Registry) *huma.Schema { return id(0).Schema(r) }

// ids converts ids for an answer; the list is never null.
func ids(list []desk.ID) []id {
	all := make([]id, len(list))
	for i, v := range list {
		all[i] = id(v)
	}
	return all
}

// deskIDs converts the ids of a request.
func deskIDs(list []id) []desk.ID {
	all := make([]desk.ID, len(list))
	for i, v := range list {
		all[i] = desk.ID(v)
	}
	return all
}

// idsPatch converts a list that a PATCH may name; nil when it was not named.
func idsPatch(list *[]id) *[]desk.ID {
	if list == nil {
		return nil
	}
	all := deskIDs(*list)
	return &all
}

// filled returns the list, or an empty one for nil, so that JSON never holds
// null where a list is promised.
func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
