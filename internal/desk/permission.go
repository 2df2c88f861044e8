package desk

// Action is something a user may be allowed to do. The matrix of features.md
// §2.0 is data here; only rows whose feature exists are listed.
type Action string

// Actions on a ticket; the API offers them in can[].
const (
	ActAccept   Action = "accept"
	ActPeek     Action = "peek"  // read a pending ticket without touching it
	ActReply    Action = "reply" // any content; whether the window allows it is another matter
	ActTemplate Action = "template"
	ActReact    Action = "react"
	ActSeen     Action = "seen"   // reset unread and send the read receipt
	ActTyping   Action = "typing" // marks as read too, on WhatsApp
	ActReturn   Action = "return"
	ActTransfer Action = "transfer"
	ActClose    Action = "close"
	ActReopen   Action = "reopen"
	ActTag      Action = "tag"
	ActSetType  Action = "set_type"
)

// Actions elsewhere.
const (
	ActStart           Action = "ticket.start" // in her queues and connections
	ActContactEdit     Action = "contact.edit" // list and create too; see MaySeeContact
	ActContactBlock    Action = "contact.block"
	ActContactDelete   Action = "contact.delete"
	ActContactMerge    Action = "contact.merge"
	ActWalletSet       Action = "wallet.set" // for anybody; users: see MaySetWallet
	ActTagEdit         Action = "tag.edit"   // create and delete too
	ActTypeEdit        Action = "ticket_type.edit"
	ActUserView        Action = "user.view" // the register; names are known to all
	ActUserEdit        Action = "user.edit" // see MayEditUser
	ActUserDelete      Action = "user.delete"
	ActTeamEdit        Action = "team.edit"
	ActTeamDelete      Action = "team.delete"
	ActQueueEdit       Action = "queue.edit"
	ActQueueDelete     Action = "queue.delete"
	ActConnectionView  Action = "connection.view" // the register with state and health
	ActConnectionCheck Action = "connection.check"
	ActConnectionEdit  Action = "connection.edit" // create and delete too
	ActTemplateSync    Action = "template.sync"
	ActTemplateEdit    Action = "template.edit" // create and delete
	ActSettingsEdit    Action = "settings.edit" // read too
	ActAccountEdit     Action = "account.edit"
	ActHistoryView     Action = "history.view"   // changes of registers
	ActRawEvents       Action = "raw_event.view" // and replay
	ActWaitingAny      Action = "waiting.any"    // other people's messages in line
)

// matrix gives the least role that may do an action at all. What depends on the
// ticket, on a setting or on another person is decided by the functions below.
var matrix = map[Action]Role{
	ActAccept: RoleUser, ActPeek: RoleUser, ActReply: RoleUser, ActTemplate: RoleUser,
	ActReact: RoleUser, ActSeen: RoleUser, ActTyping: RoleUser, ActReturn: RoleUser,
	ActTransfer: RoleUser, ActClose: RoleUser, ActReopen: RoleUser, ActTag: RoleUser,
	ActSetType: RoleUser,

	ActStart: RoleUser, ActContactEdit: RoleUser, ActContactBlock: RoleUser,

	ActContactDelete: RoleSupervisor, ActContactMerge: RoleSupervisor, ActWalletSet: RoleSupervisor,
	ActTagEdit: RoleSupervisor, ActUserView: RoleSupervisor, ActUserEdit: RoleSupervisor,
	ActTeamEdit: RoleSupervisor, ActQueueEdit: RoleSupervisor, ActConnectionView: RoleSupervisor,
	ActConnectionCheck: RoleSupervisor, ActTemplateSync: RoleSupervisor, ActHistoryView: RoleSupervisor,
	ActWaitingAny: RoleSupervisor,

	ActTypeEdit: RoleAdmin, ActUserDelete: RoleAdmin, ActTeamDelete: RoleAdmin, ActQueueDelete: RoleAdmin,
	ActConnectionEdit: RoleAdmin, ActTemplateEdit: RoleAdmin, ActSettingsEdit: RoleAdmin,
	ActAccountEdit: RoleAdmin, ActRawEvents: RoleAdmin,
}

// rank orders roles; an unknown role ranks below all.
func (r Role) rank() int {
	switch r {
	case RoleUser:
		return 1
	case RoleSupervisor:
		return 2
	case RoleAdmin:
		return 3
	}
	return 0
}

// May reports whether the viewer may do the action at all: by her role and,
// for peeking and reopening, by the account's settings.
func (v *Viewer) May(a Action) bool {
	least, known := matrix[a]
	if !known || v.Role.rank() < least.rank() {
		return false
	}
	if v.above() {
		return true
	}
	switch a {
	case ActPeek:
		return v.Rights.UsersCanPeek
	case ActReopen:
		return v.Rights.UsersCanReopen
	}
	return true
}

// Require returns nil if the viewer may do the action at all, else a 403.
func (v *Viewer) Require(a Action) error {
	if !v.May(a) {
		return Denied(CodeForbidden)
	}
	return nil
}

// above reports whether the viewer is a supervisor or administrator.
func (v *Viewer) above() bool { return v.Role.rank() > RoleUser.rank() }

// MayEditUser reports whether the viewer may give a user the role next; had is
// the role before, "" for a new user. Supervisors handle plain users only and
// raise nobody (R2).
func (v *Viewer) MayEditUser(had, next Role) bool {
	if next.rank() == 0 || !v.May(ActUserEdit) {
		return false
	}
	return v.Role == RoleAdmin || (next == RoleUser && (had == RoleUser || had == ""))
}

// MaySetWallet reports whether the viewer may change the owner of a contact's
// wallet: users may only take one without owner and give up their own.
func (v *Viewer) MaySetWallet(owner, next ID) bool {
	if v.May(ActWalletSet) {
		return true
	}
	if v.Role != RoleUser {
		return false
	}
	return (owner == 0 && next == v.UserID) || (owner == v.UserID && next == 0)
}

// MaySeeContact is the wallet rule of D03: with users_only_own_wallet users
// find only their own contacts and those without owner.
func (v *Viewer) MaySeeContact(owner ID) bool {
	return v.above() || !v.Rights.UsersOnlyOwnWallet || owner == 0 || owner == v.UserID
}

// SeesPhones reports whether phone numbers are shown in full (C17).
func (v *Viewer) SeesPhones() bool { return v.above() || !v.Rights.HidePhoneFromUsers }

// MayChangeWaiting reports whether the viewer may edit or cancel a message in
// line on a ticket she sees: its author and supervisors.
func (v *Viewer) MayChangeWaiting(author ID) bool {
	return v.May(ActWaitingAny) || (author != 0 && author == v.UserID)
}
