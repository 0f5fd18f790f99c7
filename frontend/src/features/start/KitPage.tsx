import { Input } from "antd";
import { Check, FileDown, Printer, ShieldAlert, X } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { Kit } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Mark } from "../../ui/Mark";
import styles from "./KitPage.module.css";
import { KitSheet } from "./KitSheet";

// KitPage shows the recovery kit once, has it printed or saved, and wants two
// of its groups typed back (UX.md 6.1, picture 02).
export function KitPage(props: { kit: Kit; member: string; first: boolean; onDone: () => void }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const save = useAct(() => bridge.start.saveKit(), {
    done: (file) => bridge.files.fetchWritten?.(file.path),
  });
  const [path, setPath] = useState("");
  const later = useAct(() => bridge.start.laterKit(), { done: props.onDone });
  return (
    <div className={styles.page}>
      <header className={styles.bar}>
        <Mark />
        <strong>{props.first ? t("start.create.title") : t("settings.kit.title")}</strong>
        {props.first ? <span className={styles.step}>{t("start.kit.step")}</span> : null}
      </header>
      <main className={styles.body}>
        <div className={styles.words}>
          <h1 className={styles.title}>{t("start.kit.title")}</h1>
          <p className={styles.why}>{t("start.kit.why1")}</p>
          <p className={styles.why}>{t("start.kit.why2")}</p>
          <ul className={styles.points}>
            <li>
              <Icon of={Check} tone="ok" />
              {t("start.kit.with")}
            </li>
            <li>
              <Icon of={X} tone="bad" />
              {t("start.kit.without")}
            </li>
            <li>
              <Icon of={ShieldAlert} tone="warn" />
              {t("start.kit.holder")}
            </li>
          </ul>
          <div className={styles.line}>
            <Button kind="primary" icon={Printer} onClick={() => window.print()}>
              {t("start.kit.print")}
            </Button>
            <Button
              icon={FileDown}
              busy={save.busy}
              onClick={() => void save.run().then((f) => setPath(f?.path ?? ""))}
            >
              {t("start.kit.save")}
            </Button>
          </div>
          <p role="status" className={styles.note}>
            {save.error ? errorText(save.error) : path ? t("start.kit.savedTo", { path }) : null}
          </p>
          <TypeBack kit={props.kit} onDone={props.onDone} />
          <p className={styles.line}>
            <Button kind="link" size="small" busy={later.busy} onClick={() => void later.run()}>
              {t("start.kit.later")}
            </Button>
            <span className={styles.note}>{t("start.kit.laterNote")}</span>
          </p>
        </div>
        <KitSheet kit={props.kit} member={props.member} />
      </main>
    </div>
  );
}

function TypeBack(props: { kit: Kit; onDone: () => void }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const [typed, setTyped] = useState<Record<number, string>>({});
  const confirm = useAct((text: string) => bridge.start.confirmKit(text), { done: props.onDone });
  const [a = 0, b = 1] = props.kit.ask;
  const text = (group: number) => (typed[group] ?? "").trim().toUpperCase();
  const right = (group: number) => text(group) !== "" && text(group) === props.kit.groups[group];
  const input = (group: number) => (
    <Input
      className={styles.group ?? ""}
      aria-label={t("start.kit.group", { n: group + 1 })}
      placeholder={t("start.kit.group", { n: group + 1 })}
      prefix={<span className={styles.note}>{group + 1}</span>}
      suffix={right(group) ? <Icon of={Check} tone="ok" /> : <span />}
      value={typed[group] ?? ""}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => setTyped({ ...typed, [group]: event.target.value })}
    />
  );
  return (
    <form
      className={styles.back}
      onSubmit={(event) => {
        event.preventDefault();
        if (text(a) && text(b)) void confirm.run(`${text(a)} ${text(b)}`);
      }}
    >
      <p className={styles.why}>{t("start.kit.ask", { a: a + 1, b: b + 1 })}</p>
      <div className={styles.line}>
        {input(a)}
        {input(b)}
        <span className={styles.room} />
        <Button kind="primary" submit disabled={!text(a) || !text(b)} busy={confirm.busy}>
          {t("start.kit.done")}
        </Button>
      </div>
      <div role="alert" className={styles.bad}>
        {confirm.error
          ? confirm.error.code === "wrong_secret"
            ? t("start.kit.wrong")
            : errorText(confirm.error)
          : null}
      </div>
    </form>
  );
}
