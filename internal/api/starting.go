package api

import (
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// startTicket is the input of POST /tickets.
type startTicket struct {
	Keyed
	Body startBody
}

// startBody is one of the two ways to start a conversation, told apart by mode.
type startBody struct {
	Form  *startForm
	Steps *startSteps
}

// UnmarshalJSON reads the way that mode names; the schema has made sure that
// there is one.
func (b *startBody) UnmarshalJSON(data []byte) error {
	var mode struct {
		Mode string `json:"mode"`
	}
	if err := json.Unmarshal(data, &mode); err != nil {
		return err
	}
	if mode.Mode == "form" {
		b.Form = &startForm{}
		return json.Unmarshal(data, b.Form)
	}
	b.Steps = &startSteps{}
	return json.Unmarshal(data, b.Steps)
}

// Schema implements huma.SchemaProvider.
func (startBody) Schema(r huma.Registry) *huma.Schema {
	form := r.Schema(reflect.TypeFor[startForm](), true, "")
	steps := r.Schema(reflect.TypeFor[startSteps](), true, "")
	r.Map()["StartBody"] = &huma.Schema{
		OneOf: []*huma.Schema{form, steps},
		Discriminator: &huma.Discriminator{
			PropertyName: "mode",
			Mapping:      map[string]string{"form": form.Ref, "steps": steps.Ref},
		},
	}
	return &huma.Schema{Ref: schemaPrefix + "StartBody"}
}
