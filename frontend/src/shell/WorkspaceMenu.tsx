import { Dropdown } from "antd";
import { ChevronsUpDown } from "lucide-react";
import { useBridge } from "../bridge/context";
import type { StartState } from "../bridge/types/start";
import { useI18n } from "../i18n";
import { useKeys } from "../lib/keyboard";
import { go } from "../lib/route";
import { useAct } from "../lib/useAct";
import { useStartReply } from "../lib/useStartReply";
import { Icon } from "../ui/Icon";
import { Mark } from "../ui/Mark";
import styles from "./Rail.module.css";

// WorkspaceMenu is the company's name, who I am, and lock.
export function WorkspaceMenu(props: { state: StartState; onNarrow: () => void }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const { state } = props;
  const lock = useAct(() => bridge.start.lock(), { done: useStartReply() });
  useKeys({ "ctrl+l": () => void lock.run() });
  const items = [
    {
      key: "me",
      label: t("shell.workspace.me", { member: state.member, department: state.department }),
      disabled: true,
    },
    { type: "divider" as const },
    ...(state.abilities.includes("invite")
      ? [{ key: "invite", label: t("shell.workspace.invite"), onClick: () => go("settings", "sync", "invite") }]
      : []),
    { key: "rail", label: t("shell.nav.collapse"), extra: "Ctrl \\", onClick: props.onNarrow },
    { key: "lock", label: t("shell.workspace.lock"), extra: "Ctrl L", onClick: () => void lock.run() },
  ];
  return (
    <Dropdown menu={{ items }} trigger={["click"]}>
      <button
        type="button"
        className={styles.workspace}
        aria-label={`${t("shell.workspace.menu")} ${state.workspace}`}
        title={state.workspace}
      >
        <Mark />
        <span className={`${styles.label} ${styles.name}`}>{state.workspace}</span>
        <span className={styles.label}>
          <Icon of={ChevronsUpDown} size="small" />
        </span>
      </button>
    </Dropdown>
  );
}
