import type { Bridge } from "../../bridge/bridge";
import { useBridge } from "../../bridge/context";
import type { ImportView } from "../../bridge/types/imports";
import { go } from "../../lib/route";
import { type Act, useAct } from "../../lib/useAct";

export interface Files {
  // Asks for files: the program's dialog, or null where a browser must.
  pick: Act<[], ImportView> | null;
  // Files of a browser's dialog or of a drop on the page.
  upload: Act<[files: readonly File[]], ImportView | undefined>;
  busy: boolean;
  error: unknown;
}

// useFiles opens files as one import and goes to it. With job, they are added
// to that import instead.
export function useFiles(job = "", added?: (view: ImportView) => void): Files {
  const bridge = useBridge();
  const done = (view: ImportView | undefined) => {
    if (!view?.job) return; // the person closed the dialog
    if (job) added?.(view);
    else go("import", view.job);
  };
  const pick = useAct(() => bridge.imports.pick(), { done });
  const upload = useAct((files: readonly File[]) => uploadAll(bridge, files, job), { done });
  return {
    pick: bridge.files.upload ? null : pick,
    upload,
    busy: pick.busy || upload.busy,
    error: pick.error ?? upload.error,
  };
}

async function uploadAll(bridge: Bridge, files: readonly File[], job: string): Promise<ImportView | undefined> {
  const { upload } = bridge.files;
  if (!upload) return undefined;
  const paths: string[] = [];
  for (const file of files) paths.push(await upload(file));
  return openAll(bridge, paths, job);
}

async function openAll(bridge: Bridge, paths: readonly string[], job: string): Promise<ImportView | undefined> {
  let view: ImportView | undefined;
  for (const path of paths) {
    const into = view?.job ?? job;
    view = into === "" ? await bridge.imports.open(path) : await bridge.imports.addFile({ job: into, path });
  }
  return view;
}
