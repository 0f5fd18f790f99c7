import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { Pencil } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import { useI18n } from "../../i18n";
import { isEnter, useKeys } from "../../lib/keyboard";
import { useFields } from "../../lib/useFields";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Kbd } from "../../ui/Kbd";
import styles from "./ConflictCard.module.css";

interface Props {
  field: string;
  busy: boolean;
  onSave: (text: string) => void;
}

// NewValue is the way out when none of the values is right.
export function NewValue({ field, busy, onSave }: Props) {
  const { t, maybe } = useI18n();
  const bridge = useBridge();
  const fields = useFields();
  const [text, setText] = useState<string | null>(null);
  const open = () => setText((old) => old ?? "");
  useKeys({ n: open });
  const typed = text?.trim() ?? "";
  const check = useQuery({
    queryKey: ["check", field, typed],
    queryFn: () => bridge.customers.check({ field, text: typed }),
    enabled: typed !== "",
    gcTime: 0,
  });
  const flag = check.data?.flag ? (maybe(`flags.${check.data.flag}`) ?? "") : "";
  const kept = check.data && check.data.text !== typed ? t("review.card.keepAs", { text: check.data.text }) : "";
  if (text === null)
    return (
      <button type="button" className={styles.new} onClick={open}>
        <Icon of={Pencil} />
        <span className={styles.grow}>{t("review.card.new")}</span>
        <Kbd keys="N" />
      </button>
    );
  return (
    <div className={styles.newOpen}>
      <Input
        autoFocus
        aria-label={t("review.card.newLabel", { field: fields.name(field) })}
        placeholder={t("review.card.new")}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (isEnter(event) && typed !== "" && !busy) onSave(typed);
          if (event.key === "Escape") setText(null);
        }}
      />
      <Button kind="primary" disabled={typed === ""} busy={busy} onClick={() => onSave(typed)}>
        {t("review.card.save")}
      </Button>
      <p className={styles.note} aria-live="polite">
        {typed === "" ? "" : flag || kept}
      </p>
    </div>
  );
}
