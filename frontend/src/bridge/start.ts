import type { Call } from "./call";
import type { FileReply } from "./types/customers";
import type {
  CreateWorkspace,
  InvitePreview,
  InviteReply,
  InviteRequest,
  JoinWorkspace,
  Kit,
  StartState,
} from "./types/start";

// Opening, making and joining a book. Secrets travel as one lone string.
export interface StartService {
  state(): Promise<StartState>;
  passphrase(text: string): Promise<void>;
  create(request: CreateWorkspace): Promise<StartState>;
  inspect(link: string): Promise<InvitePreview>;
  // Ends an inspect or a join that waits for the relay.
  stop(): Promise<void>;
  join(request: JoinWorkspace): Promise<StartState>;
  sample(): Promise<StartState>;
  clearSample(): Promise<StartState>;
  unlock(passphrase: string): Promise<StartState>;
  unlockKit(code: string): Promise<StartState>;
  kit(): Promise<Kit>;
  // Another kit in the place of one that was confirmed.
  replaceKit(): Promise<Kit>;
  // The two groups that were asked for, parted by one blank.
  confirmKit(groups: string): Promise<StartState>;
  laterKit(): Promise<StartState>;
  saveKit(): Promise<FileReply>;
  invite(request: InviteRequest): Promise<InviteReply>;
  lock(): Promise<StartState>;
}

export function startService(call: Call): StartService {
  return {
    state: () => call("Start", "State"),
    passphrase: (text) => call("Start", "Passphrase", text),
    create: (request) => call("Start", "Create", request),
    inspect: (link) => call("Start", "Inspect", link),
    stop: () => call("Start", "Stop"),
    join: (request) => call("Start", "Join", request),
    sample: () => call("Start", "Sample"),
    clearSample: () => call("Start", "ClearSample"),
    unlock: (passphrase) => call("Start", "Unlock", passphrase),
    unlockKit: (code) => call("Start", "UnlockKit", code),
    kit: () => call("Start", "Kit"),
    replaceKit: () => call("Start", "ReplaceKit"),
    confirmKit: (groups) => call("Start", "ConfirmKit", groups),
    laterKit: () => call("Start", "LaterKit"),
    saveKit: () => call("Start", "SaveKit"),
    invite: (request) => call("Start", "Invite", request),
    lock: () => call("Start", "Lock"),
  };
}
