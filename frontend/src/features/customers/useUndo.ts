import { useBridge } from "../../bridge/context";
import { useI18n } from "../../i18n";
import { typing } from "../../lib/keyboard";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { useToast } from "../../ui/Toast";
import { type Act, takeLast, turned, type Way } from "./acts";

// useUndo takes back the last act of this window, also after it was sent: each
// way is a change of its own. An act that somebody wrote over stays.
export function useUndo(): (way: Way) => unknown {
  const { t } = useI18n();
  const bridge = useBridge();
  const toast = useToast();
  const errorText = useErrorText();
  const act = useAct(
    async (way: Way, last: Act) => {
      const reply = await bridge.history.restore({ ...last, undo: true });
      if (reply.change) turned(way, { ...last, change: reply.change });
      return reply.change ? t(`customers.card.${way}ne`) : t("customers.card.overwritten");
    },
    { done: (text) => toast({ text }), failed: (error) => toast({ text: errorText(error), tone: "bad" }) },
  );
  return (way) => {
    if (typing(document.activeElement)) return false;
    const last = takeLast(way);
    if (!last) return false;
    void act.run(way, last);
    return true;
  };
}
