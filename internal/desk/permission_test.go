package desk

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The matrix of features.md §2.0, row by row: user, supervisor, admin. What is
// "o" or "s" there is tested with tickets and settings below.
const matrixOfFeatures = `
	ticket.start        y y y
	contact.edit        y y y
	contact.block       y y y
	contact.delete      - y y
	contact.merge       - y y
	wallet.set          - y y
	tag.edit            - y y
	user.view           - y y
	user.edit           - y y
	user.delete         - - y
	team.edit           - y y
	team.delete         - - y
	queue.edit          - y y
	queue.delete        - - y
	connection.view     - y y
	connection.check    - y y
	connection.edit     - - y
	template.sync       - y y
	template.edit       - - y
	ticket_type.edit    - - y
	settings.edit       - - y
	account.edit        - - y
	history.view        - y y
	raw_event.view      - - y
	waiting.any         - y y`

func TestMatrix(t *testing.T) {
	var listed []Action
	for line := range strings.Lines(strings.TrimSpace(matrixOfFeatures)) {
		cells := strings.Fields(line)
		action := Action(cells[0])
		listed = append(listed, action)
		for i, role := range Roles() {
			v := &Viewer{UserID: 1, Role: role}
			want := cells[i+1] == "y"
			if got := v.May(action); got != want {
				t.Errorf("%s may %s: %v, want %v", role, action, got, want)
			}
			if err := v.Require(action); (err == nil) != want || (!want && CodeOf(err) != CodeForbidden) {
				t.Errorf("%s requires %s: %v", role, action, err)
			}
		}
	}
	all := AccountActions()
	slices.Sort(listed)
	slices.Sort(all)
	if diff := cmp.Diff(all, listed); diff != "" {
		t.Errorf("actions and matrix differ:\n%s", diff)
	}
	if len(matrix) != len(all)+len(TicketActions()) {
		t.Errorf("%d rows, %d actions", len(matrix), len(all)+len(TicketActions()))
	}
}

func TestUnknownRoleAndActionMayNothing(t *testing.T) {
	for _, a := range append(AccountActions(), TicketActions()...) {
		if (&Viewer{UserID: 1, Role: "owner"}).May(a) || (&Viewer{UserID: 1}).May(a) {
			t.Errorf("an unknown role may %s", a)
		}
	}
	if (&Viewer{UserID: 1, Role: RoleAdmin}).May("account.destroy") {
		t.Error("an unknown action is allowed")
	}
}

// R2 and E10: only administrators make supervisors and administrators.
func TestMayEditUser(t *testing.T) {
	cases := []struct {
		by, had, next Role
		want          bool
	}{
		{RoleUser, "", RoleUser, false},
		{RoleUser, RoleUser, RoleUser, false},
		{RoleSupervisor, "", RoleUser, true},
		{RoleSupervisor, RoleUser, RoleUser, true},
		{RoleSupervisor, RoleUser, RoleSupervisor, false},
		{RoleSupervisor, "", RoleAdmin, false},
		{RoleSupervisor, RoleAdmin, RoleUser, false},
		{RoleSupervisor, RoleSupervisor, RoleUser, false},
		{RoleAdmin, "", RoleAdmin, true},
		{RoleAdmin, RoleAdmin, RoleUser, true},
		{RoleAdmin, RoleUser, "owner", false},
	}
	for _, c := range cases {
		if got := (&Viewer{UserID: 1, Role: c.by}).MayEditUser(c.had, c.next); got != c.want {
			t.Errorf("%s changes %q to %q: %v, want %v", c.by, c.had, c.next, got, c.want)
		}
	}
}

func TestMaySetWallet(t *testing.T) {
	const me, other ID = 1, 2
	cases := []struct {
		owner, next ID
		user        bool
	}{
		{0, me, true}, {me, 0, true}, {0, other, false}, {other, me, false}, {me, other, false}, {other, 0, false},
	}
	for _, c := range cases {
		for _, role := range Roles() {
			want := c.user || role != RoleUser
			if got := (&Viewer{UserID: me, Role: role}).MaySetWallet(c.owner, c.next); got != want {
				t.Errorf("%s sets %d to %d: %v, want %v", role, c.owner, c.next, got, want)
			}
		}
	}
}

func TestContactsOfTheWallet(t *testing.T) {
	for _, own := range []bool{false, true} {
		for _, role := range Roles() {
			v := &Viewer{UserID: 1, Role: role, Rights: Rights{UsersOnlyOwnWallet: own}}
			if !v.MaySeeContact(0) || !v.MaySeeContact(1) {
				t.Errorf("%s sees unowned contacts and her own", role)
			}
			if want := !own || role != RoleUser; v.MaySeeContact(2) != want {
				t.Errorf("D03 %s, own wallet only %v: sees another's contact %v", role, own, !want)
			}
		}
	}
}

func TestSeesPhones(t *testing.T) {
	for _, role := range Roles() {
		v := &Viewer{UserID: 1, Role: role}
		if !v.SeesPhones() {
			t.Errorf("%s sees phones by default", role)
		}
		v.Rights.HidePhoneFromUsers = true
		if want := role != RoleUser; v.SeesPhones() != want {
			t.Errorf("C17 %s: %v", role, !want)
		}
	}
}

func TestMayChangeWaiting(t *testing.T) {
	for _, role := range Roles() {
		v := &Viewer{UserID: 1, Role: role}
		if !v.MayChangeWaiting(1) {
			t.Errorf("%s may change her own message", role)
		}
		for _, author := range []ID{0, 2} {
			if want := role != RoleUser; v.MayChangeWaiting(author) != want {
				t.Errorf("%s changes a message of %d: %v", role, author, !want)
			}
		}
	}
}
