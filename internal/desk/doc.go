// Package desk is the vocabulary of Prosa: ids, entities, states and their
// transitions, who may see and do what, settings, event types, error codes,
// phone numbers and text variables.
//
// It imports nothing of ours and knows no HTTP, no SQL and no provider, so
// that every rule in it can be read and tested alone.
package desk
