import { useQueryClient } from "@tanstack/react-query";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { RejectedItem } from "../../bridge/types/review";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { useFields } from "../../lib/useFields";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";

// DiscardDialog is one of the four questions before an act that cannot be undone.
export function DiscardDialog({ item, onClose }: { item: RejectedItem | null; onClose: () => void }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const client = useQueryClient();
  const fields = useFields();
  const errorText = useErrorText();
  const discard = useAct((id: string) => bridge.review.discard(id), {
    done: (reply) => {
      client.setQueryData(keys.rejected(), reply);
      onClose();
    },
  });
  const names = item?.values.map((v) => fields.name(v.field)).join(t("review.queue.join")) ?? "";
  return (
    <Dialog
      title={t("review.rejected.askTitle")}
      open={item !== null}
      width={440}
      onClose={onClose}
      footer={
        <>
          <Button autoFocus onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button kind="danger" busy={discard.busy} onClick={() => item && void discard.run(item.item)}>
            {t("review.rejected.confirm")}
          </Button>
        </>
      }
    >
      <p>{t("review.rejected.ask", { name: item?.name ?? "", fields: names })}</p>
      {discard.error ? <p role="alert">{errorText(discard.error)}</p> : null}
    </Dialog>
  );
}
