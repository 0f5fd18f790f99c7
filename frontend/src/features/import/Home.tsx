import { FileSpreadsheet } from "lucide-react";
import { type DragEvent, useState } from "react";
import { useI18n } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { Choose } from "./Choose";
import styles from "./Home.module.css";
import { Drafts, PastList } from "./PastList";
import { useFiles } from "./useFiles";
import { usePast } from "./usePast";

// Home is the drop target, what was not finished, and the past imports.
export function Home() {
  const { t } = useI18n();
  const files = useFiles();
  const past = usePast();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!files.pick) files.upload([...event.dataTransfer.files]);
  };
  return (
    <Page title={t("import.title")}>
      <div className={styles.home}>
        <section
          aria-label={t("import.home.drop")}
          className={`${styles.target} ${over ? styles.over : ""}`}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <Icon of={FileSpreadsheet} size="large" />
          <p className={styles.drop}>{t(over ? "import.home.dropAny" : "import.home.drop")}</p>
          <p className={styles.kinds}>{t("import.home.kinds")}</p>
          <Choose files={files} kind="first" />
          <p className={styles.kinds}>{files.busy ? t("import.home.opening") : t("import.home.lead")}</p>
        </section>
        {files.problems.length > 0 ? (
          <Notice tone="bad" role="alert">
            {files.problems.map((text) => (
              <p key={text}>{text}</p>
            ))}
          </Notice>
        ) : null}
        <Drafts imports={past} />
        <PastList imports={past} size="all" />
      </div>
    </Page>
  );
}
