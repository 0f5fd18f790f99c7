import { useQuery } from "@tanstack/react-query";
import { useBridge } from "../bridge/context";
import { keys } from "../bridge/keys";
import type { ListRequest } from "../bridge/types/customers";

const all: ListRequest = {
  text: "",
  filters: [],
  sort: "",
  desc: false,
  fields: [],
  offset: 0,
  limit: 1,
  batch: "",
  deleted: false,
};

// useBadges counts what the rail shows: all customers, and what I can decide.
export function useBadges(): { customers: number; review: number } {
  const bridge = useBridge();
  const list = useQuery({ queryKey: keys.list(all), queryFn: () => bridge.customers.list(all) });
  const conflicts = useQuery({ queryKey: keys.conflicts(), queryFn: () => bridge.review.conflicts() });
  const rejected = useQuery({ queryKey: keys.rejected(), queryFn: () => bridge.review.rejected() });
  return {
    customers: list.data?.total ?? 0,
    review: (conflicts.data?.total ?? 0) + (rejected.data?.items.length ?? 0),
  };
}
