package desk

// RefreshesScope reports whether an event may change what users of its account
// see or may do, so that viewers read before it are stale (V2, E11).
func (e *Event) RefreshesScope() bool {
	switch e.Type {
	case EvUserUpdated, EvUserDeleted, EvTeamCreated, EvTeamUpdated, EvTeamDeleted, EvQueueDeleted,
		EvConnectionDeleted, EvSettingsUpdated:
		return true
	}
	return false
}
