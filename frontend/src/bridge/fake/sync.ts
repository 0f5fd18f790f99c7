import type { SettingsService } from "../settings";
import type { SyncService } from "../sync";
import type { RelayView, SettingsView, SyncStatus } from "../types/sync";
import type { Book } from "./book";

export function fakeSync(book: Book, state: string, changed: () => void): SyncService {
  const first = state === "norelay" ? [] : [{ address: "tongce.jincheng.example:8443", key: "3F:A2:77:0B:9C" }];
  let status: SyncStatus = {
    state,
    pending: 0,
    rejected: 0,
    done: state === "syncing" ? 3214 : 0,
    total: state === "syncing" ? 10000 : 0,
    last: new Date(book.now().setHours(14, 32, 8)).toISOString(),
    roundTrip: 18,
    sent: 46,
    received: 213,
    ...relaysOf(first),
    code: "",
    clockSkew: 0,
    checking: 0,
    indexed: 0,
    toIndex: 0,
    indexSeconds: 0,
  };
  const waiting = () => book.customers.filter((c) => c.pending);
  return {
    status: async () => ({ ...status, pending: waiting().length, rejected: book.rejected.length }),
    now: async () => {
      if (status.state === "synced") for (const c of book.customers) c.pending = false;
      status = { ...status, last: book.now().toISOString() };
      changed();
      return status;
    },
    setRelay: async (text) => {
      const [address = "", key = "5C:01:D4:88:1E"] = text.split("#");
      status = { ...status, ...relaysOf(address ? [...status.relays, { address, key }] : []) };
      status.state = status.relayMet ? "synced" : "norelay";
      changed();
      return status;
    },
    pending: async () => ({
      total: waiting().length,
      customers: waiting()
        .slice(0, 200)
        .map((c) => ({ id: c.id, name: c.name, detail: "", matched: "" })),
    }),
  };
}

// Each relay was met as soon as it was named.
function relaysOf(relays: RelayView[]) {
  return { relay: relays[0]?.address ?? "", relayKey: relays[0]?.key ?? "", relays, relayMet: relays.length > 0 };
}

export function fakeSettings(): SettingsService {
  let view: SettingsView = {
    language: "system",
    theme: "system",
    dataDir: "/home/liqiang/.local/share/tongce",
    bytes: 210_000_000,
    keyPlace: "keyring",
    devices: [
      { id: "d1", name: "李强的办公电脑", here: true, active: true, kit: false },
      { id: "d2", name: "李强的笔记本", here: false, active: true, kit: false },
    ],
    version: "1.0.0",
    layout: "",
  };
  const become = async (next: Partial<SettingsView>) => {
    view = { ...view, ...next };
    return view;
  };
  return {
    get: async () => view,
    setLanguage: (language) => become({ language }),
    setTheme: (theme) => become({ theme }),
    setLayout: (layout) => become({ layout }),
    changePassphrase: () => become({ keyPlace: "passphrase" }),
    openFolder: async () => undefined,
  };
}
