import type { Call } from "./call";
import type { SettingsView } from "./types/sync";

// What the person set on this computer.
export interface SettingsService {
  get(): Promise<SettingsView>;
  setLanguage(language: string): Promise<SettingsView>;
  setTheme(theme: string): Promise<SettingsView>;
  setLayout(layout: string): Promise<SettingsView>;
  changePassphrase(text: string): Promise<SettingsView>;
  openFolder(): Promise<void>;
}

export function settingsService(call: Call): SettingsService {
  return {
    get: () => call("Settings", "Get"),
    setLanguage: (language) => call("Settings", "SetLanguage", language),
    setTheme: (theme) => call("Settings", "SetTheme", theme),
    setLayout: (layout) => call("Settings", "SetLayout", layout),
    changePassphrase: (text) => call("Settings", "ChangePassphrase", text),
    openFolder: () => call("Settings", "OpenFolder"),
  };
}
