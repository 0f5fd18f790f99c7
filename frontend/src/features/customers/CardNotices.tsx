import { Split, Trash2 } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { CustomerView } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { go } from "../../lib/route";
import { useAbility } from "../../lib/useAbility";
import { useAct } from "../../lib/useAct";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import type { Schema } from "./useSchema";

const most = 2;

// CardNotices is the news of one customer, at most two lines; the rest is one
// line with a count.
export function CardNotices({ customer, schema }: { customer: CustomerView; schema: Schema }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const [all, setAll] = useState(false);
  const mayDelete = useAbility("delete");
  const back = useAct(() => bridge.customers.undelete(customer.id));
  const room = customer.deleted ? most - 1 : most;
  const fields = all ? customer.conflicts : customer.conflicts.slice(0, room);
  const hidden = customer.conflicts.length - fields.length;
  return (
    <>
      {customer.deleted ? (
        <Notice
          icon={Trash2}
          action={
            mayDelete ? (
              <Button kind="link" size="small" busy={back.busy} onClick={() => void back.run()}>
                {t("customers.card.undelete")}
              </Button>
            ) : null
          }
        >
          {t("customers.card.deleted")}
        </Notice>
      ) : null}
      {fields.map((field) => (
        <Notice
          key={field}
          icon={Split}
          tone="plum"
          action={
            <Button kind="link" size="small" onClick={() => go("review", "conflicts", customer.id, field)}>
              {t("customers.card.compare")}
            </Button>
          }
        >
          {t("customers.card.values", {
            field: schema.nameOf(schema.field(field)),
            n: 1 + (customer.values.find((v) => v.field === field)?.others ?? 1),
          })}
        </Notice>
      ))}
      {hidden > 0 ? (
        <div>
          <Button kind="link" size="small" onClick={() => setAll(true)}>
            {t("customers.card.moreNotices", { n: hidden })}
          </Button>
        </div>
      ) : null}
    </>
  );
}
