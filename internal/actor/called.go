package actor

// Called is whom something may wait for: people by name, and holders of roles. It is a first look for whoever asks about
// many people at once; what really waits for one of them, the module says that was asked. It may name too many, never
// too few. The zero Called names nobody.
type Called struct {
	everybody bool
	people    map[string]bool
	roles     map[roleIn]bool
}

// roleIn is a role in a scope, or anywhere.
type roleIn struct{ role, scope string }

// anywhere stands for every scope; no scope is written like that.
const anywhere = "*"

// Everybody names everybody.
func (c *Called) Everybody() { c.everybody = true }

// Person names somebody; "" is nobody.
func (c *Called) Person(code string) {
	if c.people == nil {
		c.people = map[string]bool{}
	}
	if code != "" {
		c.people[code] = true
	}
}

// Role names whoever holds a role, wherever.
func (c *Called) Role(role string) { c.RoleIn(role, anywhere) }

// RoleIn names whoever holds a role in just that scope; "" is the whole city.
func (c *Called) RoleIn(role, scope string) {
	if c.roles == nil {
		c.roles = map[roleIn]bool{}
	}
	c.roles[roleIn{role, scope}] = true
}

// People are those named themselves.
func (c *Called) People() []string {
	out := make([]string, 0, len(c.people))
	for p := range c.people {
		out = append(out, p)
	}
	return out
}

// Has says whether somebody is named.
func (c *Called) Has(who Actor) bool {
	if c.everybody || c.people[who.Person] {
		return true
	}
	for _, g := range who.Roles {
		if c.roles[roleIn{g.Role, anywhere}] || c.roles[roleIn{g.Role, g.Scope}] {
			return true
		}
	}
	return false
}
