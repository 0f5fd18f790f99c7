import { Checkbox } from "antd";
import { FileSpreadsheet } from "lucide-react";
import { Fragment } from "react";
import type { ImportSheet, ImportView } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import { Chip } from "../../ui/Chip";
import { Icon } from "../../ui/Icon";
import { Choose } from "./Choose";
import styles from "./SheetList.module.css";
import step from "./Step.module.css";
import { useFiles } from "./useFiles";

interface Props {
  view: ImportView;
  shown: number;
  onShow: (sheet: number) => void;
  onChange: (sheet: ImportSheet) => void;
  onAdded: (view: ImportView) => void;
}

// nameOf is the sheet's name; a CSV file has none but its own.
function nameOf(sheet: ImportSheet): string {
  return sheet.name || sheet.file;
}

// SheetList names each sheet with a guess of what it holds.
export function SheetList(props: Props) {
  const { t, maybe } = useI18n();
  const files = useFiles(props.view.job, props.onAdded);
  return (
    <nav className={step.pane} aria-label={t("import.sheets.title")}>
      <h2 className={styles.title}>{t("import.sheets.title")}</h2>
      {props.view.files.map((file, n) => {
        const sheets = props.view.sheets.filter((s) => s.file === file);
        return (
          <Fragment key={file}>
            {n > 0 ? <h3 className={styles.more}>{t("import.sheets.more")}</h3> : null}
            {props.view.files.length > 1 ? (
              <p className={styles.file} title={file}>
                <Icon of={FileSpreadsheet} />
                <span className={styles.name}>{file}</span>
                {sheets[0]?.encoding ? <Chip>{sheets[0].encoding}</Chip> : null}
              </p>
            ) : null}
            {sheets.map((s) => (
              <div key={s.index} className={`${styles.sheet} ${s.index === props.shown ? styles.here : ""}`}>
                <Checkbox
                  checked={s.chosen}
                  aria-label={t("import.sheets.use", { name: nameOf(s) })}
                  onChange={(event) => props.onChange({ ...s, chosen: event.target.checked })}
                />
                <button
                  type="button"
                  className={styles.show}
                  aria-current={s.index === props.shown}
                  onClick={() => props.onShow(s.index)}
                >
                  <span className={styles.line}>
                    <span className={styles.name}>{nameOf(s)}</span>
                    <span className={styles.count}>
                      {s.hidden ? t("import.sheets.hidden") : t("import.sheets.rows", { n: s.rows })}
                    </span>
                  </span>
                  <span className={styles.guess}>{maybe(`import.guess.${s.guess}`) ?? ""}</span>
                </button>
              </div>
            ))}
          </Fragment>
        );
      })}
      <Choose files={files} kind="more" />
      {files.problems.length > 0 ? (
        <div role="alert" className={styles.bad}>
          {files.problems.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </div>
      ) : null}
    </nav>
  );
}
