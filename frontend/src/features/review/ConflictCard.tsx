import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Eye, EyeOff, GitCommitHorizontal, Info, Lock } from "lucide-react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { ConflictItem, ConflictView } from "../../bridge/types/review";
import { useI18n } from "../../i18n";
import { useKeys } from "../../lib/keyboard";
import { routeHash } from "../../lib/route";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { useFields } from "../../lib/useFields";
import { Button } from "../../ui/Button";
import { Chip } from "../../ui/Chip";
import { EmptyState } from "../../ui/EmptyState";
import { Icon } from "../../ui/Icon";
import { Kbd } from "../../ui/Kbd";
import styles from "./ConflictCard.module.css";
import { FieldPast } from "./FieldPast";
import { NewValue } from "./NewValue";
import { Side } from "./Side";
import { useReveal } from "./useReveal";

// ConflictCard shows all values of one field with their authors. In this issue
// no rule leads, so no button is the primary one.
export function ConflictCard({ item, onDecided }: { item: ConflictItem; onDecided: () => void }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const fields = useFields();
  const ask = { id: item.id, field: item.field };
  const conflict = useQuery({
    queryKey: keys.conflict(item.id, item.field),
    queryFn: () => bridge.review.conflict(ask),
  });
  const reveal = useReveal(() => bridge.review.revealConflict(ask));
  const client = useQueryClient();
  const resolve = useAct((op: string, text: string) => bridge.review.resolve({ ...ask, op, text }), {
    done: () => {
      void client.invalidateQueries({ queryKey: keys.conflicts(), exact: true });
      onDecided();
    },
  });
  const view = reveal.view ?? conflict.data;
  const use = (n: number) => () => {
    const side = view?.sides[n];
    if (side && !resolve.busy) void resolve.run(side.op, "");
  };
  useKeys({ "1": use(0), "2": use(1), "3": use(2), "4": use(3) }, view !== undefined);
  if (!view) {
    const text = conflict.error ? t("review.card.gone") : "";
    return text ? <EmptyState title={text} /> : <div className={styles.card} />;
  }
  const name = fields.name(view.field);
  const many = view.sides.length > 2;
  return (
    <article className={styles.card} aria-label={t("review.card.label", { name: view.name, field: name })}>
      <header className={styles.head}>
        <h2 className={styles.field}>{name}</h2>
        {view.sealed ? <Icon of={Lock} tone="sealed" /> : null}
        <span className={styles.name}>{view.name}</span>
        {view.sealed ? <Revealing reveal={reveal} /> : null}
        <span className={styles.room} />
        <a href={routeHash("customers", view.id)}>{t("review.card.open")}</a>
      </header>
      <p className={styles.soft}>
        {many ? t("review.card.apartMany", { n: view.sides.length }) : t("review.card.apart")}
      </p>
      <Was view={view} />
      {(resolve.error ?? reveal.error) ? (
        <p role="alert" className={styles.bad}>
          {errorText(resolve.error ?? reveal.error)}
        </p>
      ) : null}
      <div className={many ? styles.list : styles.sides}>
        {view.sides.map((side, n) => (
          <Side
            key={side.op}
            side={side}
            number={n + 1}
            why={view.why}
            section={fields.sectionOf(view.field)}
            busy={resolve.busy}
            onUse={use(n)}
          />
        ))}
      </div>
      <NewValue field={view.field} busy={resolve.busy} onSave={(text) => void resolve.run("", text)} />
      <p className={styles.clock}>
        <Icon of={Info} />
        <span>{t("review.card.clock")}</span>
        <span className={styles.room} />
        <span className={styles.hint}>
          <Kbd keys="J" /> <Kbd keys="K" /> {t("review.card.next")}
        </span>
      </p>
      <FieldPast past={view.past} field={view.field} />
    </article>
  );
}

function Was({ view }: { view: ConflictView }) {
  const { t } = useI18n();
  return (
    <p className={styles.was}>
      <Icon of={GitCommitHorizontal} />
      {view.before ? (
        <>
          <span className={styles.soft}>{t("review.card.was")}</span>
          <s>{view.before}</s>
          {view.source ? (
            <span className={styles.soft}>
              {t("review.card.source", { file: view.source.file, row: view.source.row })}
            </span>
          ) : null}
        </>
      ) : (
        <span className={styles.soft}>{t("review.card.wasEmpty")}</span>
      )}
    </p>
  );
}

function Revealing({ reveal }: { reveal: ReturnType<typeof useReveal> }) {
  const { t } = useI18n();
  if (reveal.view)
    return (
      <>
        <Chip tone="sealed">{t("review.card.revealed", { n: reveal.left })}</Chip>
        <Button kind="text" size="small" icon={EyeOff} onClick={reveal.mask}>
          {t("review.card.mask")}
        </Button>
      </>
    );
  return (
    <Button
      kind="text"
      size="small"
      icon={Eye}
      busy={reveal.busy}
      label={t("review.card.revealTip")}
      onClick={reveal.show}
    >
      {t("review.card.reveal")}
    </Button>
  );
}
