import { useEffect } from "react";
import type { ConflictItem, ConflictsReply } from "../../bridge/types/review";
import { useI18n } from "../../i18n";
import { useKeys } from "../../lib/keyboard";
import { goReplace } from "../../lib/route";
import { useDayOf } from "../../lib/useDayOf";
import { useFields } from "../../lib/useFields";
import { EmptyState } from "../../ui/EmptyState";
import { ConflictCard } from "./ConflictCard";
import styles from "./Conflicts.module.css";
import { Decided, Queue } from "./Queue";

interface Props {
  reply: ConflictsReply;
  id: string;
  field: string;
}

// Conflicts is the queue on the left and the one to decide on the right. The
// address says which; deciding leads on to the next.
export function Conflicts({ reply, id, field }: Props) {
  const { t } = useI18n();
  const { items } = reply;
  const named = items.findIndex((i) => i.id === id && (field === "" || i.field === field));
  const at = Math.max(0, named);
  const item = items[at];
  const show = (to: ConflictItem | undefined) => to && goReplace("review", "conflicts", to.id, to.field);
  const step = (by: number) => () => show(items[Math.min(items.length - 1, Math.max(0, at + by))]);
  useKeys({ j: step(1), k: step(-1) });
  // The address follows, so that a reload or "back" finds the same field.
  useEffect(() => {
    if (item && (item.id !== id || item.field !== field)) goReplace("review", "conflicts", item.id, item.field);
  }, [item, id, field]);
  return (
    <div className={styles.split}>
      <nav className={styles.queue} aria-label={t("review.queue.label")}>
        <Queue items={items} at={at} onShow={show} />
        <Decided items={reply.decided} />
      </nav>
      {item ? (
        <ConflictCard
          key={`${item.id} ${item.field}`}
          item={item}
          onDecided={() => show(items[at + 1] ?? items[at - 1])}
        />
      ) : (
        <Nothing reply={reply} />
      )}
    </div>
  );
}

function Nothing({ reply }: { reply: ConflictsReply }) {
  const { t } = useI18n();
  const dayOf = useDayOf();
  const fields = useFields();
  const last = reply.decided[0];
  const text = last
    ? t("review.empty.last", {
        day: dayOf(last.by.at),
        member: last.by.member,
        name: last.name,
        field: fields.name(last.field),
      })
    : "";
  return <EmptyState title={t("review.empty.title")} text={text} />;
}
