import { useI18n } from "../../i18n";
import { Page } from "../../ui/Page";

// ImportPage is the wizard and the past imports; the path is [job] or
// ["undo", batch].
export function ImportPage(_props: { path: readonly string[] }) {
  const { t } = useI18n();
  return <Page title={t("import.title")}>{null}</Page>;
}
