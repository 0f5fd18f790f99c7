import { Button as AntButton, Tooltip } from "antd";
import type { LucideIcon } from "lucide-react";
import type { MouseEvent, ReactNode } from "react";
import { Icon } from "./Icon";

interface Props {
  children: ReactNode;
  kind?: "primary" | "plain" | "text" | "link" | "danger";
  icon?: LucideIcon;
  size?: "normal" | "small";
  submit?: boolean;
  disabled?: boolean;
  busy?: boolean;
  // Spoken instead of the text, where the text alone would not say enough.
  label?: string;
  autoFocus?: boolean;
  onClick?: (event: MouseEvent<HTMLElement>) => void;
}

const types = { primary: "primary", plain: "default", text: "text", link: "link", danger: "default" } as const;

export function Button(props: Props) {
  const { kind = "plain", size = "normal" } = props;
  return (
    <AntButton
      type={types[kind]}
      danger={kind === "danger"}
      size={size === "small" ? "small" : "middle"}
      htmlType={props.submit ? "submit" : "button"}
      disabled={props.disabled ?? false}
      loading={props.busy ?? false}
      autoInsertSpace={false}
      {...(props.icon ? { icon: <Icon of={props.icon} tone="inherit" /> } : {})}
      {...(props.label ? { "aria-label": props.label } : {})}
      {...(props.autoFocus ? { autoFocus: true } : {})}
      {...(props.onClick ? { onClick: props.onClick } : {})}
    >
      {props.children}
    </AntButton>
  );
}

interface IconButtonProps {
  icon: LucideIcon;
  label: string;
  // The key that does the same, shown in the tooltip.
  keys?: string;
  pressed?: boolean;
  disabled?: boolean;
  size?: "normal" | "small";
  onClick?: (event: MouseEvent<HTMLElement>) => void;
}

// IconButton always has a label and a tooltip (UX.md 3.3).
export function IconButton(props: IconButtonProps) {
  return (
    <Tooltip title={props.keys ? `${props.label} (${props.keys})` : props.label} mouseEnterDelay={0.5}>
      <AntButton
        type="text"
        size={props.size === "small" ? "small" : "middle"}
        aria-label={props.label}
        disabled={props.disabled ?? false}
        icon={<Icon of={props.icon} tone={props.pressed ? "accent" : "ink2"} />}
        {...(props.pressed === undefined ? {} : { "aria-pressed": props.pressed })}
        {...(props.onClick ? { onClick: props.onClick } : {})}
      />
    </Tooltip>
  );
}
