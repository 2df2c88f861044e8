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
		w.program.book.silentAbout(t, password, token, appSecret, "98765", "Mariana", "girassol", "Carla", "portão")
	})
}
