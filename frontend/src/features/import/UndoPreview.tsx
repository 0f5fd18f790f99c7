import { ArrowLeft, FileOutput } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import { AppError, isCode } from "../../bridge/errors";
import { keys } from "../../bridge/keys";
import type { UndoReply, UndoRow, UndoState } from "../../bridge/types/undo";
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
import { UndoGrid } from "./UndoGrid";
import styles from "./UndoPage.module.css";
import { usePast } from "./usePast";
import { useSaved } from "./useSaved";
import type { Undoing } from "./useUndo";

const size = 200;
const kinds = ["kept", "restored", "removed"] as const;

type Kind = (typeof kinds)[number];

// UndoPreview counts what the undo of a batch would do and lets a kept customer
// be set back all the same. Of an undo that was stopped, or bringing back that
// was, it shows what is left.
export function UndoPreview({ state, take }: { state: UndoState; take: Undoing["take"] }) {
  const { batch } = state;
  const { t } = useI18n();
  const dayOf = useDayOf();
  const bridge = useBridge();
  const errorText = useErrorText();
  const past = usePast().find((p) => p.batch === batch);
  const saved = useSaved();
  const [opened, setOpened] = useState<Kind>("kept");
  const [chosen, choose] = useState<Kind>();
  const kind = chosen ?? opened;
  const [force, setForce] = useState<readonly string[]>([]);
  const ask = { batch, kind, limit: size, force: [...force] };
  // The rows stay where they are while their choice changes: the preview is
  // asked without it, the counts below with it.
  const pages = usePages<UndoRow, UndoReply>({
    size,
    fresh: true,
    key: (offset) => keys.undo(batch, { kind, offset }),
    read: (offset) => bridge.imports.undoPreview({ ...ask, offset, force: [] }),
    rows: (page) => page.rows,
  });
  const run = useAct(() => bridge.imports.undo({ ...ask, kind: "", offset: 0, limit: 0 }), { done: take });
  const redo = useAct(() => bridge.imports.undo({ ...ask, kind: "redo", offset: 0, limit: 0 }), { done: take });
  const report = useAct(() => bridge.imports.undoReport(batch), { done: saved });
  const first = pages.first;
  // Until a kind is chosen, one without rows is passed over; never back, so that
  // replies that differ cannot turn it in a circle.
  const next = first && first[opened] === 0 ? kinds.slice(kinds.indexOf(opened)).find((k) => first[k] > 0) : undefined;
  if (next && !chosen) setOpened(next);
  const file = first?.file ?? past?.file ?? "";
  const about = past
    ? t("import.undo.about", { file, day: dayOf(past.by.at), member: past.by.member, n: past.rows })
    : t("import.undo.aboutFile", { file });
  const n = (first?.removed ?? 0) + (first?.restored ?? 0) + force.length;
  const stopped = state.phase === "stopped" ? state.removed + state.restored : 0;
  const failed = isCode(state.error) ? new AppError(state.error) : null;
  const error = pages.error ?? run.error ?? redo.error ?? report.error ?? failed;
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
      {stopped > 0 ? (
        <div className={styles.denied}>
          <Notice tone="accent" role="status">
            {t("import.undo.stopped", { n: stopped })}
          </Notice>
        </div>
      ) : null}
      {state.phase === "stopped" && state.back > 0 ? (
        <div className={styles.denied}>
          <Notice tone="accent" role="status">
            {t("import.undo.stoppedRedo", { n: state.back })}
          </Notice>
        </div>
      ) : null}
      {first ? null : <Looking error={pages.error} />}
      {first && !first.denied ? (
        <UndoCounts reply={first} forced={force.length} begun={state.phase === "stopped" || past?.undone === true} />
      ) : null}
      {first ? (
        <div className={styles.tabs}>
          <Tabs
            label={t("import.undo.tabs")}
            value={kind}
            onChange={choose}
            tabs={kinds.map((k) => ({ value: k, label: t(`import.undo.tab.${k}`), count: first[k] }))}
          />
        </div>
      ) : null}
      {first && first[kind] === 0 ? <EmptyState title={t("import.undo.none")} /> : null}
      {first && first[kind] > 0 && first.total === 0 ? <Looking error={pages.error} /> : null}
      {first && first[kind] > 0 && first.total > 0 ? (
        <UndoGrid
          key={kind}
          pages={pages}
          kept={kind === "kept"}
          denied={first?.denied ?? false}
          force={force}
          onForce={(id, on) => setForce(on ? [...force, id] : force.filter((f) => f !== id))}
        />
      ) : null}
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
        {past?.undone || stopped > 0 ? (
          <Button busy={redo.busy} onClick={() => void redo.run()}>
            {t("import.undo.redo")}
          </Button>
        ) : null}
        {!first || first.denied || (past?.undone && n === 0) ? null : (
          <span className={styles.undo}>
            <Button kind="danger" disabled={n === 0} busy={run.busy} onClick={() => void run.run()}>
              {t("import.undo.run", { n })}
            </Button>
          </span>
        )}
      </footer>
    </Page>
  );
}

// Looking says what takes a while: all of a large batch is read for its counts.
function Looking({ error }: { error: unknown }) {
  const { t } = useI18n();
  return error ? null : <p className={styles.looking}>{t("import.undo.planning")}</p>;
}
