import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Bridge } from "../../bridge/bridge";
import { useBridge } from "../../bridge/context";
import { type AppError, toAppError } from "../../bridge/errors";
import { keys } from "../../bridge/keys";
import type { ImportView } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import { type Act, useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";

// Source is a file that was chosen; its path is known at once, or once it has
// been uploaded.
export interface Source {
  name: string;
  path: () => Promise<string>;
}

export interface Unopened {
  name: string;
  error: AppError;
}

export interface Opened {
  chosen: number;
  // The import of those that could be opened; undefined where none could.
  view: ImportView | undefined;
  unopened: readonly Unopened[];
}

export function sourceOf(path: string): Source {
  return { name: path.split(/[\\/]/).at(-1) ?? path, path: async () => path };
}

// openFiles opens files as one import, or adds them to that of job. One that
// cannot be opened keeps no other out.
async function openFiles(bridge: Bridge, sources: readonly Source[], job: string): Promise<Opened> {
  let view: ImportView | undefined;
  const unopened: Unopened[] = [];
  for (const { name, path } of sources) {
    const into = view?.job ?? job;
    try {
      const at = await path();
      view = into === "" ? await bridge.imports.open(at) : await bridge.imports.addFile({ job: into, path: at });
    } catch (thrown) {
      unopened.push({ name, error: toAppError(thrown) });
    }
  }
  return { chosen: sources.length, view, unopened };
}

// useOpenFiles opens files. What could not be opened beside others is told by
// the import's first step, for the page that asked is left.
export function useOpenFiles(
  job: string,
  ends: { opened: (view: ImportView) => void; none?: (opened: Opened) => void },
): Act<[sources: readonly Source[]], Opened> {
  const bridge = useBridge();
  const client = useQueryClient();
  return useAct((sources: readonly Source[]) => openFiles(bridge, sources, job), {
    done: (all) => {
      const { view, unopened } = all;
      if (view) {
        client.setQueryData(keys.unopened(view.job), unopened);
        ends.opened(view);
      } else if (unopened.length > 0) ends.none?.(all);
    },
  });
}

export function useUnopened(job: string): readonly Unopened[] {
  const none = async (): Promise<readonly Unopened[]> => [];
  return useQuery({ queryKey: keys.unopened(job), queryFn: none }).data ?? [];
}

// useUnopenedText says of each file why it was not opened; one that was chosen
// alone needs no name.
export function useUnopenedText(): (opened: Pick<Opened, "chosen" | "unopened">) => string[] {
  const { t } = useI18n();
  const errorText = useErrorText();
  return ({ chosen, unopened }) =>
    unopened.map(({ name, error }) => {
      const why = errorText(error);
      return chosen > 1 ? t("import.home.unopened", { name, why }) : why;
    });
}
