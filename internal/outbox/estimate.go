package outbox

import (
	"context"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Estimate is what sending will probably cost, by the rate card.
type Estimate struct {
	Micros   int64
	Currency string
	Category string
	Count    int
	Known    bool   // the card has the category; else Micros says nothing
	Source   string // of the card
	Since    string
}

// Estimate prices count messages of a template on a connection the viewer may
// use.
func (o *Outbox) Estimate(ctx context.Context, q dbx.Querier, v *desk.Viewer, connection, template desk.ID, count int) (Estimate, error) {
	row, _, err := o.Directory.Connection(ctx, v.AccountID, connection)
	if desk.CodeOf(err) == desk.CodeNotFound || err == nil && !v.ReachesConnection(row.ID) {
		return Estimate{}, desk.RefuseField("connection_id", desk.CodeUnknownReference)
	}
	if err != nil {
		return Estimate{}, err
	}
	t, err := o.Store.Template(q, v.AccountID, template)
	if desk.CodeOf(err) == desk.CodeNotFound || err == nil && (t.Kind != row.Kind || t.GroupID != row.GroupID) {
		return Estimate{}, desk.RefuseField("template_id", desk.CodeUnknownReference)
	}
	if err != nil {
		return Estimate{}, err
	}
	each, known := o.Rates.Price(t.Category)
	return Estimate{Micros: each * int64(count), Currency: o.Rates.Currency, Category: t.Category, Count: count, Known: known,
		Source: o.Rates.Source, Since: o.Rates.Since}, nil
}
