import { ChevronLeft, ChevronRight } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, useMemo, useRef } from "react";
import type { HistoryEntry } from "../../bridge/types/history";
import { useI18n } from "../../i18n";
import { IconButton } from "../../ui/Button";
import styles from "./TimeSlider.module.css";
import { ticks, timeOf } from "./when";

interface Props {
  // Newest first.
  entries: HistoryEntry[];
  at: string;
  onAt: (change: string) => void;
}

// TimeSlider goes through the past by its acts: arrows step from one to the
// next, a drag takes the last act before the place. The right end is now.
export function TimeSlider({ entries, at, onAt }: Props) {
  const { t, moment } = useI18n();
  const track = useRef<HTMLDivElement>(null);
  const now = useMemo(() => Math.max(Date.now(), ...entries.map(timeOf)), [entries]);
  const first = timeOf(entries.at(-1));
  const index = entries.findIndex((e) => e.change === at);
  const shown = entries[index];
  const share = shown ? (timeOf(shown) - first) / Math.max(1, now - first) : 1;
  const older = () => onAt(entries[index + 1]?.change ?? at);
  const newer = () => onAt(index <= 0 ? "" : (entries[index - 1]?.change ?? ""));
  const pick = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    if (!box || entries.length === 0) return;
    const part = (event.clientX - box.left) / Math.max(1, box.width);
    const time = first + part * (now - first);
    onAt(part >= 0.995 ? "" : ((entries.find((e) => timeOf(e) <= time) ?? entries.at(-1))?.change ?? ""));
  };
  const oldest = () => onAt(entries.at(-1)?.change ?? "");
  const today = () => onAt("");
  const press = (event: KeyboardEvent) => {
    const move = {
      ArrowLeft: older,
      ArrowDown: older,
      ArrowRight: newer,
      ArrowUp: newer,
      Home: oldest,
      End: today,
    }[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  const text = shown ? moment(shown.author.at) : t("history.sliderNow");
  return (
    <div className={styles.bar}>
      <span className={styles.end}>{moment(entries.at(-1)?.author.at ?? "").slice(0, 7)}</span>
      <div
        ref={track}
        role="slider"
        tabIndex={0}
        aria-label={t("history.slider")}
        aria-valuemin={0}
        aria-valuemax={entries.length}
        aria-valuenow={index < 0 ? entries.length : entries.length - 1 - index}
        aria-valuetext={text}
        className={styles.track}
        onKeyDown={press}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          pick(event);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) pick(event);
        }}
      >
        <div className={styles.line} />
        <div className={styles.gone} style={{ width: `${share * 100}%` }} />
        {ticks(entries, now).map((tick) => (
          <span
            key={tick.at}
            className={`${styles.tick} ${tick.at > share ? styles.after : ""} ${tick.count > 2 ? styles.tall : ""}`}
            style={{ left: `${tick.at * 100}%` }}
          />
        ))}
        <span className={styles.knob} style={{ left: `${share * 100}%` }} />
      </div>
      <span className={styles.end}>{t("history.today")}</span>
      <span className={styles.moment}>{text}</span>
      <IconButton icon={ChevronLeft} label={t("history.earlier")} keys="J" size="small" onClick={older} />
      <IconButton icon={ChevronRight} label={t("history.later")} keys="K" size="small" onClick={newer} />
    </div>
  );
}
