import type { Filter } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import type { ListState } from "./query";
import type { Schema } from "./useSchema";

interface Props {
  state: ListState;
  schema: Schema;
  onFilters: (next: readonly Filter[]) => void;
  onText: (text: string) => void;
  onNew: (name: string) => void;
}

// NoMatch offers to drop what narrows the list, or to make the customer.
export function NoMatch({ state, schema, onFilters, onText, onNew }: Props) {
  const { t } = useI18n();
  if (state.view === "deleted" && state.text === "" && state.filters.length === 0)
    return <EmptyState title={t("customers.empty.bin")} />;
  return (
    <EmptyState
      title={t("customers.none.title")}
      actions={
        <>
          {state.filters.map((filter, at) => (
            <Button
              // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no other name
              key={at}
              onClick={() => onFilters(state.filters.filter((_, n) => n !== at))}
            >
              {t("customers.none.without", { field: schema.nameOf(schema.field(filter.field)) })}
            </Button>
          ))}
          {state.text ? <Button onClick={() => onText("")}>{t("customers.none.text")}</Button> : null}
          {state.text && state.view === "all" ? (
            <Button kind="primary" onClick={() => onNew(state.text)}>
              {t("customers.none.create", { name: state.text })}
            </Button>
          ) : null}
        </>
      }
    />
  );
}
