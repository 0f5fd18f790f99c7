import { useBridge } from "../bridge/context";
import type { FileReply } from "../bridge/types/customers";
import { type Key, useI18n } from "../i18n";
import { useToast } from "../ui/Toast";

// useSaved says where a file went, or fetches it where it is not on this disk.
export function useSaved(words: Key): (file: FileReply) => void {
  const { t } = useI18n();
  const bridge = useBridge();
  const toast = useToast();
  return (file) => {
    if (file.path === "") return; // the dialog was closed
    if (bridge.files.fetchWritten) bridge.files.fetchWritten(file.path);
    else toast({ text: t(words, { path: file.path, n: file.count }) });
  };
}
