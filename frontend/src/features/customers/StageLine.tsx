import type { FieldView, SetReply } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { useToast } from "../../ui/Toast";
import styles from "./Card.module.css";
import type { Schema } from "./useSchema";

interface Props {
  field: FieldView;
  schema: Schema;
  value: string;
  writable: boolean;
  onMove: (stage: string) => Promise<SetReply>;
}

// StageLine is the way to a contract as segments; a click moves the customer.
// The lost stage is no step of it.
export function StageLine({ field, schema, value, writable, onMove }: Props) {
  const { t } = useI18n();
  const toast = useToast();
  const errorText = useErrorText();
  const move = useAct(onMove, { failed: (error) => toast({ text: errorText(error), tone: "bad" }) });
  const steps = field.options.slice(0, -1);
  const at = steps.indexOf(value);
  return (
    <fieldset className={styles.stages} aria-label={t("customers.card.stageLine")}>
      {steps.map((step, n) => {
        const name = `${styles.stage} ${n < at ? styles.past : ""} ${n === at ? styles.now : ""}`;
        const word = schema.option(field, step);
        return writable ? (
          <button
            key={step}
            type="button"
            className={name}
            data-stage={n + 1}
            aria-pressed={n === at}
            disabled={move.busy}
            onClick={() => n !== at && void move.run(step)}
          >
            {word}
          </button>
        ) : (
          <span key={step} className={name} data-stage={n + 1}>
            {word}
          </span>
        );
      })}
    </fieldset>
  );
}
