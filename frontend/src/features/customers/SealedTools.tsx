import { Copy, Eye, EyeOff } from "lucide-react";
import type { FieldView, ValueView } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import type { Reveal } from "../../lib/useReveal";
import { Button, IconButton } from "../../ui/Button";
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
        <IconButton
          size="small"
          icon={Copy}
          label={t("common.copy")}
          onClick={() => void navigator.clipboard.writeText(shown.value.raw)}
        />
        <IconButton size="small" icon={EyeOff} label={t("customers.card.mask")} onClick={() => reveal.hide(field.id)} />
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
