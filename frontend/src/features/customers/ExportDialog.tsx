import { Checkbox } from "antd";
import { Lock } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { FieldView, ListRequest } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { useSaved } from "../../lib/useSaved";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/Notice";
import { Segmented } from "../../ui/Segmented";
import styles from "./ExportDialog.module.css";
import type { Schema } from "./useSchema";

interface Props {
  open: boolean;
  // What the list shows: the same customers in the same order.
  request: ListRequest;
  total: number;
  schema: Schema;
  onClose: () => void;
}

// ExportDialog asks for the columns; sealed ones are off and counted apart.
export function ExportDialog(props: Props) {
  const { t } = useI18n();
  return (
    <Dialog title={t("customers.export.title")} open={props.open} onClose={props.onClose}>
      {props.open ? <Form {...props} /> : null}
    </Dialog>
  );
}

function Form({ request, total, schema, onClose }: Props) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const saved = useSaved("customers.export.saved");
  const may = schema.fields.filter((f) => f.readable && f.type !== "entries" && f.type !== "long" && f.id !== "name");
  const open = may.filter((f) => !f.sealed);
  const sealed = may.filter((f) => f.sealed);
  const listed = open.map((f) => f.id).filter((id) => request.fields.includes(id));
  const [format, setFormat] = useState("xlsx");
  const [chosen, setChosen] = useState<readonly string[]>(listed);
  const shown = sealed.filter((f) => chosen.includes(f.id)).length;
  const write = useAct(
    () =>
      bridge.customers.export({
        format,
        list: { ...request, fields: ["name", ...chosen], offset: 0 },
        sealed: shown > 0,
      }),
    {
      done: (file) => {
        saved(file);
        onClose();
      },
    },
  );
  const group = (fields: readonly FieldView[], always?: FieldView) => (
    <div className={styles.fields}>
      {always ? (
        <Checkbox checked disabled>
          {schema.nameOf(always)}
        </Checkbox>
      ) : null}
      {fields.map((f) => (
        <Checkbox
          key={f.id}
          checked={chosen.includes(f.id)}
          onChange={(e) => setChosen(e.target.checked ? [...chosen, f.id] : chosen.filter((id) => id !== f.id))}
        >
          {schema.nameOf(f)}
        </Checkbox>
      ))}
    </div>
  );
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!write.busy) void write.run();
      }}
    >
      <p>{t("customers.export.which", { n: total })}</p>
      <Segmented
        label={t("customers.export.format")}
        value={format}
        onChange={setFormat}
        options={[
          { value: "xlsx", label: "Excel" },
          { value: "csv", label: "CSV" },
        ]}
      />
      <fieldset className={styles.group}>
        <legend className={styles.legend}>{t("customers.export.columns", { n: chosen.length - shown + 1 })}</legend>
        {group(open, schema.field("name"))}
        <div className={styles.ways}>
          <Button kind="link" size="small" onClick={() => setChosen([...listed, ...chosen.filter(isSealed(sealed))])}>
            {t("customers.export.listed")}
          </Button>
          <Button
            kind="link"
            size="small"
            onClick={() => setChosen([...open.map((f) => f.id), ...chosen.filter(isSealed(sealed))])}
          >
            {t("customers.export.everything")}
          </Button>
        </div>
      </fieldset>
      {sealed.length > 0 ? (
        <fieldset className={styles.group}>
          <legend className={styles.legend}>
            <Icon of={Lock} size="small" tone="sealed" />
            {t("customers.export.sealed", { n: shown })}
          </legend>
          {group(sealed)}
        </fieldset>
      ) : null}
      {shown > 0 ? (
        <Notice tone="warn" icon={Lock}>
          {t("customers.export.plain", { n: shown })}
        </Notice>
      ) : null}
      <div role="alert" className={styles.bad}>
        {write.error ? errorText(write.error) : null}
      </div>
      <footer className={styles.foot}>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button kind="primary" submit busy={write.busy} disabled={total === 0}>
          {t("customers.export.write", { n: total })}
        </Button>
      </footer>
    </form>
  );
}

function isSealed(sealed: readonly FieldView[]): (id: string) => boolean {
  return (id) => sealed.some((f) => f.id === id);
}
