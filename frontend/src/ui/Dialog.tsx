import { Modal } from "antd";
import type { ReactNode } from "react";
import styles from "./Dialog.module.css";

// Dialog traps focus and gives it back; Esc and the cross close it.
export function Dialog(props: {
  title: ReactNode;
  open: boolean;
  width?: number;
  onClose: () => void;
  footer?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Modal
      title={props.title}
      open={props.open}
      width={props.width ?? 640}
      onCancel={props.onClose}
      footer={props.footer ? <div className={styles.footer}>{props.footer}</div> : null}
      destroyOnHidden
      centered
      mask={{ closable: false }}
    >
      {props.children}
    </Modal>
  );
}
