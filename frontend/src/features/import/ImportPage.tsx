import { Home } from "./Home";
import { UndoPage } from "./UndoPage";
import { Wizard } from "./Wizard";

// ImportPage is the wizard and the past imports; the path is [job] or
// ["undo", batch].
export function ImportPage({ path }: { path: readonly string[] }) {
  const [first, second] = path;
  if (first === undefined) return <Home />;
  if (first === "undo") return second ? <UndoPage key={second} batch={second} /> : <Home />;
  return <Wizard key={first} job={first} />;
}
