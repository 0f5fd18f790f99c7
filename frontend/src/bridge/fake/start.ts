import { AppError } from "../errors";
import type { StartService } from "../start";
import type { StartState } from "../types/start";
import type { Book } from "./book";
import { refusal } from "./codes";

export type StartKind = "none" | "locked" | "open";

const abilities = ["import", "export", "merge", "delete", "assign", "invite"];
const groups = ["7Q4MX", "2KD9H", "TR4WP", "AC3VN", "81JYE", "6ZBKM"];
const day = 86_400_000;

export function fakeStart(book: Book, kind: StartKind, reason: string, changed: () => void): StartService {
  let state: StartState = {
    kind,
    reason: kind === "locked" ? reason : "",
    holder: "",
    holderPid: 0,
    damaged: "",
    workspace: kind === "none" ? "" : "锦成机电",
    member: kind === "open" ? "李强" : "",
    memberId: kind === "open" ? "liqiang" : "",
    department: kind === "open" ? "华东一部" : "",
    role: kind === "open" ? "colleague" : "",
    device: kind === "open" ? "李强的办公电脑" : "",
    sample: false,
    kitPending: false,
    defaultMember: "李强",
    defaultDevice: "李强的办公电脑",
    keyring: true,
    version: "1.0.0",
    dataDir: "/home/liqiang/.local/share/tongce",
    abilities: kind === "open" ? abilities : [],
  };
  const become = async (next: Partial<StartState>): Promise<StartState> => {
    state = { ...state, ...next };
    changed();
    return state;
  };
  const opened = { kind: "open", reason: "", abilities, memberId: "liqiang" } as const;
  let passphrase = "";
  let stopped = () => {};
  const waiting = () =>
    new Promise<never>((_, reject) => {
      stopped = () => reject(new AppError("cancelled"));
    });
  return {
    state: async () => state,
    passphrase: async (text) => {
      passphrase = text;
    },
    create: (r) =>
      become({
        ...opened,
        workspace: r.company,
        member: r.member,
        department: r.department,
        device: r.device,
        role: "founder",
        kitPending: true,
      }),
    inspect: async (link) => {
      if (!link.startsWith("tongce://")) throw refusal("invalid", "invite_form");
      if (link.includes("used")) throw refusal("denied", "invite_used");
      if (link.includes("offline")) throw new AppError("offline");
      if (link.includes("away")) await waiting();
      return {
        workspace: "锦成机电",
        inviter: "吴迪",
        role: "colleague",
        department: "华东一部",
        member: "李强",
        until: new Date(book.now().getTime() + 3 * day).toISOString(),
        relay: "tongce.jincheng.example:8443",
      };
    },
    stop: async () => stopped(),
    join: (r) =>
      become({
        ...opened,
        workspace: "锦成机电",
        member: r.member,
        device: r.device,
        department: "华东一部",
        role: "colleague",
      }),
    sample: () => {
      if (book.customers.length === 0) book.fill(200);
      return become({
        ...opened,
        workspace: "锦成机电",
        member: "李强",
        department: "华东一部",
        role: "founder",
        sample: true,
      });
    },
    clearSample: () => {
      book.clear();
      return become({
        kind: "none",
        sample: false,
        abilities: [],
        workspace: "",
        member: "",
        department: "",
        role: "",
      });
    },
    unlock: async (typed) => {
      if (typed === "" || typed === "wrong" || (passphrase !== "" && typed !== passphrase))
        throw new AppError("wrong_secret");
      return become({ ...opened, member: "李强", department: "华东一部", role: "colleague", device: "李强的办公电脑" });
    },
    unlockKit: async (code) => {
      if (code.replace(/\s+/g, " ").trim() !== groups.join(" ")) throw new AppError("wrong_secret");
      return become({ ...opened, member: "李强", department: "华东一部", role: "colleague" });
    },
    kit: async () => ({ groups, workspace: state.workspace, id: "5K2P-77QX", relay: "", ask: [1, 4] }),
    replaceKit: async () => {
      const again = [...groups].reverse();
      await become({ kitPending: true });
      return { groups: again, workspace: state.workspace, id: "5K2P-77QX", relay: "", ask: [1, 4] };
    },
    confirmKit: async (typed) => {
      if (typed.trim() !== `${groups[1]} ${groups[4]}`) throw new AppError("wrong_secret");
      return become({ kitPending: false });
    },
    laterKit: () => become({ kitPending: true }),
    saveKit: async () => ({ path: "/media/usb/恢复套件.html", count: 1 }),
    invite: async (r) => ({
      link: "tongce://join/jincheng/7Q4MX2KD9HTR4WPAC3VN81JY",
      until: new Date(book.now().getTime() + (r.days || 3) * day).toISOString(),
    }),
    lock: () => become({ kind: "locked", reason: "passphrase" }),
  };
}
