import { Checkbox, InputNumber, Popover } from "antd";
import { ChevronDown, ChevronUp, Columns3 } from "lucide-react";
import { useI18n } from "../../i18n";
import { Button, IconButton } from "../../ui/Button";
import { Segmented } from "../../ui/Segmented";
import styles from "./ColumnsMenu.module.css";
import { type Column, defaultLayout, type Layout } from "./layout";
import type { Schema } from "./useSchema";

interface Props {
  schema: Schema;
  layout: Layout;
  onLayout: (next: Partial<Layout>) => void;
}

const usualWidth = 120;

// ColumnsMenu chooses, orders and sizes columns by mouse or keyboard.
export function ColumnsMenu(props: Props) {
  const { t } = useI18n();
  return (
    <Popover trigger="click" placement="bottomRight" arrow={false} content={<Chooser {...props} />}>
      <span>
        <Button kind="text" icon={Columns3} label={t("customers.columns.button")}>
          <span className={styles.word}>{t("customers.columns.button")}</span>
        </Button>
      </span>
    </Popover>
  );
}

function Chooser({ schema, layout, onLayout }: Props) {
  const { t } = useI18n();
  const chosen = layout.columns;
  const set = (columns: readonly Column[]) => onLayout({ columns });
  const swap = (at: number, to: number) => {
    const next = [...chosen];
    const [moved] = next.splice(at, 1);
    if (moved && to >= 0) next.splice(to, 0, moved);
    if (to >= 0) set(next);
  };
  const others = schema.fields.filter(
    (f) => f.id !== "name" && f.type !== "entries" && f.readable && !chosen.some((c) => c.id === f.id),
  );
  return (
    <div className={styles.menu}>
      <div className={styles.list}>
        {chosen.map((column, at) => {
          const field = schema.field(column.id);
          if (!field) return null;
          const name = schema.nameOf(field);
          return (
            <div key={column.id} className={styles.line}>
              <Checkbox checked onChange={() => set(chosen.filter((c) => c.id !== column.id))}>
                {name}
              </Checkbox>
              <InputNumber
                size="small"
                className={styles.width ?? ""}
                aria-label={t("customers.columns.width", { field: name })}
                min={60}
                max={600}
                step={10}
                value={column.width}
                onChange={(width) => set(chosen.map((c) => (c.id === column.id && width ? { ...c, width } : c)))}
              />
              <IconButton
                size="small"
                icon={ChevronUp}
                label={t("customers.columns.up", { field: name })}
                disabled={at === 0}
                onClick={() => swap(at, at - 1)}
              />
              <IconButton
                size="small"
                icon={ChevronDown}
                label={t("customers.columns.down", { field: name })}
                disabled={at === chosen.length - 1}
                onClick={() => swap(at, at + 1)}
              />
            </div>
          );
        })}
        {others.map((field) => (
          <div key={field.id} className={styles.line}>
            <Checkbox checked={false} onChange={() => set([...chosen, { id: field.id, width: usualWidth }])}>
              {schema.nameOf(field)}
            </Checkbox>
          </div>
        ))}
      </div>
      <footer className={styles.foot}>
        <Segmented
          label={t("customers.columns.row")}
          value={layout.row}
          options={(["compact", "default", "roomy"] as const).map((value) => ({
            value,
            label: t(`customers.columns.${value}`),
          }))}
          onChange={(row) => onLayout({ row })}
        />
        <Button kind="link" size="small" onClick={() => set(defaultLayout.columns)}>
          {t("customers.columns.reset")}
        </Button>
      </footer>
    </div>
  );
}
