import type { FileReply } from "../../bridge/types/customers";
import { useSaved as useSavedFile } from "../../lib/useSaved";

// useSaved says where a file of an import went.
export function useSaved(): (file: FileReply) => void {
  return useSavedFile("import.done.saved");
}
