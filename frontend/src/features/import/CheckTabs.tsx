import type { ImportCounts } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import { Kbd } from "../../ui/Kbd";
import { Tabs } from "../../ui/Tabs";
import styles from "./CheckGrid.module.css";
import type { PlanKind } from "./usePlan";

interface Props {
  kind: PlanKind;
  counts: ImportCounts;
  problems: number;
  onKind: (kind: PlanKind) => void;
}

export function CheckTabs({ kind, counts, problems, onKind }: Props) {
  const { t } = useI18n();
  const all = counts.new + counts.updated + counts.same + counts.merged + counts.wrong;
  return (
    <div className={styles.tabs}>
      <Tabs
        label={t("import.check.tabs")}
        value={kind}
        onChange={onKind}
        tabs={[
          { value: "all", label: t("import.check.tab.all"), count: all },
          { value: "problems", label: t("import.check.tab.problems"), count: problems, dot: counts.wrong > 0 },
          { value: "new", label: t("import.check.tab.new"), count: counts.new },
          { value: "updated", label: t("import.check.tab.updated"), count: counts.updated },
          { value: "same", label: t("import.check.tab.same"), count: counts.same },
        ]}
      />
      <span className={styles.keys}>
        <Kbd keys="Tab" /> {t("import.check.next")} <Kbd keys="Ctrl Z" /> {t("import.check.undo")} <Kbd keys="Esc" />{" "}
        {t("import.check.leave")}
      </span>
    </div>
  );
}
