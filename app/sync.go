package app

// SyncStatus is what the rail's dot and the sync page tell.
type SyncStatus struct {
	// State is synced, syncing, offline, norelay, rejected, denied, identity, fork,
	// healing, revoked or diskfull.
	State    string `json:"state"`
	Pending  int    `json:"pending"`
	Rejected int    `json:"rejected"`
	// Done of Total while syncing; Total is 0 when unknown.
	Done  int `json:"done"`
	Total int `json:"total"`
	// Last is the last contact, RFC 3339 or empty.
	Last      string  `json:"last"`
	RoundTrip float64 `json:"roundTrip"`
	Sent      int     `json:"sent"`
	Received  int     `json:"received"`
	// Relay and RelayKey are the relay that was connected last, or else the first
	// of Relays, which are those that have an address; empty where there is none.
	Relay    string      `json:"relay"`
	RelayKey string      `json:"relayKey"`
	Relays   []RelayView `json:"relays"`
	// RelayMet is true once a relay has asked for the book and stands in the charter:
	// further ones are used beside it, and none can be let go (TR2).
	RelayMet bool `json:"relayMet"`
	// Code is the wire code of the last refusal, or empty.
	Code string `json:"code"`
	// ClockSkew is the device's clock minus the relay's in seconds, when over 300.
	ClockSkew int `json:"clockSkew"`
	Checking  int `json:"checking"`
	// Indexed of ToIndex customers are in the index that is being made anew;
	// ToIndex is 0 when none is. IndexSeconds is how long it will take, or 0.
	Indexed      int `json:"indexed"`
	ToIndex      int `json:"toIndex"`
	IndexSeconds int `json:"indexSeconds"`
}

// RelayView is a relay that the book names.
type RelayView struct {
	Address string `json:"address"`
	Key     string `json:"key"`
}

// DeviceView is one installation of the member.
type DeviceView struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Here   bool   `json:"here"`
	Active bool   `json:"active"`
	Kit    bool   `json:"kit"`
}

// PendingReply lists what has not reached the relay.
type PendingReply struct {
	Total     int         `json:"total"`
	Customers []SearchHit `json:"customers"`
}

// SettingsView is the settings page.
type SettingsView struct {
	// Language is zh, en or system; Theme is light, dark or system.
	Language string       `json:"language"`
	Theme    string       `json:"theme"`
	DataDir  string       `json:"dataDir"`
	Bytes    int64        `json:"bytes"`
	KeyPlace string       `json:"keyPlace"`
	Devices  []DeviceView `json:"devices"`
	Version  string       `json:"version"`
	// Columns and widths of the list, as the window keeps them.
	Layout string `json:"layout"`
}
