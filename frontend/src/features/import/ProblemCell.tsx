import { Popover } from "antd";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { PlanCell, PlanRow } from "../../bridge/types/imports";
import { isEnter } from "../../lib/keyboard";
import { Icon } from "../../ui/Icon";
import { Kbd } from "../../ui/Kbd";
import { CellText } from "./CellText";
import styles from "./CheckGrid.module.css";
import { type CellAct, type CellContext, fix } from "./cellKeys";
import { isProblem } from "./words";

type Props = CellContext & {
  row: PlanRow;
  cell: PlanCell;
  name: string;
};

// ProblemCell says what is wrong with the cell under the cursor and offers the
// ways out; typing changes the value where it stands.
export function ProblemCell(props: Props) {
  const { row, cell, editing, t, name } = props;
  const input = useRef<HTMLInputElement>(null);
  const open = editing !== null;
  useEffect(() => {
    if (open) input.current?.focus();
  }, [open]);
  // Keys of the text stay in the text and do not move the grid.
  const press = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (isEnter(event)) {
      const unchanged = editing === cell.raw;
      if (event.altKey) props.onAct(fix("keep"));
      else if (event.ctrlKey || event.metaKey)
        props.onAct(unchanged ? fix("suggest", true) : fix("text", true, editing ?? ""));
      else props.onAct(fix("text", false, editing ?? ""));
      event.preventDefault();
    } else if (event.key === "Escape") {
      props.onStop();
    }
  };
  const inside = open ? (
    <input
      ref={input}
      className={styles.input}
      aria-label={t("import.check.value", { field: name })}
      value={editing}
      onChange={(event) => props.onEdit(event.target.value)}
      onKeyDown={press}
      onClick={(event) => event.stopPropagation()}
    />
  ) : (
    <CellText row={row} cell={cell} t={t} name={name} />
  );
  if (!isProblem(row, cell)) return inside;
  return (
    <Popover open placement="bottomLeft" arrow={false} destroyOnHidden content={<Ways {...props} />}>
      <span className={styles.anchor}>{inside}</span>
    </Popover>
  );
}

function Ways({ row, cell, words, onAct, t }: Props) {
  const wrong = cell.status === "wrong";
  // In a row that is written a wrong cell gave way to that of another row.
  const why = wrong && row.kind !== "wrong" ? t("import.check.displaced") : words.why(cell.code);
  return (
    <div role="dialog" aria-label={words.cause(cell.field, cell.code)} className={styles.ways}>
      <p className={styles.what}>
        <Icon of={wrong ? CircleAlert : TriangleAlert} tone={wrong ? "bad" : "warn"} />
        {words.cause(cell.field, cell.code)}
      </p>
      {why ? <p className={styles.why}>{why}</p> : null}
      {cell.suggest ? (
        <Way keys="Enter" first act={fix("suggest")} onAct={onAct}>
          {t("import.check.change")} <strong>{cell.suggest}</strong>
        </Way>
      ) : (
        <p className={styles.why}>{t("import.check.type")}</p>
      )}
      {cell.suggest && cell.alike > 1 ? (
        <Way keys="Ctrl Enter" act={fix("suggest", true)} onAct={onAct}>
          {t("import.check.alike", { n: cell.alike })}
        </Way>
      ) : null}
      {cell.suggest || cell.raw === "" ? null : (
        <Way keys="Delete" act={fix("empty")} onAct={onAct}>
          {t("import.check.clear")}
        </Way>
      )}
      <Way keys="Alt Enter" act={fix("keep")} onAct={onAct}>
        {t("import.check.keep")}
      </Way>
    </div>
  );
}

function Way(props: { keys: string; first?: boolean; act: CellAct; onAct: Props["onAct"]; children: React.ReactNode }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`${styles.way} ${props.first ? styles.firstWay : ""}`}
      onClick={(event) => {
        event.stopPropagation();
        props.onAct(props.act);
      }}
    >
      <span>{props.children}</span>
      <Kbd keys={props.keys} />
    </button>
  );
}
