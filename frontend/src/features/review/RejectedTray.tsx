import { Copy } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { RejectedItem } from "../../bridge/types/review";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { useFields } from "../../lib/useFields";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { DiscardDialog } from "./DiscardDialog";
import styles from "./RejectedTray.module.css";

// RejectedTray lists edits of mine that did not enter the book: what I wrote,
// why not, what of it was kept. It stays until I decide.
export function RejectedTray({ items }: { items: RejectedItem[] }) {
  const { t } = useI18n();
  const [asked, setAsked] = useState<RejectedItem | null>(null);
  if (items.length === 0) return <EmptyState title={t("review.empty.rejected")} />;
  return (
    <div className={styles.tray}>
      {items.map((item) => (
        <Item key={item.item} item={item} onDiscard={() => setAsked(item)} />
      ))}
      <p className={styles.soft}>{t("review.rejected.stays")}</p>
      <DiscardDialog item={asked} onClose={() => setAsked(null)} />
    </div>
  );
}

function Item({ item, onDiscard }: { item: RejectedItem; onDiscard: () => void }) {
  const { t, moment } = useI18n();
  const bridge = useBridge();
  const fields = useFields();
  const errorText = useErrorText();
  const why = useWhy(item);
  const [copied, setCopied] = useState(false);
  const copy = useAct(async () => {
    const { text } = await bridge.review.rejectedText(item.item);
    await navigator.clipboard.writeText(text);
    setCopied(true);
  });
  const kept = item.kept.map(fields.name).join(t("review.queue.join"));
  return (
    <article className={styles.item} aria-label={item.name}>
      <header>
        <strong>{item.name}</strong>{" "}
        <span className={styles.soft}>{t("review.rejected.by", { at: moment(item.at) })}</span>
      </header>
      <dl className={styles.facts}>
        <dt>{t("review.rejected.wrote")}</dt>
        <dd>
          {item.values.map((v) => (
            <div key={v.field}>
              <span className={styles.soft}>{fields.name(v.field)}</span> {v.before || t("review.card.empty")}
              {" → "}
              <strong>{v.after || t(v.sealed ? "review.rejected.sealed" : "review.card.empty")}</strong>
            </div>
          ))}
        </dd>
        <dt>{t("review.rejected.why")}</dt>
        <dd>{why}</dd>
        <dt>{t("review.rejected.kept")}</dt>
        <dd>{kept ? t("review.rejected.keptSome", { fields: kept }) : t("review.rejected.keptNone")}</dd>
      </dl>
      {copy.error ? (
        <p role="alert" className={styles.bad}>
          {errorText(copy.error)}
        </p>
      ) : null}
      <footer className={styles.acts}>
        <Button icon={Copy} busy={copy.busy} onClick={() => void copy.run()}>
          {copied ? t("common.copied") : t("review.rejected.copy")}
        </Button>
        <span className={styles.room} />
        <Button kind="text" onClick={onDiscard}>
          {t("review.rejected.discard")}
        </Button>
      </footer>
    </article>
  );
}

// useWhy turns the refusal's code into a sentence: who keeps the section where
// that is the reason.
function useWhy(item: RejectedItem): string {
  const { t, maybe } = useI18n();
  const fields = useFields();
  const section = fields.sectionOf(item.values[0]?.field ?? "");
  const denied = item.code === "denied" || item.code === "field_denied";
  if (denied && section?.keeper)
    return t("review.why.field_denied", { section: fields.sectionName(section.id), keeper: section.keeper });
  return maybe(`review.why.${denied ? "denied" : item.code}`) ?? t("review.why.other");
}
