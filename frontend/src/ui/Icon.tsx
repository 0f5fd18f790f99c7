import type { LucideIcon } from "lucide-react";
import styles from "./Icon.module.css";

interface Props {
  of: LucideIcon;
  size?: "small" | "normal" | "large";
  tone?: "ink3" | "ink2" | "accent" | "sealed" | "plum" | "warn" | "bad" | "ok" | "inherit";
  // Only where the icon alone carries the meaning.
  label?: string;
}

const pixels = { small: 14, normal: 16, large: 20 } as const;

export function Icon({ of: Lucide, size = "normal", tone = "ink3", label }: Props) {
  return (
    <Lucide
      size={pixels[size]}
      strokeWidth={1.75}
      className={`${styles.icon} ${styles[tone]}`}
      {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}
    />
  );
}
