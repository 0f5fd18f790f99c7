import { Check } from "lucide-react";
import { Fragment } from "react";
import { useI18n } from "../../i18n";
import { Icon } from "../../ui/Icon";
import styles from "./Steps.module.css";
import { type Step, steps } from "./useJob";

export function Steps({ step, done }: { step: Step; done: boolean }) {
  const { t } = useI18n();
  const now = steps.indexOf(step);
  return (
    <ol className={styles.steps} aria-label={t("import.step.label")}>
      {steps.map((s, n) => (
        <Fragment key={s}>
          {n > 0 ? <li className={styles.line} aria-hidden="true" /> : null}
          <li
            className={`${styles.step} ${n === now ? styles.now : n < now ? styles.past : ""}`}
            {...(n === now ? { "aria-current": "step" } : {})}
          >
            <span className={styles.circle}>
              {n < now || (done && n === now) ? <Icon of={Check} size="small" tone="inherit" /> : n + 1}
            </span>
            {t(`import.step.${s}`)}
          </li>
        </Fragment>
      ))}
    </ol>
  );
}
