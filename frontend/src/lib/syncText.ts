import type { SyncStatus } from "../bridge/types/sync";
import { useI18n } from "../i18n";

export type Dot = "green" | "ring" | "hollow" | "amber" | "red";

// refusing: the relay answered and ended the connection, because it cannot take
// anything now; its disk may be full.
export function refusing(status: SyncStatus): boolean {
  return status.state === "offline" && status.code === "retry";
}

// dotOf is the colour beside the words; a disk that is full outranks all.
export function dotOf(status: SyncStatus): Dot {
  switch (status.state) {
    case "diskfull":
    case "identity":
    case "revoked":
    case "fork":
      return "red";
    case "denied":
    case "rejected":
      return "amber";
    case "offline":
      return refusing(status) ? "amber" : "hollow";
    case "norelay":
      return "hollow";
    case "syncing":
    case "healing":
      return "ring";
    default:
      return status.rejected > 0 ? "amber" : "green";
  }
}

// useSyncText gives the sentence of UX.md 5.11.
export function useSyncText(): (status: SyncStatus) => string {
  const { t } = useI18n();
  return (status) => {
    switch (status.state) {
      case "syncing":
        return status.total > 0
          ? t("sync.syncingCount", { done: status.done, total: status.total })
          : t("sync.syncing");
      case "offline":
        if (refusing(status)) return t("sync.full");
        return status.pending > 0 ? t("sync.offlineCount", { n: status.pending }) : t("sync.offline");
      case "norelay":
        return t("sync.norelay");
      case "denied":
        return t("sync.denied");
      case "identity":
        return t("sync.identity");
      case "healing":
        return t("sync.healing");
      case "revoked":
        return t("sync.revoked");
      case "fork":
        return t("sync.fork");
      case "diskfull":
        return t("sync.diskfull");
      default:
        return status.rejected > 0 ? t("sync.rejected", { n: status.rejected }) : t("sync.synced");
    }
  };
}

// useRelayText gives what the relay said, where syncing stands for it and a person
// may have to do something. While the exchange goes on, a code may also be that of
// a value; the list of what was not accepted tells of those.
export function useRelayText(): (status: SyncStatus) => string {
  const { t, maybe } = useI18n();
  return ({ state, code }) => {
    if (state === "fork") return t("sync.ended.charter_fork");
    const ended = state === "offline" || state === "denied" || state === "identity";
    return (ended && maybe(`sync.ended.${code}`)) || maybe(`sync.stuck.${code}`) || "";
  };
}

// useClockText says that this computer's time is off; syncing does not mind.
export function useClockText(): (skew: number) => string {
  const { t } = useI18n();
  return (skew) => {
    if (skew === 0) return "";
    const n = Math.round(Math.abs(skew) / 60);
    return skew > 0 ? t("sync.clock", { n }) : t("sync.clockBehind", { n });
  };
}
