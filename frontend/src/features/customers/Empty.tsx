import { ChevronRight, FileSpreadsheet, UserPlus, UserRoundPlus } from "lucide-react";
import type { StartState } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { go } from "../../lib/route";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Kbd } from "../../ui/Kbd";
import styles from "./Empty.module.css";

interface Props {
  state: StartState | undefined;
  onNew: () => void;
}

// Empty is the book before its first customer (picture 24).
export function Empty({ state, onNew }: Props) {
  const { t } = useI18n();
  const may = (ability: string) => state?.abilities.includes(ability) ?? false;
  return (
    <div className={styles.page}>
      <div className={styles.box}>
        <h2 className={styles.title}>{t("customers.empty.title")}</h2>
        <p className={styles.text}>{t("customers.empty.line1")}</p>
        <p className={styles.text}>{t("customers.empty.line2")}</p>
        {may("import") ? (
          <div className={styles.drop}>
            <Icon of={FileSpreadsheet} size="large" tone="ink2" />
            <div className={styles.words}>
              <strong>{t("customers.empty.drop")}</strong>
              <p className={styles.text}>{t("customers.empty.kinds")}</p>
            </div>
            <Button kind="primary" onClick={() => go("import")}>
              {t("customers.empty.choose")}
            </Button>
          </div>
        ) : null}
        <button type="button" className={styles.way} onClick={onNew}>
          <Icon of={UserRoundPlus} tone="ink2" />
          <span>{t("customers.empty.new")}</span>
          <Kbd keys="N" />
        </button>
        {may("invite") ? (
          <button type="button" className={styles.way} onClick={() => go("settings", "sync", "invite")}>
            <Icon of={UserPlus} tone="ink2" />
            <span>{t("customers.empty.invite")}</span>
            <Icon of={ChevronRight} />
          </button>
        ) : null}
      </div>
    </div>
  );
}
