import { useEffect, useState } from "react";
import { type Key, useI18n } from "../i18n";
import { useKeys } from "../lib/keyboard";
import type { PageName } from "../lib/route";
import { keysPage } from "../lib/signal";
import { Dialog } from "../ui/Dialog";
import { Kbd } from "../ui/Kbd";
import styles from "./KeysDialog.module.css";

type Line = readonly [keys: readonly string[], words: Key];
type Group = readonly [title: Key, lines: readonly Line[]];

const everywhere: Group = [
  "shell.keys.everywhere",
  [
    [["Ctrl K"], "shell.keys.palette"],
    [["G C"], "shell.keys.goCustomers"],
    [["G R"], "shell.keys.goReview"],
    [["G I"], "shell.keys.goImport"],
    [["G S"], "shell.keys.goSettings"],
    [["Alt ←", "Alt →"], "shell.keys.back"],
    [["Ctrl \\"], "shell.keys.rail"],
    [["Ctrl L"], "shell.keys.lock"],
    [["?"], "shell.keys.this"],
  ],
];

// What is valid on each page beside that (UX.md 8).
const pages: Record<PageName, readonly Group[]> = {
  customers: [
    [
      "shell.keys.list",
      [
        [["/"], "shell.keys.search"],
        [["↑", "↓", "PgUp", "PgDn", "Home", "End"], "shell.keys.move"],
        [["Enter"], "shell.keys.open"],
        [["N"], "shell.keys.create"],
        [["F6"], "shell.keys.regions"],
        [["Ctrl Z", "Ctrl Shift Z"], "shell.keys.undo"],
      ],
    ],
    [
      "shell.keys.card",
      [
        [["E", "F2"], "shell.keys.edit"],
        [["Enter"], "shell.keys.save"],
        [["Tab", "Shift Tab"], "shell.keys.saveNext"],
        [["Esc"], "shell.keys.escape"],
        [["J", "K"], "shell.keys.nextCustomer"],
        [["F"], "shell.keys.page"],
        [["1", "2"], "shell.keys.tabs"],
        [["H"], "shell.keys.history"],
      ],
    ],
    [
      "shell.keys.form",
      [
        [["Ctrl Enter"], "shell.keys.create"],
        [["Ctrl Shift Enter"], "shell.keys.another"],
      ],
    ],
  ],
  history: [
    [
      "shell.keys.past",
      [
        [["J", "K"], "shell.keys.nextAct"],
        [["←", "→"], "shell.keys.slider"],
        [["1"], "shell.keys.details"],
        [["Esc"], "shell.keys.escape"],
      ],
    ],
  ],
  review: [
    [
      "shell.keys.values",
      [
        [["J", "K"], "shell.keys.nextField"],
        [["1", "2"], "shell.keys.use"],
        [["N"], "shell.keys.other"],
      ],
    ],
  ],
  import: [
    [
      "shell.keys.import",
      [
        [["Enter"], "shell.keys.nextStep"],
        [["H"], "shell.keys.header"],
        [["Tab"], "shell.keys.nextProblem"],
        [["Ctrl Enter"], "shell.keys.alike"],
        [["Alt Enter"], "shell.keys.keep"],
        [["Delete"], "shell.keys.clear"],
        [["Ctrl Z"], "shell.keys.undoFix"],
      ],
    ],
  ],
  settings: [],
};

// KeysDialog shows the keys that are valid here.
export function KeysDialog({ page }: { page: PageName }) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  const show = () => setOpen(true);
  useEffect(() => keysPage.on(() => setOpen(true)), []);
  useKeys({ "?": show, "shift+?": show, "shift+？": show });
  return (
    <Dialog title={t("shell.keys.title")} open={open} width={720} onClose={() => setOpen(false)}>
      <div className={styles.groups}>
        {[...pages[page], everywhere].map(([title, lines]) => (
          <section key={title} className={styles.group}>
            <h3 className={styles.title}>{t(title)}</h3>
            <dl className={styles.lines}>
              {lines.map(([keys, words]) => (
                <div key={words} className={styles.line}>
                  <dt className={styles.keys}>
                    {keys.map((k) => (
                      <Kbd key={k} keys={k} />
                    ))}
                  </dt>
                  <dd>{t(words)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
