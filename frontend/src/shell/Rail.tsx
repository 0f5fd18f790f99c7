import { BookUser, FileInput, ListChecks, type LucideIcon, Search, Settings } from "lucide-react";
import type { StartState } from "../bridge/types/start";
import { openPalette } from "../features/palette/open";
import { SyncFoot } from "../features/sync/SyncFoot";
import { useI18n } from "../i18n";
import { type PageName, routeHash } from "../lib/route";
import { Icon } from "../ui/Icon";
import { Kbd } from "../ui/Kbd";
import styles from "./Rail.module.css";
import { useBadges } from "./useBadges";
import { WorkspaceMenu } from "./WorkspaceMenu";

interface Props {
  state: StartState;
  page: PageName;
  narrow: boolean;
  onNarrow: () => void;
}

// Rail is always there; entries a role cannot use are absent, not grey.
export function Rail({ state, page, narrow, onNarrow }: Props) {
  const { t, count } = useI18n();
  const badges = useBadges();
  const entry = (to: PageName, icon: LucideIcon, badge?: string) => (
    <RailLink
      to={to}
      icon={icon}
      label={t(`shell.nav.${to === "history" ? "customers" : to}`)}
      badge={badge}
      current={page}
    />
  );
  return (
    <nav className={styles.rail} data-narrow={narrow} aria-label={t("shell.nav.label")}>
      <WorkspaceMenu state={state} onNarrow={onNarrow} />
      <button type="button" className={styles.search} onClick={() => openPalette()} title={t("shell.nav.search")}>
        <Icon of={Search} />
        <span className={styles.label}>{t("shell.nav.search")}</span>
        <span className={styles.label}>
          <Kbd keys="Ctrl K" />
        </span>
      </button>
      {entry("customers", BookUser, badges.customers ? count(badges.customers) : "")}
      <div className={styles.group}>{t("shell.nav.tidy")}</div>
      {entry("review", ListChecks, badges.review ? count(badges.review) : "")}
      {state.abilities.includes("import") ? entry("import", FileInput) : null}
      <div className={styles.room} />
      {state.kitPending ? (
        <a className={styles.kit} href={routeHash("settings", "sync")}>
          {t("shell.kitPending")}
        </a>
      ) : null}
      <SyncFoot />
      {entry("settings", Settings)}
    </nav>
  );
}

interface LinkProps {
  to: PageName;
  icon: LucideIcon;
  label: string;
  badge?: string | undefined;
  current: PageName;
}

function RailLink({ to, icon, label, badge, current }: LinkProps) {
  const here = to === current || (to === "customers" && current === "history");
  return (
    <a
      href={routeHash(to)}
      className={`${styles.entry} ${here ? styles.here : ""}`}
      title={label}
      {...(here ? { "aria-current": "page" } : {})}
    >
      <Icon of={icon} tone={here ? "inherit" : "ink2"} />
      <span className={styles.label}>{label}</span>
      {badge ? <span className={`${styles.label} ${styles.badge}`}>{badge}</span> : null}
    </a>
  );
}
