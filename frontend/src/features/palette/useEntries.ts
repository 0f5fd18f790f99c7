import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Building2, History, type LucideIcon } from "lucide-react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { StartState } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { go } from "../../lib/route";
import { useCommands } from "./useCommands";

export interface Entry {
  id: string;
  group: "customers" | "with" | "go";
  icon: LucideIcon;
  title: string;
  detail: string;
  keys: string;
  run: () => void;
}

export interface Group {
  id: Entry["group"];
  title: string;
  entries: readonly Entry[];
}

interface Props {
  state: StartState;
  onNarrow: () => void;
}

const customersShown = 8;

// useEntries is what the palette lists for a text; a leading ">" asks for
// commands only. Who is the customer that was chosen last, by its place.
export function useEntries(
  typed: string,
  who: number,
  props: Props,
): { groups: readonly Group[]; flat: readonly Entry[] } {
  const { t } = useI18n();
  const bridge = useBridge();
  const commandsOnly = typed.startsWith(">");
  const text = commandsOnly ? typed.slice(1).trim() : typed.trim();
  const asks = text !== "" && !commandsOnly;
  const found = useQuery({
    queryKey: keys.search(text),
    queryFn: () => bridge.customers.search(text),
    enabled: asks,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
  const hits = asks ? (found.data?.hits.slice(0, customersShown) ?? []) : [];
  const customers = hits.map(
    (hit): Entry => ({
      id: `customer-${hit.id}`,
      group: "customers",
      icon: Building2,
      title: hit.name,
      detail: hit.detail,
      keys: "",
      run: () => go("customers", hit.id),
    }),
  );
  const one = hits[Math.min(who, hits.length - 1)];
  const acts: Entry[] = one
    ? [
        {
          id: "history",
          group: "with",
          icon: History,
          title: t("palette.history"),
          detail: "",
          keys: "H",
          run: () => go("history", one.id),
        },
      ]
    : [];
  const commands = useCommands(text, asks, props);
  const groups: Group[] = [
    { id: "customers" as const, title: t("palette.customers"), entries: customers },
    { id: "with" as const, title: t("palette.with", { name: one?.name ?? "" }), entries: acts },
    { id: "go" as const, title: commandsOnly ? t("palette.commands") : t("palette.go"), entries: commands },
  ].filter((group) => group.entries.length > 0);
  return { groups, flat: groups.flatMap((group) => group.entries) };
}
