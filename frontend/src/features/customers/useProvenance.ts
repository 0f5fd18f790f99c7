import type { ValueView } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";

// useProvenance says where a value comes from: a cell of a file and who
// imported it, or who wrote it and when.
export function useProvenance(): (value: ValueView) => string {
  const { t, moment } = useI18n();
  return ({ source, author }) => {
    if (source && author)
      return t("customers.card.from", { file: source.file, row: source.row, member: author.member });
    if (!author) return "";
    return t("customers.card.wrote", { member: author.member, department: author.department, at: moment(author.at) });
  };
}
