package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Route is what the hot paths need to know of a connection: the directory
// keeps it in memory.
type Route struct {
	desk.Connection
	Initial []desk.ID // its active initial queues, in the queues' order
}

// Routes returns every connection of an account that is not deleted. Secrets
// in the settings are sealed.
func (s *Store) Routes(q dbx.Querier, account desk.ID) ([]Route, error) {
	routes, err := dbx.All(q, scanRoute, `SELECT `+connectionColumns+` FROM connection c
		WHERE c.account_id = $1 AND c.deleted_at = 0 ORDER BY c.id`, account)
	if err != nil {
		return nil, err
	}
	at := make(map[desk.ID]int, len(routes))
	for i := range routes {
		at[routes[i].ID] = i
	}
	type link struct {
		connection, queue desk.ID
		active            bool
	}
	links, err := dbx.All(q, func(r dbx.Scanner) (link, error) {
		var l link
		return l, r.Scan(&l.connection, &l.queue, &l.active)
	}, `SELECT c.connection_id, c.queue_id, q.active FROM connection_queue c JOIN queue q ON q.id = c.queue_id
		WHERE c.account_id = $1 AND q.deleted_at = 0 ORDER BY c.connection_id, q.position, q.name_fold, q.id`, account)
	for _, l := range links {
		i, ok := at[l.connection]
		if !ok {
			continue
		}
		routes[i].Queues = append(routes[i].Queues, l.queue)
		if l.active {
			routes[i].Initial = append(routes[i].Initial, l.queue)
		}
	}
	return routes, err
}

func scanRoute(r dbx.Scanner) (Route, error) {
	c, err := scanConnection(r)
	return Route{Connection: c}, err
}

// RouteByKey finds the connection behind a webhook URL, or returns Missing.
func (s *Store) RouteByKey(q dbx.Querier, kind desk.ChannelKind, key string) (account, connection desk.ID, err error) {
	err = q.QueryRow(`SELECT account_id, id FROM connection WHERE public_key = $1 AND kind = $2 AND deleted_at = 0`, key, kind).
		Scan(&account, &connection)
	return account, connection, missing(err)
}

// AgentPhones returns the private mobiles of an account's active users, as
// their match keys.
func (s *Store) AgentPhones(q dbx.Querier, account desk.ID) ([]string, error) {
	return dbx.All(q, func(r dbx.Scanner) (string, error) {
		var phone string
		err := r.Scan(&phone)
		return desk.MatchKey(phone), err
	}, `SELECT phone FROM account_user WHERE account_id = $1 AND active AND deleted_at = 0 AND phone <> ''`, account)
}
