package e2e_test

import "testing"

// The main job, lived through on each database: issue "The main job, engine",
// stories 1 to 3 and bad input.
func TestStory(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d database) {
		w := firstRun(t, d)
		w.story("1 a customer writes: V1 V2 C4 C7 I1", (*company).customerWrites)
		w.story("2 every kind of message arrives: D02 C8 C17", (*company).everyKindArrives)
		w.story("2 every kind of message leaves: C14 C16 D02", (*company).everyKindLeaves)
		w.story("2 a ticket's life: C7 C9 C11 C12 C13 C19 C29 E4 I2", (*company).ticketLife)
		w.story("2 many at once: I4 E1", (*company).manyAtOnce)
		w.story("2 a contact without a phone", (*company).withoutPhone)
		w.story("2 sessions end: C1 D23 B12", (*company).sessionsEnd)
		w.story("2 the provider's faults: M2", (*company).providerFaults)
		w.story("2 an expired token: D17", (*company).expiredToken)
		w.story("2 a new phone number", (*company).newNumber)
		w.story("2 typing", (*company).typing)
		w.story("2 notifications", (*company).notified)
		w.story("2 within the reopening window: I3", (*company).reopened)
		w.story("V3 V4 and the wallet", (*company).otherWalls)
		w.story("masked phones: C17", (*company).maskedPhones)
		w.story("blocked contacts: C28", (*company).blocked)
		w.story("3 finding contacts: B2 B3 B5 B10 P1 P3 P4", (*company).findingContacts)
		w.story("3 active start: B6 B8 B9 B11 W1 W2 A-6", (*company).activeStart)
		w.story("3 what the provider says: B9 D02 M2 W", (*company).startsAtTheProvider)
		w.story("3 template without a ticket: B4", (*company).templateWithoutTicket)
		w.story("3 the form: A2 to A11", (*company).startForm)
		w.story("idempotency keys: decisions 5", (*company).idempotent)
		w.story("5 unsigned bodies: D17", (*company).unsignedBodies)
		w.story("5 odd bodies: amendment 9", (*company).oddBodies)
		w.story("5 odd text", (*company).oddText)
		w.story("5 a large batch", (*company).largeBatch)
		w.story("5 odd requests: D37", (*company).oddRequests)
		w.story("5 refused files: C14", (*company).refusedFiles)
		w.program.book.silentAbout(t, password, token, appSecret, "551198765", "Mariana", "girassol", "Carla", "portão", "Xênia", "Abel")
	})
}
