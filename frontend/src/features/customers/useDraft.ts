import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { AppError } from "../../bridge/errors";
import { keys } from "../../bridge/keys";
import { useAct } from "../../lib/useAct";

type Texts = Readonly<Record<string, string>>;

// What was typed outlives the dialog, in memory only: it may hold sealed values.
let kept: Texts = {};

export function forgetDraft(): void {
  kept = {};
}

export interface Draft {
  texts: Texts;
  set: (field: string, text: string) => void;
  ready: boolean;
  busy: boolean;
  error: AppError | null;
  // The new customer's id, or nothing when it was not saved.
  save: () => Promise<string | undefined>;
}

export function useDraft(name: string): Draft {
  const bridge = useBridge();
  const client = useQueryClient();
  const [texts, setTexts] = useState<Texts>(() => (name ? { ...kept, name } : kept));
  const keep = (next: Texts) => {
    kept = next;
    setTexts(next);
  };
  const create = useAct(() =>
    bridge.customers.create({
      values: Object.entries(texts)
        .filter(([, text]) => text.trim() !== "")
        .map(([field, text]) => ({ field, text })),
    }),
  );
  const ready = (texts["name"] ?? "").trim() !== "";
  return {
    texts,
    set: (field, text) => keep({ ...texts, [field]: text }),
    ready,
    busy: create.busy,
    error: create.error,
    save: async () => {
      if (!ready || create.busy) return undefined;
      const reply = await create.run();
      if (!reply) return undefined;
      keep({});
      void client.invalidateQueries({ queryKey: keys.customers() });
      return reply.id;
    },
  };
}
