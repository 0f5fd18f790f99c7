// The flat data of package app's start.go, field for field.

// StartState tells the first screen what it has to show.
export interface StartState {
  // Kind is none (no workspace here yet), locked (needs a passphrase or the
  // kit) or open.
  kind: string;
  // Reason says why a workspace that exists is not open: keyring_missing,
  // keyring_locked, keyring_lies, passphrase, elsewhere, revoked; empty otherwise.
  reason: string;
  // Holder is the computer and holderPid the process that has the book open,
  // for elsewhere; 0 when it left no word.
  holder: string;
  holderPid: number;
  // Damaged is the file in dataDir that cannot be read, for damaged and damaged_keys.
  damaged: string;
  // Workspace, Member, Department and Role name what is open.
  workspace: string;
  member: string;
  memberId: string;
  department: string;
  role: string;
  device: string;
  // Sample is true while the open book is the invented one.
  sample: boolean;
  // KitPending is true until a recovery kit was checked by typing it back.
  kitPending: boolean;
  // DefaultMember and DefaultDevice come from the computer, to be changed.
  defaultMember: string;
  defaultDevice: string;
  // Keyring tells whether the system's keyring can keep the book's key. When
  // it cannot, creating and joining ask for a passphrase.
  keyring: boolean;
  version: string;
  dataDir: string;
  // Abilities of the member: import, export, merge, delete, assign, admin...
  abilities: string[];
}

// CreateWorkspace asks for a new company's book.
export interface CreateWorkspace {
  company: string;
  member: string;
  department: string;
  device: string;
  // Relay is HOST:PORT or HOST:PORT#R, or empty for none yet.
  relay: string;
}

// Kit is what the recovery kit's sheet shows. It is handed out once.
export interface Kit {
  groups: string[];
  workspace: string;
  id: string;
  relay: string;
  // Ask names the two groups, counted from 0, that must be typed back.
  ask: number[];
}

// InvitePreview says whose book a link opens, before anything is done.
export interface InvitePreview {
  workspace: string;
  inviter: string;
  role: string;
  department: string;
  member: string;
  // Until is RFC 3339 in UTC.
  until: string;
  relay: string;
}

// JoinWorkspace accepts an invite that was previewed.
export interface JoinWorkspace {
  member: string;
  device: string;
}

// InviteRequest asks for an invite link.
export interface InviteRequest {
  role: string;
  department: string;
  member: string;
  // Days until it expires; 0 is the default of 3.
  days: number;
}

// InviteReply is an invite link, to be handed over as one hands over a key.
export interface InviteReply {
  link: string;
  until: string;
}
