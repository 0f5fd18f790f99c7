import type { StartState } from "../../bridge/types/start";
import { useI18n } from "../../i18n";

export function StartPage(_props: { state: StartState }) {
  const { t } = useI18n();
  return <h1>{t("start.title")}</h1>;
}
