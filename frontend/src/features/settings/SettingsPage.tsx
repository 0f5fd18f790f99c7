import { useQuery } from "@tanstack/react-query";
import { HardDrive, Info, Languages, RefreshCw } from "lucide-react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { StartState } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { routeHash } from "../../lib/route";
import { Icon } from "../../ui/Icon";
import { Page } from "../../ui/Page";
import { AboutPage } from "./AboutPage";
import { DataPage } from "./DataPage";
import { LookPage } from "./LookPage";
import styles from "./SettingsPage.module.css";
import { SyncPage } from "./SyncPage";

const pages = [
  { id: "sync", icon: RefreshCw },
  { id: "look", icon: Languages },
  { id: "data", icon: HardDrive },
  { id: "about", icon: Info },
] as const;

interface Props {
  path: readonly string[];
  state: StartState;
  onKit: (replace: boolean) => void;
}

// SettingsPage has a list of pages left and the chosen one right. Nothing here
// needs a restart.
export function SettingsPage({ path, state, onKit }: Props) {
  const { t } = useI18n();
  const bridge = useBridge();
  const settings = useQuery({ queryKey: keys.settings(), queryFn: () => bridge.settings.get() });
  const page = pages.find((p) => p.id === path[0])?.id ?? "sync";
  return (
    <Page title={t("settings.title")}>
      <div className={styles.body}>
        <nav className={styles.nav} aria-label={t("settings.pages.label")}>
          {pages.map(({ id, icon }) => (
            <a
              key={id}
              href={routeHash("settings", id)}
              className={styles.link}
              {...(id === page ? { "aria-current": "page" as const } : {})}
            >
              <Icon of={icon} tone={id === page ? "inherit" : "ink2"} />
              {t(`settings.pages.${id}`)}
            </a>
          ))}
        </nav>
        <div className={styles.page}>
          {settings.data && page === "sync" ? (
            <SyncPage settings={settings.data} state={state} inviting={path[1] === "invite"} onKit={onKit} />
          ) : null}
          {settings.data && page === "look" ? <LookPage settings={settings.data} /> : null}
          {settings.data && page === "data" ? <DataPage settings={settings.data} /> : null}
          {settings.data && page === "about" ? <AboutPage settings={settings.data} /> : null}
        </div>
      </div>
    </Page>
  );
}
