package charter

import (
	"reflect"

	"tongce/crdt/canon"
)

// Alike tells whether s and o say the same of everything that the gate reads
// when it judges what a device writes (GA6, GA7, GA12 to GA14), but for which
// documents are personal or erased: its member, and the roles, sections, fields
// and departments. What other members and devices are does not come into it.
func (s *State) Alike(o *State, author canon.DeviceID) bool {
	if s == o {
		return true
	}
	a, okA := s.devices.get(author)
	b, okB := o.devices.get(author)
	if !okA || !okB || s.w != o.w || s.rules != o.rules || !reflect.DeepEqual(a, b) {
		return false
	}
	m, okM := s.members.get(a.Member)
	n, okN := o.members.get(b.Member)
	return okM && okN && m == n && reflect.DeepEqual(s.roles, o.roles) && reflect.DeepEqual(s.sections, o.sections) &&
		reflect.DeepEqual(s.fields, o.fields) && reflect.DeepEqual(s.departments, o.departments)
}
