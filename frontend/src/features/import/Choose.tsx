import { FileInput, Plus } from "lucide-react";
import { useRef } from "react";
import { useI18n } from "../../i18n";
import { Button } from "../../ui/Button";
import type { Files } from "./useFiles";

// Choose asks for files: by the program's own dialog, or by the browser's.
export function Choose({ files, kind }: { files: Files; kind: "first" | "more" }) {
  const { t } = useI18n();
  const input = useRef<HTMLInputElement>(null);
  const label = t(kind === "first" ? "import.home.choose" : "import.sheets.add");
  const { pick, upload } = files;
  return (
    <>
      <Button
        kind={kind === "first" ? "primary" : "text"}
        icon={kind === "first" ? FileInput : Plus}
        busy={files.busy}
        autoFocus={kind === "first"}
        onClick={() => (pick ? pick() : input.current?.click())}
      >
        {label}
      </Button>
      {pick ? null : (
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label={t("import.home.file")}
          accept=".xlsx,.csv,.tsv,.txt"
          onChange={(event) => {
            upload([...(event.target.files ?? [])]);
            event.target.value = "";
          }}
        />
      )}
    </>
  );
}
