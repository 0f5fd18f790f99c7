import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { FieldView, SchemaReply } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";

export interface Schema extends SchemaReply {
  field: (id: string) => FieldView | undefined;
  // The name in the language of the window.
  nameOf: (field: { nameZh: string; nameEn: string } | undefined) => string;
  // An option as it is read; the stored value stays Chinese.
  option: (field: FieldView, value: string) => string;
}

export function useSchema(): Schema | undefined {
  const bridge = useBridge();
  const { language } = useI18n();
  const schema = useQuery({ queryKey: keys.schema(), queryFn: () => bridge.customers.schema() });
  return useMemo(() => {
    if (!schema.data) return undefined;
    const byID = new Map(schema.data.fields.map((f) => [f.id, f]));
    return {
      ...schema.data,
      field: (id) => byID.get(id),
      nameOf: (f) => (language === "en" && f?.nameEn ? f.nameEn : (f?.nameZh ?? "")),
      option: (f, value) => {
        const at = f.options.indexOf(value);
        return language === "en" && at >= 0 ? f.optionsEn[at] || value : value;
      },
    };
  }, [schema.data, language]);
}
