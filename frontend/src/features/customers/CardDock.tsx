import { type PointerEvent, type ReactNode, useState } from "react";
import styles from "./CardDock.module.css";
import { cardWidth, clampCard } from "./layout";

// CardDock is the place of the card beside the list; its left edge is dragged,
// or moved with the arrow keys. Below 1180 px it lies over the list.
export function CardDock(props: {
  width: number;
  label: string;
  onWidth: (width: number) => void;
  children: ReactNode;
}) {
  const [dragged, setDragged] = useState<number | null>(null);
  const width = dragged ?? props.width;
  const grab = (event: PointerEvent<HTMLElement>) => {
    const edge = event.currentTarget;
    const start = event.clientX;
    edge.setPointerCapture(event.pointerId);
    edge.onpointermove = (move) => setDragged(clampCard(width + start - move.clientX));
    edge.onpointerup = (up) => {
      edge.onpointermove = null;
      edge.onpointerup = null;
      setDragged(null);
      props.onWidth(clampCard(width + start - up.clientX));
    };
  };
  return (
    <div className={styles.dock} style={{ width: width === cardWidth.usual ? "var(--card)" : width }}>
      <hr
        className={styles.edge}
        aria-orientation="vertical"
        aria-label={props.label}
        aria-valuenow={width}
        tabIndex={0}
        onPointerDown={grab}
        onKeyDown={(event) => {
          if (event.key === "ArrowLeft") props.onWidth(clampCard(width + 20));
          if (event.key === "ArrowRight") props.onWidth(clampCard(width - 20));
        }}
      />
      {props.children}
    </div>
  );
}
