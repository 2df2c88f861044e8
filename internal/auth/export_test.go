package auth

// Occupy takes one of the places for hashing.
func Occupy(p *Passwords) (release func()) {
	p.slots <- struct{}{}
	return func() { <-p.slots }
}
