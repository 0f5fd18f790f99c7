import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useBridge } from "../bridge/context";
import { keys } from "../bridge/keys";
import type { Kit } from "../bridge/types/start";
import { KitPage } from "../features/start/KitPage";
import { StartPage } from "../features/start/StartPage";
import { UnlockPage } from "../features/start/UnlockPage";
import { useAct } from "../lib/useAct";
import { useErrorText } from "../lib/useErrorText";
import { useToast } from "../ui/Toast";
import { Opening } from "./Opening";
import { Part } from "./Part";
import { useForget } from "./useForget";
import { useInvalidate } from "./useInvalidate";
import { Workspace } from "./Workspace";

// App is the gate: no workspace, a locked one, the kit of a new one, or the book.
export function App() {
  const bridge = useBridge();
  useInvalidate();
  const start = useQuery({ queryKey: keys.start(), queryFn: () => bridge.start.state() });
  // While a workspace is being made the first page stays, although the book is
  // open already: the kit comes between.
  const [making, setMaking] = useState(false);
  const [kit, setKit] = useState<Kit | null>(null);
  useForget(start.data?.kind !== "open");
  const client = useQueryClient();
  const onMade = useCallback((made: Kit) => setKit(made), []);
  const onDone = useCallback(() => {
    setKit(null);
    setMaking(false);
    void client.invalidateQueries({ queryKey: keys.start() });
  }, [client]);
  // A kit that was put off is made anew; one that was confirmed, when asked for.
  const toast = useToast();
  const errorText = useErrorText();
  const again = useAct((replace: boolean) => (replace ? bridge.start.replaceKit() : bridge.start.kit()), {
    done: setKit,
    failed: (error) => toast({ text: errorText(error), tone: "bad" }),
  });
  if (!start.data) return <Opening error={start.error} onAgain={() => void start.refetch()} />;
  if (kit) return <KitPage kit={kit} member={start.data.member} first={making} onDone={onDone} />;
  return (
    <Part>
      {start.data.kind === "none" || start.data.reason === "unfinished" || making ? (
        <StartPage state={start.data} onMaking={setMaking} onMade={onMade} />
      ) : start.data.kind === "locked" ? (
        <UnlockPage state={start.data} />
      ) : (
        <Workspace state={start.data} onKit={(replace) => void again.run(replace)} />
      )}
    </Part>
  );
}
