import { Dropdown, Input, type InputRef } from "antd";
import { ArrowDownUp, ListFilter, Search } from "lucide-react";
import { type Ref, useEffect, useState } from "react";
import { useI18n } from "../../i18n";
import { composing } from "../../lib/keyboard";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { ColumnsMenu } from "./ColumnsMenu";
import type { Layout } from "./layout";
import type { ListState, View } from "./query";
import styles from "./Toolbar.module.css";
import type { Schema } from "./useSchema";

interface Props {
  state: ListState;
  layout: Layout;
  schema: Schema;
  counts: { all: number; conflicts: number };
  filtering: boolean;
  searchRef: Ref<InputRef>;
  onState: (next: Partial<ListState>) => void;
  onLayout: (next: Partial<Layout>) => void;
  onFiltering: () => void;
  onGrid: () => void;
}

// Toolbar: which customers, search, filter, sorting and columns. Text of the
// tools disappears below 1400 px, the icons stay.
export function Toolbar(props: Props) {
  const { t, count } = useI18n();
  const { state, counts } = props;
  const tab = (view: View, n: number) => (
    <button
      key={view}
      type="button"
      role="tab"
      aria-selected={state.view === view}
      className={styles.tab}
      onClick={() => props.onState({ view })}
    >
      {t(`customers.view.${view}`)}
      {n > 0 ? <span className={styles.count}>{count(n)}</span> : null}
    </button>
  );
  return (
    <div className={styles.bar}>
      <div role="tablist" aria-label={t("customers.view.label")} className={styles.tabs}>
        {tab("all", counts.all)}
        {counts.conflicts > 0 || state.view === "conflicts" ? tab("conflicts", counts.conflicts) : null}
        {tab("deleted", 0)}
      </div>
      <SearchBox {...props} />
      <Button kind="text" icon={ListFilter} label={t("customers.filter.button")} onClick={props.onFiltering}>
        <span className={styles.word}>
          {state.filters.length > 0
            ? t("customers.filter.count", { n: state.filters.length })
            : t("customers.filter.button")}
        </span>
      </Button>
      <SortMenu {...props} />
      <ColumnsMenu schema={props.schema} layout={props.layout} onLayout={props.onLayout} />
    </div>
  );
}

// SearchBox asks with every key, but waits until a composition is finished:
// pinyin search does not run on half-typed input.
function SearchBox({ state, searchRef, onState, onGrid }: Props) {
  const { t } = useI18n();
  const [text, setText] = useState(state.text);
  useEffect(() => setText(state.text), [state.text]);
  const type = (next: string) => {
    setText(next);
    if (next.trim() !== state.text) onState({ text: next.trim() });
  };
  const [half, setHalf] = useState<string | null>(null);
  return (
    <Input
      ref={searchRef}
      className={styles.search ?? ""}
      prefix={<Icon of={Search} size="small" />}
      aria-label={t("customers.search.label")}
      placeholder={t("customers.search.hint")}
      value={half ?? text}
      allowClear
      onChange={(event) => {
        const native = event.nativeEvent as InputEvent;
        if (native.isComposing) setHalf(event.target.value);
        else type(event.target.value);
      }}
      onCompositionEnd={(event) => {
        setHalf(null);
        type(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (composing(event)) return;
        if (event.key === "ArrowDown" || event.key === "Enter") {
          event.preventDefault();
          onGrid();
        }
        if (event.key === "Escape") onState({ text: "" });
      }}
    />
  );
}

function SortMenu({ schema, layout, onLayout }: Props) {
  const { t } = useI18n();
  const { sort } = layout;
  const name = (field: string) =>
    field === "created" || field === "changed" ? t(`customers.sort.${field}`) : schema.nameOf(schema.field(field));
  const fields = schema.fields.filter((f) => !f.sealed && f.readable && f.type !== "entries" && f.type !== "long");
  const items = [
    ...(["asc", "desc"] as const).map((way) => ({ key: way, label: t(`customers.sort.${way}`) })),
    { type: "divider" as const },
    ...["created", "changed", ...fields.map((f) => f.id)].map((field) => ({ key: `by:${field}`, label: name(field) })),
  ];
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items,
        className: styles.menu ?? "",
        selectable: true,
        multiple: true,
        selectedKeys: [sort.desc ? "desc" : "asc", `by:${sort.field}`],
        onClick: ({ key }) =>
          onLayout({
            sort: key.startsWith("by:") ? { ...sort, field: key.slice(3) } : { ...sort, desc: key === "desc" },
          }),
      }}
    >
      <span>
        <Button kind="text" icon={ArrowDownUp} label={t("customers.sort.by", { field: name(sort.field) })}>
          <span className={styles.word}>{name(sort.field)}</span>
        </Button>
      </span>
    </Dropdown>
  );
}
