import { Select } from "antd";
import type { ImportSheet } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import step from "./Step.module.css";

// How far down a header is looked for by hand.
const deepest = 20;

interface Props {
  sheet: ImportSheet;
  onHeader: (from: number, to: number) => void;
}

// HeaderChoice says where the header stands and lets it be set without a mouse.
export function HeaderChoice({ sheet, onHeader }: Props) {
  const { t } = useI18n();
  const { headerFrom: from, headerTo: to } = sheet;
  const words = () => {
    if (from === 0) return t("import.sheets.noHeader");
    return from === to ? t("import.sheets.header", { n: from }) : t("import.sheets.headers", { from, to });
  };
  const value = (a: number, b: number) => `${a}-${b}`;
  const one = Array.from({ length: deepest }, (_, n) => n + 1);
  const options = [
    { value: value(0, 0), label: t("import.sheets.noHeader") },
    ...one.flatMap((n) => [
      { value: value(n, n), label: t("import.sheets.headerOne", { n }) },
      { value: value(n, n + 1), label: t("import.sheets.headerTwo", { from: n, to: n + 1 }) },
    ]),
  ];
  return (
    <div className={step.bar}>
      <strong className={step.strong}>{words()}</strong>
      {from !== to ? <span className={step.soft}>{t("import.sheets.merged")}</span> : null}
      <span className={step.room} />
      <span className={step.soft}>{t("import.sheets.headerLabel")}</span>
      <Select
        aria-label={t("import.sheets.headerLabel")}
        value={value(from, to)}
        options={options}
        popupMatchSelectWidth={false}
        onChange={(chosen: string) => {
          const [a = 0, b = 0] = chosen.split("-").map(Number);
          onHeader(a, b);
        }}
      />
      {sheet.lastRow > 0 ? <span className={step.soft}>{t("import.sheets.last", { n: sheet.lastRow })}</span> : null}
    </div>
  );
}
