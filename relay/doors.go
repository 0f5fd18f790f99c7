package relay

import (
	"sync"
	"time"
)

// The limits of WI13.
const (
	handshakes    = 100
	deniedAMinute = 10
)

// doors counts handshakes under way, and how often an address was denied.
type doors struct {
	now func() time.Time

	mu     sync.Mutex
	open   int
	denied map[string][]time.Time
}

func newDoors(now func() time.Time) *doors { return &doors{now: now, denied: map[string][]time.Time{}} }

// enter tells whether a new connection from address may begin its handshake. If
// so, leave has to follow.
func (d *doors) enter(address string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open >= handshakes || len(d.recent(address)) >= deniedAMinute {
		return false
	}
	d.open++
	return true
}

// leave ends a handshake.
func (d *doors) leave(address string, denied bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open--
	if denied {
		d.denied[address] = append(d.recent(address), d.now())
	}
}

// recent are the denials of the last minute; what is older is forgotten.
func (d *doors) recent(address string) []time.Time {
	list := d.denied[address]
	for len(list) > 0 && d.now().Sub(list[0]) > time.Minute {
		list = list[1:]
	}
	if len(list) == 0 {
		delete(d.denied, address)
		return nil
	}
	d.denied[address] = list
	return list
}
