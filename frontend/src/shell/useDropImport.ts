import { useEffect } from "react";
import { useBridge } from "../bridge/context";
import { sourceOf, useOpenFiles, useUnopenedText } from "../features/import/openFiles";
import { go } from "../lib/route";
import { useToast } from "../ui/Toast";

// useDropImport lets files be dropped on any page: they are opened as one
// import, which the window then shows. Nothing is written by that.
export function useDropImport(on: boolean): void {
  const bridge = useBridge();
  const toast = useToast();
  const unopenedText = useUnopenedText();
  const { run } = useOpenFiles("", {
    opened: (view) => go("import", view.job),
    none: (all) => toast({ text: unopenedText(all).join(" "), tone: "bad" }),
  });
  useEffect(() => {
    if (!on) return;
    const stop = bridge.files.onDrop((paths) => void run(paths.map(sourceOf)));
    const { upload } = bridge.files;
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0 || event.defaultPrevented || !upload) return;
      event.preventDefault();
      void run(files.map((file) => ({ name: file.name, path: () => upload(file) })));
    };
    window.addEventListener("dragover", over);
    window.addEventListener("drop", drop);
    return () => {
      stop();
      window.removeEventListener("dragover", over);
      window.removeEventListener("drop", drop);
    };
  }, [bridge, on, run]);
}
