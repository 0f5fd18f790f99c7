import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, Building2, UserRound } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { CustomerView } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { useKeys } from "../../lib/keyboard";
import { go, routeHash } from "../../lib/route";
import { useErrorText } from "../../lib/useErrorText";
import { useFields } from "../../lib/useFields";
import { Button, IconButton } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { Icon } from "../../ui/Icon";
import { Page } from "../../ui/Page";
import { Segmented } from "../../ui/Segmented";
import { AsItWas } from "./AsItWas";
import styles from "./HistoryPage.module.css";
import { Timeline } from "./Timeline";
import { TimeSlider } from "./TimeSlider";
import { useHistory } from "./useHistory";

// HistoryPage is one customer's past; the path is [customer] or
// [customer, field].
export function HistoryPage({ path }: { path: readonly string[] }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const [id = "", field = ""] = path;
  const customer = useQuery({
    queryKey: keys.customer(id),
    queryFn: () => bridge.customers.get(id),
    enabled: id !== "",
  });
  if (customer.error) return <EmptyState title={errorText(customer.error)} />;
  if (!customer.data) return id ? null : <EmptyState title={t("history.gone")} />;
  return <Shown key={id} customer={customer.data} field={field} />;
}

type Filter = "all" | "changes";

function Shown({ customer, field }: { customer: CustomerView; field: string }) {
  const { t } = useI18n();
  const fields = useFields();
  const [filter, setFilter] = useState<Filter>("all");
  const [at, setAt] = useState("");
  const { entries, total, more, error } = useHistory(customer.id, field);
  const errorText = useErrorText();
  const shown =
    filter === "all"
      ? entries
      : entries.filter((e) => e.values.length > 0 && e.cause !== "import" && e.cause !== "create");
  const entry = entries.find((e) => e.change === at);
  const index = entries.findIndex((e) => e.change === at);
  // From now the step back leads to the newest act, which is before the last.
  const step = (by: 1 | -1) => () => setAt(entries[index + by]?.change ?? (by === 1 ? at : ""));
  const leave = () => (at === "" ? go("customers", customer.id) : setAt(""));
  useKeys({ j: step(1), k: step(-1), Escape: leave, "1": () => go("customers", customer.id) });
  return (
    <Page
      title={customer.name}
      lead={
        <>
          <IconButton icon={ArrowLeft} label={t("common.back")} onClick={() => go("customers", customer.id)} />
          <Icon of={customer.person ? UserRound : Building2} />
        </>
      }
      actions={<span className={styles.about}>{[customer.department, customer.owner].filter(Boolean).join("　")}</span>}
    >
      <div className={styles.bar}>
        <nav className={styles.tabs} aria-label={t("history.tabs")}>
          <a href={routeHash("customers", customer.id)} className={styles.tab}>
            {t("history.details")}
          </a>
          <a href={routeHash("history", customer.id)} className={`${styles.tab} ${styles.here}`} aria-current="page">
            {t("history.title")}
          </a>
        </nav>
        {field ? (
          <>
            <span className={styles.soft}>{t("history.onlyField", { field: fields.name(field) })}</span>
            <Button kind="link" size="small" onClick={() => go("history", customer.id)}>
              {t("history.everyField")}
            </Button>
          </>
        ) : null}
        <Segmented<Filter>
          label={t("history.filter.label")}
          value={filter}
          onChange={setFilter}
          options={[
            { value: "all", label: t("history.filter.all") },
            { value: "changes", label: t("history.filter.changes") },
          ]}
        />
      </div>
      <TimeSlider entries={entries} at={at} onAt={setAt} />
      {error ? <EmptyState title={errorText(error)} /> : null}
      <div className={styles.split}>
        <Timeline
          customer={customer}
          entries={shown}
          all={entries}
          total={total}
          fields={fields}
          at={at}
          onAt={setAt}
          onMore={more}
        />
        {entry ? <AsItWas key={at} customer={customer} entry={entry} fields={fields} onBack={() => setAt("")} /> : null}
      </div>
    </Page>
  );
}
