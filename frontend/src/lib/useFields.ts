import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useBridge } from "../bridge/context";
import { keys } from "../bridge/keys";
import type { FieldView, SchemaReply, SectionView } from "../bridge/types/customers";
import { useI18n } from "../i18n";

export interface Fields extends SchemaReply {
  field: (id: string) => FieldView | undefined;
  // The section that a field stands in.
  sectionOf: (id: string) => SectionView | undefined;
  // The name in the language of the window; the id where the schema has none.
  name: (id: string) => string;
  sectionName: (id: string) => string;
  // A value of a choice field as it is read; the stored one stays Chinese.
  option: (id: string, value: string) => string;
}

const nothing: SchemaReply = { sections: [], fields: [] };

// useFields gives the schema's names in the language of the window.
export function useFields(): Fields {
  const bridge = useBridge();
  const { language } = useI18n();
  const schema = useQuery({ queryKey: keys.schema(), queryFn: () => bridge.customers.schema() });
  const data = schema.data ?? nothing;
  return useMemo(() => {
    const fields = new Map(data.fields.map((f) => [f.id, f]));
    const sections = new Map(data.sections.map((s) => [s.id, s]));
    const read = (of: { nameZh: string; nameEn: string } | undefined) =>
      language === "en" && of?.nameEn ? of.nameEn : (of?.nameZh ?? "");
    return {
      ...data,
      field: (id) => fields.get(id),
      sectionOf: (id) => sections.get(fields.get(id)?.section ?? ""),
      name: (id) => read(fields.get(id)) || id,
      sectionName: (id) => read(sections.get(id)),
      option: (id, value) => {
        const f = fields.get(id);
        const at = f?.options.indexOf(value) ?? -1;
        return language === "en" && at >= 0 ? f?.optionsEn[at] || value : value;
      },
    };
  }, [data, language]);
}
