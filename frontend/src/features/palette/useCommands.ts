import { useQueryClient } from "@tanstack/react-query";
import {
  BookUser,
  FileInput,
  Funnel,
  Keyboard,
  ListChecks,
  Lock,
  Moon,
  PanelLeft,
  Plus,
  RefreshCw,
  Settings,
  Sun,
  Trash2,
} from "lucide-react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { StartState } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { go } from "../../lib/route";
import { keysPage } from "../../lib/signal";
import { useErrorText } from "../../lib/useErrorText";
import { useToast } from "../../ui/Toast";
import type { Entry } from "./useEntries";

interface Props {
  state: StartState;
  onNarrow: () => void;
}

// useCommands are places and commands; all of them while nothing is typed.
export function useCommands(text: string, asks: boolean, { state, onNarrow }: Props): readonly Entry[] {
  const { t } = useI18n();
  const bridge = useBridge();
  const client = useQueryClient();
  const toast = useToast();
  const errorText = useErrorText();
  const act = (call: Promise<unknown>) => void call.catch((error) => toast({ text: errorText(error), tone: "bad" }));
  const theme = (name: string) =>
    act(bridge.settings.setTheme(name).then((view) => client.setQueryData(keys.settings(), view)));
  const entry = (id: string, icon: Entry["icon"], title: string, run: () => void, keyNames = ""): Entry => ({
    id,
    group: "go",
    icon,
    title,
    detail: "",
    keys: keyNames,
    run,
  });
  const fixed = [
    entry("customers", BookUser, t("shell.nav.customers"), () => go("customers"), "G C"),
    entry("bin", Trash2, t("customers.view.deleted"), () => go("customers", "bin")),
    entry("review", ListChecks, t("shell.nav.review"), () => go("review"), "G R"),
    ...(state.abilities.includes("import")
      ? [entry("import", FileInput, t("shell.nav.import"), () => go("import"), "G I")]
      : []),
    entry("settings", Settings, t("shell.nav.settings"), () => go("settings"), "G S"),
    entry("new", Plus, t("palette.new"), () => go("customers", "new"), "N"),
    entry("sync", RefreshCw, t("palette.sync"), () => act(bridge.sync.now())),
    entry("dark", Moon, t("palette.dark"), () => theme("dark")),
    entry("light", Sun, t("palette.light"), () => theme("light")),
    entry("rail", PanelLeft, t("palette.rail"), onNarrow, "Ctrl \\"),
    entry("keys", Keyboard, t("palette.keys"), keysPage.send, "?"),
    entry("lock", Lock, t("palette.lock"), () => act(bridge.start.lock()), "Ctrl L"),
  ];
  const needle = text.toLowerCase();
  const fitting = fixed.filter((e) => e.title.toLowerCase().includes(needle));
  if (!asks) return fitting;
  return [
    entry("search", Funnel, t("palette.searchAll", { text }), () => go("customers", "search", text), "Ctrl Enter"),
    entry("named", Plus, t("palette.newNamed", { name: text }), () => go("customers", "new", text)),
    ...fitting,
  ];
}
