import { useQuery } from "@tanstack/react-query";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import { useI18n } from "../../i18n";
import { goReplace } from "../../lib/route";
import { useErrorText } from "../../lib/useErrorText";
import { EmptyState } from "../../ui/EmptyState";
import { Page } from "../../ui/Page";
import { Tabs } from "../../ui/Tabs";
import { Conflicts } from "./Conflicts";
import { RejectedTray } from "./RejectedTray";
import styles from "./ReviewPage.module.css";

type Tab = "conflicts" | "rejected";

// ReviewPage is the queue of what a person can decide; the path is
// [tab, customer, field].
export function ReviewPage({ path }: { path: readonly string[] }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const conflicts = useQuery({ queryKey: keys.conflicts(), queryFn: () => bridge.review.conflicts() });
  const rejected = useQuery({ queryKey: keys.rejected(), queryFn: () => bridge.review.rejected() });
  const [first, id = "", field = ""] = path;
  const tab: Tab = first === "rejected" ? "rejected" : "conflicts";
  const error = conflicts.error ?? rejected.error;
  if (error) return <EmptyState title={errorText(error)} />;
  if (!conflicts.data || !rejected.data) return null;
  const n = { conflicts: conflicts.data.total, rejected: rejected.data.items.length };
  return (
    <Page
      title={t("review.title")}
      rule={false}
      actions={n[tab] > 0 ? <span className={styles.lead}>{t(`review.lead.${tab}`, { n: n[tab] })}</span> : null}
    >
      <div className={styles.tabs}>
        <Tabs<Tab>
          label={t("review.tabs")}
          value={tab}
          onChange={(to) => goReplace("review", to)}
          tabs={[
            { value: "conflicts", label: t("review.tab.conflicts"), count: n.conflicts },
            { value: "rejected", label: t("review.tab.rejected"), count: n.rejected },
          ]}
        />
      </div>
      {tab === "conflicts" ? (
        <Conflicts reply={conflicts.data} id={id} field={field} />
      ) : (
        <RejectedTray items={rejected.data.items} />
      )}
    </Page>
  );
}
