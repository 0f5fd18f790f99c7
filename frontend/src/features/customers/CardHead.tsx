import { Dropdown } from "antd";
import { Building2, Ellipsis, Maximize2, Minimize2, User, X } from "lucide-react";
import { useBridge } from "../../bridge/context";
import type { CustomerView } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { go } from "../../lib/route";
import { useAbility } from "../../lib/useAbility";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { IconButton } from "../../ui/Button";
import { Chip } from "../../ui/Chip";
import { Icon } from "../../ui/Icon";
import { Person } from "../../ui/Person";
import { useToast } from "../../ui/Toast";
import { remember } from "./acts";
import styles from "./Card.module.css";

interface Props {
  customer: CustomerView;
  asPage: boolean;
  onPage: () => void;
  onClose: () => void;
}

export function CardHead({ customer, asPage, onPage, onClose }: Props) {
  const { t } = useI18n();
  const remove = useDelete();
  const mayDelete = useAbility("delete");
  const items = [
    { key: "history", label: t("customers.card.history"), extra: "H", onClick: () => go("history", customer.id) },
    ...(customer.deleted || !mayDelete
      ? []
      : [
          {
            key: "delete",
            label: t("customers.card.delete"),
            danger: true,
            onClick: () => remove(customer.id, customer.name),
          },
        ]),
  ];
  return (
    <header className={styles.head}>
      <div className={styles.title}>
        <Icon
          of={customer.person ? User : Building2}
          label={customer.person ? t("customers.grid.person") : t("customers.grid.company")}
        />
        <h2 className={styles.name}>{customer.name}</h2>
        <IconButton
          size="small"
          icon={asPage ? Minimize2 : Maximize2}
          label={asPage ? t("customers.card.asCard") : t("customers.card.asPage")}
          keys="F"
          onClick={onPage}
        />
        <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
          <span>
            <IconButton size="small" icon={Ellipsis} label={t("customers.card.more")} />
          </span>
        </Dropdown>
        <IconButton size="small" icon={X} label={t("customers.card.close")} keys="Esc" onClick={onClose} />
      </div>
      <div className={styles.sub}>
        {customer.department ? <span>{customer.department}</span> : null}
        {customer.owner ? <Person name={customer.owner} /> : <span>{t("customers.card.noOwner")}</span>}
        {customer.tags.length > 0 ? (
          <ul className={styles.tags} aria-label={t("customers.card.tags")}>
            {customer.tags.map((tag) => (
              <li key={tag}>
                <Chip>{tag}</Chip>
              </li>
            ))}
          </ul>
        ) : null}
        {customer.pending ? <span>{t("customers.card.pending")}</span> : null}
      </div>
    </header>
  );
}

// useDelete needs no question: the way back is in the toast and in the bin.
export function useDelete(): (id: string, name: string) => void {
  const { t } = useI18n();
  const bridge = useBridge();
  const toast = useToast();
  const errorText = useErrorText();
  const failed = (error: unknown) => toast({ text: errorText(error), tone: "bad" });
  const back = useAct((id: string) => bridge.customers.undelete(id), { failed });
  const remove = useAct((id: string) => bridge.customers.delete(id), { failed });
  return (id, name) =>
    void remove.run(id).then((done) => {
      if (!done) return;
      if (done.change) remember({ id, change: done.change, fields: [] });
      go("customers");
      toast({
        text: t("customers.card.deletedToast", { name }),
        action: { label: t("common.undo"), run: () => void back.run(id) },
      });
    });
}
