import { useQueryClient } from "@tanstack/react-query";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { PastImport } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import { routeHash } from "../../lib/route";
import { useAct } from "../../lib/useAct";
import { useDayOf } from "../../lib/useDayOf";
import { Button } from "../../ui/Button";
import { Chip } from "../../ui/Chip";
import styles from "./PastList.module.css";
import { useJob } from "./useJob";

// PastList shows imports of the past, newest first; each can be undone.
export function PastList({ imports, size }: { imports: PastImport[]; size: "all" | "few" }) {
  const { t, count } = useI18n();
  const dayOf = useDayOf();
  const written = imports.filter((p) => !p.open);
  const shown = size === "few" ? written.slice(0, 5) : written;
  return (
    <section className={size === "few" ? styles.box : styles.plain} aria-label={t("import.home.past")}>
      <header className={styles.head}>
        <h2 className={styles.title}>{t("import.home.past")}</h2>
        {size === "few" ? <a href={routeHash("import")}>{t("import.past.all", { n: written.length })}</a> : null}
      </header>
      {written.length === 0 ? <p className={styles.none}>{t("import.home.none")}</p> : null}
      <ul>
        {shown.map((p) => (
          <li key={p.batch} className={styles.line}>
            <span className={styles.day}>{dayOf(p.by.at)}</span>
            <a className={styles.file} href={routeHash("import", "undo", p.batch)} title={t("import.past.undo")}>
              {p.file}
            </a>
            {p.undone ? <Chip>{t("import.past.undone")}</Chip> : null}
            <span className={styles.who}>{p.by.member}</span>
            <span className={styles.count}>{count(p.rows)}</span>
            {size === "all" ? (
              <span className={styles.acts}>
                <a href={routeHash("customers", "batch", p.batch)}>{t("import.past.show")}</a>
                <a href={routeHash("import", "undo", p.batch)}>
                  {t(p.undone ? "import.past.redo" : "import.past.undo")}
                </a>
              </span>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

// Drafts are imports that were left before the end, with their files.
export function Drafts({ imports }: { imports: PastImport[] }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const client = useQueryClient();
  const open = imports.filter((p) => p.open);
  const discard = useAct((job: string) => bridge.imports.discard(job), {
    done: (reply) => client.setQueryData(keys.past(), reply),
  });
  if (open.length === 0) return null;
  return (
    <section className={styles.plain} aria-label={t("import.home.drafts")}>
      <h2 className={styles.title}>{t("import.home.drafts")}</h2>
      <ul>
        {open.map((p) => (
          <Draft key={p.job} past={p} onDiscard={() => void discard.run(p.job)} />
        ))}
      </ul>
    </section>
  );
}

function Draft({ past, onDiscard }: { past: PastImport; onDiscard: () => void }) {
  const { t, count } = useI18n();
  const dayOf = useDayOf();
  // Once rows are in, it is undone and not discarded.
  const begun = ["writing", "paused"].includes(useJob(past.job).view?.phase ?? "");
  return (
    <li className={styles.line}>
      <span className={styles.day}>{dayOf(past.by.at)}</span>
      <a className={styles.file} href={routeHash("import", past.job)}>
        {past.file}
      </a>
      <Chip tone={begun ? "warn" : "plain"}>{t(begun ? "import.past.paused" : "import.past.draft")}</Chip>
      <span className={styles.count}>{past.rows > 0 ? count(past.rows) : ""}</span>
      <span className={styles.acts}>
        <a href={routeHash("import", past.job)}>{t("import.past.go")}</a>
        {begun ? (
          <a href={routeHash("import", "undo", past.batch)}>{t("import.past.undo")}</a>
        ) : (
          <Button kind="link" size="small" onClick={onDiscard}>
            {t("import.past.discard")}
          </Button>
        )}
      </span>
    </li>
  );
}
