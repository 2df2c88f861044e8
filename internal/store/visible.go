package store

import (
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// visible returns a condition on the rows of alias that holds exactly for
// those the viewer's CanSee allows. The alias must have the columns queue_id,
// connection_id, user_id, wallet_user_id, status and bot: ticket has, and so
// has ticket_count. A property test holds both to be equal.
func visible(a *dbx.Args, v *desk.Viewer, alias string) string {
	if !v.Scoped() {
		return "TRUE"
	}
	me := a.Add(v.UserID)
	mine := alias + ".user_id = " + me
	need := append(needsOf(v, alias, alias+".user_id = 0"), reachable(a, v, alias, me))
	return "(" + mine + " OR (" + strings.Join(need, " AND ") + "))"
}

// needsOf are the conditions on what is not the viewer's own; unassigned is how
// the alias says that a ticket is nobody's.
func needsOf(v *desk.Viewer, alias, unassigned string) []string {
	var need []string
	if v.Role == desk.RoleUser {
		if v.Rights.HideAssignedToOthers {
			need = append(need, unassigned)
		}
		if v.Rights.HideBotTickets {
			need = append(need, "NOT "+alias+".bot")
		}
	}
	return need
}

// reachable is the part of the rule about wallet, queues and connections.
func reachable(a *dbx.Args, v *desk.Viewer, alias, me string) string {
	place := placeVisible(a, v, alias)
	if v.Rights.WalletRespectsQueues {
		return place
	}
	return "(" + alias + ".wallet_user_id = " + me + " OR " + place + ")"
}

// placeVisible is the part of it about queues and connections.
func placeVisible(a *dbx.Args, v *desk.Viewer, alias string) string {
	queues := "FALSE"
	if list := visibleQueues(v); len(list) > 0 {
		queues = alias + ".queue_id IN (" + dbx.List(a, list) + ")"
	}
	if len(v.Connections) > 0 {
		return "(" + queues + " AND " + alias + ".connection_id IN (" + dbx.List(a, v.Connections) + "))"
	}
	return queues
}

// visibleQueues are the queues a scoped viewer reaches, 0 standing for
// tickets without a queue.
func visibleQueues(v *desk.Viewer) []desk.ID {
	list := v.Queues
	if v.Role == desk.RoleSupervisor || v.Rights.UsersSeeUnqueued {
		list = append([]desk.ID{0}, list...)
	}
	return list
}
