import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { ImportView } from "../../bridge/types/imports";
import { go } from "../../lib/route";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { type Opened, sourceOf, useOpenFiles, useUnopenedText } from "./openFiles";

export interface Files {
  // Asks for files: the program's dialog, or null where a browser must.
  pick: (() => void) | null;
  // Files of a browser's dialog or of a drop on the page.
  upload: (files: readonly File[]) => void;
  busy: boolean;
  // Why nothing was opened, a sentence for each file.
  problems: readonly string[];
}

// useFiles opens files as one import and goes to it. With job, they are added
// to that import instead.
export function useFiles(job = "", added?: (view: ImportView) => void): Files {
  const bridge = useBridge();
  const errorText = useErrorText();
  const unopenedText = useUnopenedText();
  const [none, setNone] = useState<Opened | null>(null);
  const open = useOpenFiles(job, {
    opened: (view) => (job ? added?.(view) : go("import", view.job)),
    none: setNone,
  });
  const pick = useAct(() => bridge.imports.pick(), {
    done: ({ paths }) => {
      setNone(null);
      if (paths.length > 0) void open.run(paths.map(sourceOf));
    },
  });
  const { upload } = bridge.files;
  return {
    pick: upload ? null : () => void pick.run(),
    upload: (files) => {
      setNone(null);
      if (upload) void open.run(files.map((file) => ({ name: file.name, path: () => upload(file) })));
    },
    busy: pick.busy || open.busy,
    problems: pick.error ? [errorText(pick.error)] : none ? unopenedText(none) : [],
  };
}
