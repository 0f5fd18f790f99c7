import { useQueries } from "@tanstack/react-query";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { Filter, ListRequest } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import type { ListState } from "./query";
import type { Schema } from "./useSchema";

interface Props {
  state: ListState;
  request: ListRequest;
  schema: Schema;
  onFilters: (next: readonly Filter[]) => void;
  onText: (text: string) => void;
  onNew: (name: string) => void;
}

// NoMatch offers to drop what narrows the list, with how many there would be
// then, or to make the customer. What costs most comes first.
export function NoMatch({ state, request, schema, onFilters, onText, onNew }: Props) {
  const { t } = useI18n();
  const without = useWithout(state, request);
  if (state.view === "deleted" && state.text === "" && state.filters.length === 0)
    return <EmptyState title={t("customers.empty.bin")} />;
  const ways = without.map(({ at, n }) => {
    const filter = state.filters[at];
    const field = filter && schema.nameOf(schema.field(filter.field));
    return {
      n,
      name: field ?? t("customers.none.search"),
      run: () => (filter ? onFilters(state.filters.filter((f) => f !== filter)) : onText("")),
    };
  });
  const best = ways[0];
  return (
    <EmptyState
      title={best && best.n > 0 ? t("customers.none.best", { field: best.name, n: best.n }) : t("customers.none.title")}
      actions={
        <>
          {ways.map((way) => (
            <Button key={way.name} onClick={way.run}>
              {t("customers.none.without", { field: way.name, n: way.n })}
            </Button>
          ))}
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

// useWithout counts what the list would hold without each condition; at -1 is
// the searched text.
function useWithout(state: ListState, request: ListRequest): { at: number; n: number }[] {
  const bridge = useBridge();
  const count = { ...request, fields: [], offset: 0, limit: 1 };
  const asks = [
    ...(state.text ? [{ at: -1, ask: { ...count, text: "" } }] : []),
    ...state.filters.map((filter, at) => ({
      at,
      ask: { ...count, filters: request.filters.filter((f) => f !== filter) },
    })),
  ];
  const replies = useQueries({
    queries: asks.map(({ ask }) => ({ queryKey: keys.list(ask), queryFn: () => bridge.customers.list(ask) })),
  });
  return asks.map(({ at }, n) => ({ at, n: replies[n]?.data?.total ?? 0 })).sort((a, b) => b.n - a.n);
}
