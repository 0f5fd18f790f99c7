import { ArrowLeft, FileOutput } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { UndoReply, UndoRow } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import { go } from "../../lib/route";
import { useAct } from "../../lib/useAct";
import { useDayOf } from "../../lib/useDayOf";
import { useErrorText } from "../../lib/useErrorText";
import { usePages } from "../../lib/usePages";
import { Button, IconButton } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { Tabs } from "../../ui/Tabs";
import foot from "./Foot.module.css";
import { UndoCounts } from "./UndoCounts";
import { UndoDone } from "./UndoDone";
import { UndoGrid } from "./UndoGrid";
import styles from "./UndoPage.module.css";
import { usePast } from "./usePast";
import { useSaved } from "./useSaved";

const size = 200;
const kinds = ["kept", "restored", "removed"] as const;

type Kind = (typeof kinds)[number];

// UndoPage previews the undo of a batch with its counts, lets a kept customer
// be set back all the same, and then does it.
export function UndoPage({ batch }: { batch: string }) {
  const { t } = useI18n();
  const dayOf = useDayOf();
  const bridge = useBridge();
  const errorText = useErrorText();
  const past = usePast().find((p) => p.batch === batch);
  const saved = useSaved();
  const [kind, setKind] = useState<Kind>("kept");
  const [force, setForce] = useState<readonly string[]>([]);
  const [result, setResult] = useState<UndoReply | null>(null);
  const ask = { batch, kind, limit: size, force: [...force] };
  // The rows stay where they are while their choice changes: the preview is
  // asked without it, the counts below with it.
  const pages = usePages<UndoRow, UndoReply>({
    size,
    key: (offset) => keys.undo(batch, { kind, offset }),
    read: (offset) => bridge.imports.undoPreview({ ...ask, offset, force: [] }),
    rows: (page) => page.rows,
  });
  const run = useAct(() => bridge.imports.undo({ ...ask, offset: 0, limit: 0 }), { done: setResult });
  const report = useAct(() => bridge.imports.undoReport(batch), { done: saved });
  const first = pages.first;
  if (result) return <UndoDone result={result} batch={batch} />;
  const file = first?.file ?? past?.file ?? "";
  const about = past
    ? t("import.undo.about", { file, day: dayOf(past.by.at), member: past.by.member, n: past.rows })
    : t("import.undo.aboutFile", { file });
  const n = (first?.removed ?? 0) + (first?.restored ?? 0) + force.length;
  const error = pages.error ?? run.error ?? report.error;
  return (
    <Page
      title={t("import.undo.title")}
      lead={<IconButton icon={ArrowLeft} label={t("common.back")} onClick={() => window.history.back()} />}
      actions={<span className={styles.about}>{about}</span>}
    >
      {first?.denied ? (
        <div className={styles.denied}>
          <Notice tone="warn" role="alert">
            <strong>{t("import.undo.deniedTitle")}</strong>
            <p>{t("import.undo.deniedText", { member: past?.by.member ?? t("import.undo.someone") })}</p>
          </Notice>
        </div>
      ) : null}
      {first ? <UndoCounts reply={first} forced={force.length} /> : null}
      {first ? (
        <div className={styles.tabs}>
          <Tabs
            label={t("import.undo.tabs")}
            value={kind}
            onChange={setKind}
            tabs={kinds.map((k) => ({ value: k, label: t(`import.undo.tab.${k}`), count: first[k] }))}
          />
        </div>
      ) : null}
      {first && first.total === 0 ? (
        <EmptyState title={t("import.undo.none")} />
      ) : (
        <UndoGrid
          key={kind}
          pages={pages}
          kept={kind === "kept"}
          denied={first?.denied ?? false}
          force={force}
          onForce={(id, on) => setForce(on ? [...force, id] : force.filter((f) => f !== id))}
        />
      )}
      <footer className={foot.foot}>
        <p className={foot.text}>
          {error ? (
            <span role="alert" className={foot.bad}>
              {errorText(error)}
            </span>
          ) : (
            t("import.undo.foot")
          )}
        </p>
        <Button icon={FileOutput} busy={report.busy} onClick={() => void report.run()}>
          {t("import.undo.report")}
        </Button>
        <Button onClick={() => go("import")}>{t("import.undo.cancel")}</Button>
        {first?.denied ? null : (
          <span className={styles.undo}>
            <Button kind="danger" disabled={n === 0} busy={run.busy} onClick={() => void run.run()}>
              {run.busy ? t("import.undo.running") : t("import.undo.run", { n })}
            </Button>
          </span>
        )}
      </footer>
    </Page>
  );
}
