import { useQuery } from "@tanstack/react-query";
import { ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { type ReactNode, useEffect, useMemo, useSyncExternalStore } from "react";
import { useBridge } from "../bridge/context";
import { keys } from "../bridge/keys";
import { I18nProvider, type Language } from "../i18n";
import { antdConfig } from "../styles/theme";
import type { ThemeName } from "../styles/tokens";

const darkQuery = "(prefers-color-scheme: dark)";

function watchDark(changed: () => void): () => void {
  const media = window.matchMedia(darkQuery);
  media.addEventListener("change", changed);
  return () => media.removeEventListener("change", changed);
}

// Preferences gives language and theme to everything below; "system" follows
// the computer. Both work at once, without a restart.
export function Preferences(props: { children: ReactNode }) {
  const bridge = useBridge();
  const settings = useQuery({ queryKey: keys.settings(), queryFn: () => bridge.settings.get() });
  const systemDark = useSyncExternalStore(watchDark, () => window.matchMedia(darkQuery).matches);
  const chosen = settings.data?.theme;
  const theme: ThemeName = chosen === "dark" || (chosen !== "light" && systemDark) ? "dark" : "light";
  const language = languageOf(settings.data?.language);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [theme, language]);
  const config = useMemo(() => antdConfig(theme), [theme]);
  return (
    <I18nProvider language={language}>
      <ConfigProvider theme={config} locale={language === "zh" ? zhCN : enUS} wave={{ disabled: true }}>
        {props.children}
      </ConfigProvider>
    </I18nProvider>
  );
}

// Chinese first: only a computer set to another language gets English.
function languageOf(setting: string | undefined): Language {
  if (setting === "zh" || setting === "en") return setting;
  return navigator.language.toLowerCase().startsWith("zh") || navigator.language === "" ? "zh" : "en";
}
