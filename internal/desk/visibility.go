package desk

import "slices"

// Role is what a user may do in general; the matrix is in permission.go.
type Role string

// Roles, from least to most.
const (
	RoleUser       Role = "user"
	RoleSupervisor Role = "supervisor"
	RoleAdmin      Role = "admin"
)

// Viewer is everything about a user that decides what she may see and do. It
// is read in one go when a request or stream starts and replaced when
// membership, role or settings change (event scope.changed).
type Viewer struct {
	AccountID   ID
	UserID      ID
	Role        Role
	Queues      []ID // direct and through teams, sorted
	Connections []ID // allowed ones, sorted; empty means all
	Rights      Rights
}

// Rights are the account settings that bear on permissions.
type Rights struct {
	HideAssignedToOthers     bool
	HideBotTickets           bool
	SupervisorScopedToQueues bool
	UsersSeeUnqueued         bool
	HidePhoneFromUsers       bool
	UsersClosePending        bool
	UsersCanReopen           bool
	UsersCanPeek             bool
	UsersOnlyOwnWallet       bool
	WalletRespectsQueues     bool
}

// Sight is the part of a ticket that decides who sees it. Events keep it before
// and after each change, so gains and losses follow (decisions.md 16).
type Sight struct {
	QueueID      ID           `json:"queue,omitempty"`
	ConnectionID ID           `json:"connection,omitempty"`
	UserID       ID           `json:"user,omitempty"`
	WalletUserID ID           `json:"wallet,omitempty"`
	Status       TicketStatus `json:"status,omitempty"`
	Bot          bool         `json:"bot,omitempty"`
}

// Scoped reports whether the viewer sees less than the whole account.
func (v *Viewer) Scoped() bool {
	switch v.Role {
	case RoleAdmin:
		return false
	case RoleSupervisor:
		return v.Rights.SupervisorScopedToQueues
	}
	return true
}

// CanSee is the visibility rule V of features.md §2.0. The WHERE fragment that
// store.visible writes says the same in SQL; a property test holds them equal.
func (v *Viewer) CanSee(s Sight) bool {
	if !v.Scoped() {
		return true
	}
	if s.UserID != 0 && s.UserID == v.UserID {
		return true
	}
	if v.Role == RoleUser {
		if v.Rights.HideAssignedToOthers && s.UserID != 0 {
			return false
		}
		if v.Rights.HideBotTickets && s.Bot {
			return false
		}
	}
	if s.WalletUserID != 0 && s.WalletUserID == v.UserID && !v.Rights.WalletRespectsQueues {
		return true
	}
	return v.reachesQueue(s.QueueID) && v.ReachesConnection(s.ConnectionID)
}

func (v *Viewer) reachesQueue(queue ID) bool {
	if queue == 0 {
		return v.Role == RoleSupervisor || v.Rights.UsersSeeUnqueued
	}
	return v.InQueue(queue)
}

// InQueue reports whether the viewer is a member of the queue.
func (v *Viewer) InQueue(queue ID) bool {
	_, ok := slices.BinarySearch(v.Queues, queue)
	return ok
}

// ReachesConnection reports whether the viewer may work on the connection.
func (v *Viewer) ReachesConnection(connection ID) bool {
	if !v.Scoped() || len(v.Connections) == 0 {
		return true
	}
	_, ok := slices.BinarySearch(v.Connections, connection)
	return ok
}

// MayUseQueue reports whether the viewer may open or accept tickets in the
// queue (B6): members always, supervisors and administrators everywhere.
func (v *Viewer) MayUseQueue(queue ID) bool {
	return v.Role != RoleUser || v.InQueue(queue)
}
