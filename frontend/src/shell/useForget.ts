import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { keys } from "../bridge/keys";
import { forgetActs } from "../features/customers/acts";
import { forgetDraft } from "../features/customers/useDraft";

// useForget empties the window's memory when no book is open: a locked window
// holds no customer, no draft and no step to take back.
export function useForget(closed: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!closed) return;
    const stay = [keys.start()[0], keys.settings()[0]] as readonly unknown[];
    client.removeQueries({ predicate: (query) => !stay.includes(query.queryKey[0]) });
    forgetActs();
    forgetDraft();
  }, [client, closed]);
}
