import { Dropdown } from "antd";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { Filter } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import styles from "./FilterBar.module.css";
import { FilterPill } from "./FilterPill";
import { opsOf } from "./filters";
import type { Schema } from "./useSchema";

interface Props {
  filters: readonly Filter[];
  batch: string;
  schema: Schema;
  onFilters: (next: readonly Filter[]) => void;
  onBatch: (batch: string) => void;
}

// FilterBar holds conditions that all must hold; each reads as a sentence.
export function FilterBar({ filters, batch, schema, onFilters, onBatch }: Props) {
  const { t } = useI18n();
  const [fresh, setFresh] = useState(-1);
  const fields = schema.fields.filter((f) => f.readable && f.type !== "entries");
  const add = (id: string) => {
    const field = schema.field(id);
    if (!field) return;
    setFresh(filters.length);
    onFilters([...filters, { field: id, op: opsOf(field)[0] ?? "filled", values: [] }]);
  };
  return (
    <div className={styles.bar}>
      {batch ? (
        <span className={styles.pill}>
          {t("customers.view.batch")}
          <button
            type="button"
            className={styles.x}
            aria-label={t("customers.filter.remove", { field: t("customers.view.batch") })}
            onClick={() => onBatch("")}
          >
            <Icon of={X} size="small" />
          </button>
        </span>
      ) : null}
      {filters.map((filter, at) => (
        <FilterPill
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no other name and keep their places
          key={`${filter.field}-${at}`}
          filter={filter}
          schema={schema}
          startOpen={at === fresh}
          onChange={(next) => onFilters(filters.map((f, n) => (n === at ? next : f)))}
          onRemove={() => onFilters(filters.filter((_, n) => n !== at))}
        />
      ))}
      <Dropdown
        trigger={["click"]}
        menu={{
          className: styles.menu ?? "",
          items: fields.map((f) => ({ key: f.id, label: schema.nameOf(f) })),
          onClick: ({ key }) => add(key),
        }}
      >
        <span>
          <Button kind="text" size="small" icon={Plus} autoFocus={filters.length === 0 && !batch}>
            {t("customers.filter.add")}
          </Button>
        </span>
      </Dropdown>
      {filters.length > 1 ? (
        <Button kind="link" size="small" onClick={() => onFilters([])}>
          {t("customers.filter.clear")}
        </Button>
      ) : null}
    </div>
  );
}
