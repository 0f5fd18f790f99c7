import { useI18n } from "../../i18n";
import { Page } from "../../ui/Page";

// HistoryPage is one customer's past; the path is [customer] or
// [customer, field].
export function HistoryPage(_props: { path: readonly string[] }) {
  const { t } = useI18n();
  return <Page title={t("history.title")}>{null}</Page>;
}
