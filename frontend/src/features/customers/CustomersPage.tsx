import { useI18n } from "../../i18n";
import { Page } from "../../ui/Page";

export function CustomersPage(_props: { path: readonly string[] }) {
  const { t } = useI18n();
  return <Page title={t("customers.title")}>{null}</Page>;
}
