import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { CustomerView } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { routeHash } from "../../lib/route";
import { useErrorText } from "../../lib/useErrorText";
import { useReveal } from "../../lib/useReveal";
import { EmptyState } from "../../ui/EmptyState";
import styles from "./Card.module.css";
import { CardHead } from "./CardHead";
import { CardNotices } from "./CardNotices";
import { CardSections } from "./CardSections";
import { StageLine } from "./StageLine";
import { useSave } from "./useSave";
import type { Schema } from "./useSchema";

interface Props {
  id: string;
  schema: Schema;
  asPage: boolean;
  onPage: () => void;
  onClose: () => void;
}

// Card is one customer: docked right of the list, or the page.
export function Card(props: Props) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const customer = useQuery({
    queryKey: keys.customer(props.id),
    queryFn: () => bridge.customers.get(props.id),
  });
  return (
    <aside
      className={`${styles.card} ${props.asPage ? styles.page : ""}`}
      aria-label={t("customers.card.label")}
      data-region="card"
      tabIndex={-1}
    >
      {customer.data ? (
        <Loaded key={props.id} customer={customer.data} {...props} />
      ) : customer.error ? (
        <EmptyState title={errorText(customer.error)} />
      ) : null}
    </aside>
  );
}

function Loaded(props: Props & { customer: CustomerView }) {
  const { t } = useI18n();
  const { customer, schema } = props;
  const reveal = useReveal(customer.id);
  const save = useSave(customer.id);
  const [editing, setEditing] = useState<string | null>(null);
  const stage = schema.field("stage");
  return (
    <>
      <CardHead {...props} />
      <div className={styles.scroll}>
        <div className={styles.top}>
          {stage?.readable ? (
            <StageLine
              field={stage}
              schema={schema}
              value={customer.values.find((v) => v.field === "stage")?.raw ?? customer.stage}
              writable={stage.writable && !customer.deleted}
              onMove={(next) => save("stage", next)}
            />
          ) : null}
          <CardNotices customer={customer} schema={schema} />
        </div>
        <nav className={styles.tabs} aria-label={t("customers.card.label")}>
          <a href={routeHash("customers", customer.id)} className={styles.tab} aria-current="page">
            {t("customers.card.details")}
          </a>
          <a href={routeHash("history", customer.id)} className={styles.tab}>
            {t("customers.card.history")}
          </a>
        </nav>
        <CardSections
          customer={customer}
          schema={schema}
          reveal={reveal}
          editing={editing}
          onEditing={setEditing}
          onSave={save}
        />
      </div>
    </>
  );
}
