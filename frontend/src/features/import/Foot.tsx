import { type ReactNode, useEffect } from "react";
import { useI18n } from "../../i18n";
import { Button } from "../../ui/Button";
import styles from "./Foot.module.css";

const nextID = "import-next";

// Foot always says what is true now and carries the way on.
export function Foot(props: {
  text: ReactNode;
  note?: ReactNode;
  error?: ReactNode;
  extra?: ReactNode;
  onBack?: () => void;
  next: string;
  disabled?: boolean;
  busy?: boolean;
  autoFocus?: boolean;
  onNext: () => void;
}) {
  const { t } = useI18n();
  const ready = (props.autoFocus ?? true) && !props.disabled && !props.busy;
  // The way on takes the keyboard as soon as it can be used, so that a clean
  // file is Enter four times; never away from something else.
  useEffect(() => {
    const at = document.activeElement;
    if (ready && (at === null || at === document.body)) focusNext();
  }, [ready]);
  return (
    <footer className={styles.foot}>
      <p className={styles.text} aria-live="polite">
        {props.error ? (
          <span role="alert" className={styles.bad}>
            {props.error}
          </span>
        ) : (
          <>
            <span>{props.text}</span>
            {props.note ? <span className={styles.note}>{props.note}</span> : null}
          </>
        )}
      </p>
      {props.extra}
      {props.onBack ? <Button onClick={props.onBack}>{t("import.foot.back")}</Button> : null}
      <span id={nextID}>
        <Button kind="primary" disabled={props.disabled ?? false} busy={props.busy ?? false} onClick={props.onNext}>
          {props.next}
        </Button>
      </span>
    </footer>
  );
}

// focusNext brings the keyboard to the way on.
export function focusNext(): void {
  document.getElementById(nextID)?.querySelector("button")?.focus();
}
