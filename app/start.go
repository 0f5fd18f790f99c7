package app

// StartState tells the first screen what it has to show.
type StartState struct {
	// Kind is none (no workspace here yet), locked (needs a passphrase or the
	// kit) or open.
	Kind string `json:"kind"`
	// Reason says why a workspace that exists is not open: keyring_missing,
	// keyring_locked, keyring_lies, passphrase, elsewhere (another window has it
	// open), unfinished (joining was cut off: the same invite finishes it),
	// damaged or damaged_keys (see Damaged) or a wire code; empty when it was
	// locked by the person.
	Reason string `json:"reason"`
	// Damaged is the file in DataDir that cannot be read, for those two.
	Damaged string `json:"damaged"`
	// Holder is the computer and HolderPID the process that has the book open,
	// for elsewhere; 0 when it left no word.
	Holder    string `json:"holder"`
	HolderPID int    `json:"holderPid"`
	// Workspace, Member, Department and Role name what is open.
	Workspace  string `json:"workspace"`
	Member     string `json:"member"`
	MemberID   string `json:"memberId"`
	Department string `json:"department"`
	Role       string `json:"role"`
	Device     string `json:"device"`
	// Sample is true while the open book is the invented one.
	Sample bool `json:"sample"`
	// KitPending is true until a recovery kit was checked by typing it back.
	KitPending bool `json:"kitPending"`
	// DefaultMember and DefaultDevice come from the computer, to be changed.
	DefaultMember string `json:"defaultMember"`
	DefaultDevice string `json:"defaultDevice"`
	// Keyring tells whether the system's keyring can keep the book's key. When
	// it cannot, creating and joining ask for a passphrase.
	Keyring bool   `json:"keyring"`
	Version string `json:"version"`
	DataDir string `json:"dataDir"`
	// Abilities of the member: import, export, merge, delete, assign, admin...
	Abilities []string `json:"abilities"`
}

// CreateWorkspace asks for a new company's book.
type CreateWorkspace struct {
	Company    string `json:"company"`
	Member     string `json:"member"`
	Department string `json:"department"`
	Device     string `json:"device"`
	// Relay is HOST:PORT or HOST:PORT#R, or empty for none yet.
	Relay string `json:"relay"`
}

// Kit is what the recovery kit's sheet shows. It is handed out once.
type Kit struct {
	Groups    []string `json:"groups"`
	Workspace string   `json:"workspace"`
	ID        string   `json:"id"`
	Relay     string   `json:"relay"`
	// Ask names the two groups, counted from 0, that must be typed back.
	Ask []int `json:"ask"`
}

// InvitePreview says whose book a link opens, before anything is done.
type InvitePreview struct {
	Workspace  string `json:"workspace"`
	Inviter    string `json:"inviter"`
	Role       string `json:"role"`
	Department string `json:"department"`
	Member     string `json:"member"`
	// Until is RFC 3339 in UTC.
	Until string `json:"until"`
	Relay string `json:"relay"`
}

// JoinWorkspace accepts an invite that was previewed.
type JoinWorkspace struct {
	Member string `json:"member"`
	Device string `json:"device"`
}

// InviteRequest asks for an invite link.
type InviteRequest struct {
	Role       string `json:"role"`
	Department string `json:"department"`
	Member     string `json:"member"`
	// Days until it expires; 0 is the default of 3.
	Days int `json:"days"`
}

// InviteReply is an invite link, to be handed over as one hands over a key.
type InviteReply struct {
	Link  string `json:"link"`
	Until string `json:"until"`
}
