package chartertest

import (
	"strconv"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/seal"
)

// Populate brings n members with one device each; roles and departments go
// round the templates (no administrators) and Sales, North, South, Service,
// Finance. The names differ.
func (w *Workspace) Populate(n int) []*Device {
	w.tb.Helper()
	roles := []string{RoleSales, charter.RoleColleague, RoleService, RoleFinance, RoleManager, RoleMarketing, RoleAuditor}
	places := []string{Sales, North, South, Service, Finance}
	out := make([]*Device, n)
	for i := range out {
		out[i] = w.Join(roles[i%len(roles)], places[i%len(places)], "员工"+strconv.Itoa(i+1))
	}
	return out
}

// Grant wraps the section's newest key to the device, of the kind that its role
// has a right to, signed by the founder.
func (w *Workspace) Grant(d *Device, kind seal.Kind, sections ...string) {
	w.tb.Helper()
	w.Must(&charter.GrantContent{Grants: []charter.Grant{w.Wrap(w.Founder, d, kind, sections...)}}, w.Founder)
}

// Wrap wraps the newest keys of sections (sorted) that from holds to a device,
// for the next statement.
func (w *Workspace) Wrap(from, to *Device, kind seal.Kind, sections ...string) charter.Grant {
	w.tb.Helper()
	ring, keys := w.Ring(from), []seal.SectionKey{}
	for _, id := range sections {
		x, _ := w.State().Section(id)
		k, ok := ring.Key(id, x.Version)
		if !ok {
			w.tb.Fatalf("section %s: key not held", id)
		}
		if kind == seal.Mask {
			k = k.Masked(w.ID)
		}
		keys = append(keys, k)
	}
	return w.WrapKeys(to.Device(), keys...)
}

// WrapKeys wraps keys to a device or invite of the charter, for the next
// statement.
func (w *Workspace) WrapKeys(to canon.DeviceID, keys ...seal.SectionKey) charter.Grant {
	w.tb.Helper()
	s := w.State()
	pub := []byte(nil)
	if d, ok := s.Device(to); ok {
		pub = d.HPKE
	} else if i, ok := s.Invite(to); ok {
		pub = i.HPKE
	}
	g, err := seal.WrapKeys(pub, w.ID, s.Head().Seq+1, to, keys)
	if err != nil {
		w.tb.Fatalf("wrap: %v", err)
	}
	return g
}

// Rotation makes the content of a rotation by the device for exactly the
// holders of the section that are left when gone have gone.
func (w *Workspace) Rotation(by *Device, section string, gone ...canon.DeviceID) *charter.RotateContent {
	w.tb.Helper()
	s := w.State()
	x, _ := s.Section(section)
	before, ok := w.Ring(by).Key(section, x.Version)
	if !ok {
		w.tb.Fatalf("section %s: key not held", section)
	}
	key, err := seal.NewSectionKey(w.random, section, x.Version+1)
	if err != nil {
		w.tb.Fatalf("key: %v", err)
	}
	previous, err := seal.WrapPrevious(w.ID, key, before)
	if err != nil {
		w.tb.Fatalf("previous: %v", err)
	}
	r := charter.Rotation{Section: section, Version: key.Version, Previous: previous}
	if section == charter.SectionAudit {
		pair, err := seal.AuditPair(key)
		if err != nil {
			w.tb.Fatalf("audit pair: %v", err)
		}
		r.PublicKey = pair.Public()
	}
	c := &charter.RotateContent{Sections: []charter.Rotation{r}}
	for _, h := range s.Holders(section, w.Now+1) {
		if contains(gone, h.ID) {
			continue
		}
		k := key
		if h.Kind == seal.Mask {
			k = key.Masked(w.ID)
		}
		c.Grants = append(c.Grants, w.WrapKeys(h.ID, k))
	}
	return c
}

func contains(list []canon.DeviceID, id canon.DeviceID) bool {
	for _, x := range list {
		if x == id {
			return true
		}
	}
	return false
}
