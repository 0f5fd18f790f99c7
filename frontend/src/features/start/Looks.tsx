import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Select } from "antd";
import { Languages, SunMoon } from "lucide-react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { SettingsView } from "../../bridge/types/sync";
import { useI18n } from "../../i18n";
import { Icon } from "../../ui/Icon";

// Looks chooses language and theme before there is a book.
export function Looks() {
  const { t } = useI18n();
  const bridge = useBridge();
  const client = useQueryClient();
  const settings = useQuery({ queryKey: keys.settings(), queryFn: () => bridge.settings.get() });
  const keep = (reply: Promise<SettingsView>) => void reply.then((view) => client.setQueryData(keys.settings(), view));
  return (
    <div>
      <Select
        variant="borderless"
        size="small"
        popupMatchSelectWidth={false}
        prefix={<Icon of={Languages} size="small" />}
        aria-label={t("start.language.label")}
        value={settings.data?.language ?? "system"}
        options={(["system", "zh", "en"] as const).map((value) => ({ value, label: t(`start.language.${value}`) }))}
        onChange={(value) => keep(bridge.settings.setLanguage(value))}
      />
      <Select
        variant="borderless"
        size="small"
        popupMatchSelectWidth={false}
        prefix={<Icon of={SunMoon} size="small" />}
        aria-label={t("start.theme.label")}
        value={settings.data?.theme ?? "system"}
        options={(["system", "light", "dark"] as const).map((value) => ({ value, label: t(`start.theme.${value}`) }))}
        onChange={(value) => keep(bridge.settings.setTheme(value))}
      />
    </div>
  );
}
