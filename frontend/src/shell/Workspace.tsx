import { useState } from "react";
import type { StartState } from "../bridge/types/start";
import { CustomersPage } from "../features/customers/CustomersPage";
import { HistoryPage } from "../features/history/HistoryPage";
import { ImportPage } from "../features/import/ImportPage";
import { Palette } from "../features/palette/Palette";
import { ReviewPage } from "../features/review/ReviewPage";
import { SettingsPage } from "../features/settings/SettingsPage";
import { useKeys } from "../lib/keyboard";
import { go, type PageName, type Route, useRoute } from "../lib/route";
import { KeysDialog } from "./KeysDialog";
import { Part } from "./Part";
import { Rail } from "./Rail";
import { SampleBand } from "./SampleBand";
import { useDropImport } from "./useDropImport";
import styles from "./Workspace.module.css";

// Workspace is the rail and one page beside it.
export function Workspace(props: { state: StartState; onKit: (replace: boolean) => void }) {
  const route = useRoute();
  const [narrow, setNarrow] = useState(false);
  const goTo = useGoTo(props.state);
  useDropImport(props.state.abilities.includes("import") && route.page !== "import");
  useKeys({ "ctrl+\\": () => setNarrow((n) => !n), ...goTo });
  return (
    <div className={styles.workspace} data-narrow={narrow}>
      <Rail state={props.state} page={route.page} narrow={narrow} onNarrow={() => setNarrow((n) => !n)} />
      <main className={styles.main}>
        {props.state.sample ? <SampleBand /> : null}
        <Part key={route.page}>
          <Screen route={route} {...props} />
        </Part>
      </main>
      <KeysDialog page={route.page} />
      <Palette state={props.state} onNarrow={() => setNarrow((n) => !n)} />
    </div>
  );
}

function Screen({ route, state, onKit }: { route: Route; state: StartState; onKit: (replace: boolean) => void }) {
  switch (route.page) {
    case "customers":
      return <CustomersPage path={route.path} />;
    case "history":
      return <HistoryPage path={route.path} />;
    case "import":
      return <ImportPage path={route.path} />;
    case "review":
      return <ReviewPage path={route.path} />;
    case "settings":
      return <SettingsPage path={route.path} state={state} onKit={onKit} />;
  }
}

// G and then a letter goes to a page (UX.md 8).
function useGoTo(state: StartState): Record<string, () => unknown> {
  const [waiting, setWaiting] = useState(0);
  const to = (page: PageName) => () => {
    if (Date.now() - waiting > 1500) return false;
    setWaiting(0);
    go(page);
    return true;
  };
  return {
    g: () => setWaiting(Date.now()),
    c: to("customers"),
    r: to("review"),
    s: to("settings"),
    ...(state.abilities.includes("import") ? { i: to("import") } : {}),
  };
}
