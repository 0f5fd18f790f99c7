import { useI18n } from "../../i18n";
import { Page } from "../../ui/Page";

// ReviewPage is the queue of what a person can decide; the path is
// [tab, customer, field].
export function ReviewPage(_props: { path: readonly string[] }) {
  const { t } = useI18n();
  return <Page title={t("review.title")}>{null}</Page>;
}
