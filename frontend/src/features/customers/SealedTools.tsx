import { Copy, Eye, EyeOff } from "lucide-react";
import type { FieldView, ValueView } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import type { Reveal } from "../../lib/useReveal";
import { Button } from "../../ui/Button";
import { Chip } from "../../ui/Chip";

// SealedTools reveals one value for 30 s with a chip that counts down.
export function SealedTools(props: { field: FieldView; value: ValueView; reveal: Reveal }) {
  const { t } = useI18n();
  const { field, value, reveal } = props;
  const shown = reveal.of(field.id);
  if (shown)
    return (
      <>
        <Chip tone="sealed">{t("customers.card.left", { n: shown.left })}</Chip>
        <Button
          kind="link"
          size="small"
          icon={Copy}
          onClick={() => void navigator.clipboard.writeText(shown.value.raw)}
        >
          {t("common.copy")}
        </Button>
        <Button kind="link" size="small" icon={EyeOff} onClick={() => reveal.hide(field.id)}>
          {t("customers.card.mask")}
        </Button>
      </>
    );
  if (value.state !== "masked") return null;
  return (
    <span title={t("customers.card.revealTip")}>
      <Button kind="link" size="small" icon={Eye} onClick={() => void reveal.show(field.id)}>
        {t("customers.card.reveal")}
      </Button>
    </span>
  );
}
