package jobs

// Poke wakes the loop without saying that there is work.
func Poke(r *Runner) { r.signal() }
