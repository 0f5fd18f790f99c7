import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { CustomerView, SetReply } from "../../bridge/types/customers";
import { remember } from "./acts";

// useSave writes one field and shows it at once; lists follow by the event.
// It rejects with an AppError, because the text must stay where it was typed.
export function useSave(id: string): (field: string, text: string) => Promise<SetReply> {
  const bridge = useBridge();
  const client = useQueryClient();
  return useCallback(
    async (field, text) => {
      const reply = await bridge.customers.set({ id, values: [{ field, text }] });
      if (reply.change) remember({ id, change: reply.change, fields: [field] });
      const open = reply.values.filter((v) => !v.sealed);
      client.setQueryData<CustomerView>(keys.customer(id), (old) =>
        old ? { ...old, values: old.values.map((v) => open.find((n) => n.field === v.field) ?? v) } : old,
      );
      void client.invalidateQueries({ queryKey: keys.customers() });
      return reply;
    },
    [bridge, client, id],
  );
}
