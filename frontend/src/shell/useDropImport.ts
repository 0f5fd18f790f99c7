import { useEffect } from "react";
import type { Bridge } from "../bridge/bridge";
import { useBridge } from "../bridge/context";
import { go } from "../lib/route";
import { useAct } from "../lib/useAct";
import { useErrorText } from "../lib/useErrorText";
import { useToast } from "../ui/Toast";

// useDropImport lets files be dropped on any page: they are opened as one
// import, which the window then shows. Nothing is written by that.
export function useDropImport(on: boolean): void {
  const bridge = useBridge();
  const toast = useToast();
  const errorText = useErrorText();
  const { run } = useAct((paths: readonly string[]) => open(bridge, paths), {
    done: (job) => job && go("import", job),
    failed: (error) => toast({ text: errorText(error), tone: "bad" }),
  });
  useEffect(() => {
    if (!on) return;
    const stop = bridge.files.onDrop((paths) => void run(paths));
    const { upload } = bridge.files;
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0 || event.defaultPrevented || !upload) return;
      event.preventDefault();
      void Promise.all(files.map(upload)).then(run, (error) => toast({ text: errorText(error), tone: "bad" }));
    };
    window.addEventListener("dragover", over);
    window.addEventListener("drop", drop);
    return () => {
      stop();
      window.removeEventListener("dragover", over);
      window.removeEventListener("drop", drop);
    };
  }, [bridge, on, run, toast, errorText]);
}

async function open(bridge: Bridge, paths: readonly string[]): Promise<string> {
  const [first, ...others] = paths;
  if (!first) return "";
  const { job } = await bridge.imports.open(first);
  for (const path of others) await bridge.imports.addFile({ job, path });
  return job;
}
