package dbx

import (
	"cmp"
	"slices"
)

// step is a statement kept for the end of a transaction.
type step struct {
	order string
	fn    func(tx *Tx) error
}

// Last has fn run inside this transaction after everything else, just before
// it commits; several run in the order of their keys, equal ones in the order
// of the calls. It is for rows that many transactions write, such as counters:
// written last and always in the same order, they are locked for the shortest
// time and can't deadlock. Steps are forgotten with the savepoint they were
// added in; a step's error rolls the transaction back. A step must not call
// Last.
func (tx *Tx) Last(order string, fn func(tx *Tx) error) {
	tx.last = append(tx.last, step{order, fn})
}

func (tx *Tx) runLast() error {
	slices.SortStableFunc(tx.last, func(a, b step) int { return cmp.Compare(a.order, b.order) })
	for _, s := range tx.last {
		if err := s.fn(tx); err != nil {
			return err
		}
		tx.closeOpen()
	}
	return nil
}
