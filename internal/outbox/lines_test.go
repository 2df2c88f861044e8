package outbox

import (
	"sync/atomic"
	"testing"

	"github.com/prosa-desk/prosa/internal/desk"
)

// heir takes a connection over when it is told to.
type heir struct {
	Sole
	owns  atomic.Bool
	asked chan struct{}
}

func (h *heir) Owns(desk.ID) bool {
	defer func() {
		select {
		case h.asked <- struct{}{}:
		default:
		}
	}()
	return h.owns.Load()
}

// Beside others, who may accept what this process sends, every turn looks;
// alone, few do. Told to look again, it sends what was another's to send.
func TestAloneLooksRarely(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		looks := func(owner Owner) (n int) {
			w.o.lines.owner = owner
			for turn := range 2 * aloneTurns {
				n += map[bool]int{true: 1}[w.o.lines.due(turn)]
			}
			return n
		}
		if few, all := looks(Sole{}), looks(among{}); few != 2 || all != 2*aloneTurns {
			t.Errorf("looks in %d and %d of %d turns", few, all, 2*aloneTurns)
		}
		ticket := w.open("11 98765-4321")
		w.hears(ticket)
		m := w.mustSay(ticket, "olá")
		heir := &heir{asked: make(chan struct{}, 1)}
		w.beginAs(heir)
		<-heir.asked // the first look found it and left it to its owner
		heir.owns.Store(true)
		w.o.LookAgain()
		w.becomes(m.ID, desk.StatusSent)
	})
}
