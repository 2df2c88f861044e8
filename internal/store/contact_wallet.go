package store

import (
	"encoding/json"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Kinds of jobs that go on with what a register's change began. Their handlers
// call the function named until it has nothing left to do.
const (
	JobWallet      = "contact.wallet" // SpreadWallet
	JobReleaseUser = "user.release"   // ReleaseUser
	JobErase       = "contact.erase"  // EraseContact
)

// TicketsPerChunk bounds how many tickets one transaction changes, at about
// four statements each.
const ticketsPerChunk = 40

// Chore is the payload of these jobs.
type Chore struct {
	ID desk.ID `json:"id"` // of the contact or user
}

// addChore leaves the rest of a long change to a job.
func (s *Store) addChore(tx *dbx.Tx, account desk.ID, kind string, id desk.ID) error {
	payload, err := json.Marshal(Chore{ID: id})
	if err != nil {
		return err
	}
	_, err = s.AddJob(tx, Job{AccountID: account, Kind: kind, UniqueKey: id.String(), RunAt: s.now(), Payload: string(payload)})
	return err
}

// spreadWallet copies a contact's owner to her tickets, which is where
// visibility reads it (decisions.md 14), and leaves the rest to a job.
func (s *Store) spreadWallet(tx *dbx.Tx, actor desk.Actor, x *desk.Contact) error {
	more, err := s.copyOwner(tx, actor, x)
	if err == nil && more {
		return s.addChore(tx, x.AccountID, JobWallet, x.ID)
	}
	return err
}

// SpreadWallet goes on copying a contact's owner to her tickets and reports
// whether there may be more.
func (s *Store) SpreadWallet(tx *dbx.Tx, account, contact desk.ID) (more bool, err error) {
	x, err := s.Contact(tx, account, contact)
	if err != nil {
		return false, err
	}
	return s.copyOwner(tx, desk.System(), &x)
}

// copyOwner changes the newest tickets first: live ones are among them.
func (s *Store) copyOwner(tx *dbx.Tx, actor desk.Actor, x *desk.Contact) (more bool, err error) {
	ids, err := dbx.All(tx, scanID, `SELECT id FROM ticket WHERE account_id = $1 AND contact_id = $2 AND wallet_user_id <> $3
		ORDER BY id DESC`+limit(ticketsPerChunk), x.AccountID, x.ID, x.OwnerUserID)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		_, err := s.ChangeTicket(tx, x.AccountID, id, actor, func(t *desk.Ticket, e *desk.Event) error {
			e.Type = desk.EvTicketWallet
			e.Data = map[string]any{"from": t.WalletUserID, "to": x.OwnerUserID}
			t.WalletUserID = x.OwnerUserID
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	return len(ids) == ticketsPerChunk, nil
}
