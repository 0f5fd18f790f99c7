import { useQuery } from "@tanstack/react-query";
import { useBridge } from "../bridge/context";
import { keys } from "../bridge/keys";
import { StartPage } from "../features/start/StartPage";
import { UnlockPage } from "../features/start/UnlockPage";
import { Part } from "./Part";
import { useInvalidate } from "./useInvalidate";
import { Workspace } from "./Workspace";

// App is the gate: no workspace, a locked one, or the book.
export function App() {
  const bridge = useBridge();
  useInvalidate();
  const start = useQuery({ queryKey: keys.start(), queryFn: () => bridge.start.state() });
  if (!start.data) return null;
  const gate = {
    none: () => <StartPage state={start.data} />,
    locked: () => <UnlockPage state={start.data} />,
  }[start.data.kind];
  return <Part>{gate ? gate() : <Workspace state={start.data} />}</Part>;
}
