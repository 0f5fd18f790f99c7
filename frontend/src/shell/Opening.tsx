import { useEffect, useState } from "react";
import { useI18n } from "../i18n";
import { useErrorText } from "../lib/useErrorText";
import { Button } from "../ui/Button";
import { EmptyState } from "../ui/EmptyState";
import { Mark } from "../ui/Mark";
import styles from "./Opening.module.css";

// How long nothing is said: most books are open before.
const silence = 2000;

// Opening stands in for the window until it is known what there is to show.
export function Opening(props: { error: unknown; onAgain: () => void }) {
  const { t } = useI18n();
  const errorText = useErrorText();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), silence);
    return () => clearTimeout(timer);
  }, []);
  if (props.error) {
    return (
      <div className={styles.opening}>
        <EmptyState
          title={t("shell.opening.failed")}
          text={errorText(props.error)}
          actions={
            <Button kind="primary" onClick={props.onAgain}>
              {t("common.retry")}
            </Button>
          }
        />
      </div>
    );
  }
  return (
    <div role="status" className={styles.opening}>
      {long ? (
        <>
          <Mark />
          <p className={styles.words}>{t("shell.opening.wait")}</p>
        </>
      ) : null}
    </div>
  );
}
