import { useBridge } from "../../bridge/context";
import type { AppError } from "../../bridge/errors";
import { useI18n } from "../../i18n";
import { useErrorText } from "../../lib/useErrorText";
import { useLong } from "../../lib/useLong";
import { Button } from "../../ui/Button";
import styles from "./form.module.css";

// From when on it is said that a relay is asked.
const silence = 1000;

interface Props {
  busy: boolean;
  error: AppError | null;
  // Asks once more; null where a button of the form does.
  again: (() => void) | null;
}

// Asking is the line under an invite while its relay is asked: it says so, can
// be stopped, and tells why there is no answer.
export function Asking({ busy, error, again }: Props) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const long = useLong(busy, silence);
  if (long) {
    return (
      <div className={styles.end}>
        <span role="status" className={styles.note}>
          {t("start.join.asking")}
        </span>
        <Button onClick={() => void bridge.start.stop()}>{t("common.cancel")}</Button>
      </div>
    );
  }
  if (busy) return null;
  return (
    <div className={styles.end}>
      <div role="alert" className={styles.bad}>
        {error ? (error.code === "offline" ? t("start.join.offline") : errorText(error)) : null}
      </div>
      {again ? <Button onClick={again}>{t("common.retry")}</Button> : null}
    </div>
  );
}
