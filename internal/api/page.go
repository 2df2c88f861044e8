package api

// page is one page of a list. The next one is asked for with cursor=next; null
// is the end. There is no total.
type page[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next" doc:"cursor of the next page; null at the end"`
}

// items is a whole list that is never paged.
type items[T any] struct {
	Items []T `json:"items"`
}

// Paged is the part of a query that paged lists have in common. It is exported,
// as the other embedded inputs are, because huma reads exported fields only.
type Paged struct {
	Cursor string `query:"cursor" maxLength:"300" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"30"`
}

// Searched is a paged list that can be searched.
type Searched struct {
	Paged
	Q string `query:"q" maxLength:"200" doc:"case and accents don't matter"`
}

// ByID names the row of the path.
type ByID struct {
	ID idIn `path:"id" doc:"id of the row"`
}

// Keyed makes a repeated creation harmless: the same key within 7 days answers
// with the first result, with another body it is 422 idempotency_mismatch.
type Keyed struct {
	Key string `header:"Idempotency-Key" minLength:"1" maxLength:"255" pattern:"^[!-~]+$" required:"true" doc:"1 to 255 visible ASCII characters; kept for 7 days"`
}

// MaybeKeyed is Keyed where the key may be left out.
type MaybeKeyed struct {
	Key string `header:"Idempotency-Key" minLength:"1" maxLength:"255" pattern:"^[!-~]+$" doc:"1 to 255 visible ASCII characters; kept for 7 days"`
}

// write is the input of a creation.
type write[T any] struct {
	MaybeKeyed
	Body T
}

// change is the input of a change of one row.
type change[T any] struct {
	ByID
	Body T
}

// pageOf builds a page from rows.
func pageOf[R, T any](rows []R, next string, view func(R) T) *body[page[T]] {
	return paged(viewed(rows, view), next)
}

// paged makes a page of what is a view already; the list is not nil.
func paged[T any](list []T, next string) *body[page[T]] {
	p := page[T]{Items: list}
	if next != "" {
		p.Next = &next
	}
	return answer(p)
}

// itemsOf builds a whole list from rows.
func itemsOf[R, T any](rows []R, view func(R) T) *body[items[T]] {
	return answer(items[T]{Items: viewed(rows, view)})
}

// viewed converts rows for an answer; the list is never null.
func viewed[R, T any](rows []R, view func(R) T) []T {
	list := make([]T, len(rows))
	for i, r := range rows {
		list[i] = view(r)
	}
	return list
}
