import { Building2, TriangleAlert, User } from "lucide-react";
import type { Row } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { Chip } from "../../ui/Chip";
import { Icon } from "../../ui/Icon";
import styles from "./NameCell.module.css";

// NameCell is the name with its markers; each marker tells its reason.
export function NameCell(props: { row: Row; onConflict: () => void }) {
  const { t } = useI18n();
  const { row } = props;
  return (
    <>
      <Icon
        of={row.person ? User : Building2}
        label={row.person ? t("customers.grid.person") : t("customers.grid.company")}
      />
      <span className={styles.name} title={row.name}>
        {row.name}
      </span>
      {row.conflicts > 0 ? (
        <Chip tone="plum" title={t("customers.mark.valuesTip")} onClick={props.onConflict}>
          {t("customers.mark.values", { n: 2 })}
        </Chip>
      ) : null}
      {row.flags > 0 ? (
        <span title={t("customers.mark.look", { n: row.flags })}>
          <Icon of={TriangleAlert} tone="warn" label={t("customers.mark.look", { n: row.flags })} />
        </span>
      ) : null}
    </>
  );
}
