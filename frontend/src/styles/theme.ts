import { theme as antdTheme, type ThemeConfig } from "antd";
import { readTokens, type ThemeName } from "./tokens";

// antdConfig gives Ant Design our tokens; nothing else decides its look.
export function antdConfig(name: ThemeName): ThemeConfig {
  const t = readTokens(name);
  const color = (key: string) => t[key] ?? "";
  const size = (key: string) => Number.parseInt(t[key] ?? "0", 10);
  return {
    algorithm: name === "dark" ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm,
    token: {
      colorPrimary: color("fill"),
      colorLink: color("accent"),
      colorText: color("ink"),
      colorTextSecondary: color("ink2"),
      colorTextTertiary: color("ink3"),
      colorTextPlaceholder: color("ink3"),
      colorTextDescription: color("ink3"),
      colorBgBase: color("surface"),
      colorBgContainer: color("surface"),
      colorBgElevated: color("raised"),
      colorBgLayout: color("canvas"),
      colorBorder: color("line2"),
      colorBorderSecondary: color("line"),
      colorError: color("bad"),
      colorWarning: color("warn"),
      colorSuccess: color("ok"),
      colorInfo: color("accent"),
      controlItemBgActive: color("selected"),
      controlItemBgHover: color("hover"),
      controlHeight: size("control"),
      controlHeightSM: size("control-small"),
      fontFamily: t.font ?? "",
      fontSize: 13,
      borderRadius: size("radius-control"),
      borderRadiusSM: size("radius-control"),
      borderRadiusLG: size("radius-box"),
      zIndexPopupBase: size("z-popup"),
      motionDurationFast: "0.08s",
      motionDurationMid: "0.12s",
      motionDurationSlow: "0.12s",
      wireframe: false,
    },
    components: {
      Button: {
        primaryShadow: "none",
        defaultShadow: "none",
        dangerShadow: "none",
        fontWeight: 500,
        colorPrimaryHover: color("fill-hover"),
        colorPrimaryActive: color("fill-hover"),
        defaultHoverColor: color("accent"),
        defaultHoverBorderColor: color("accent"),
        defaultActiveColor: color("accent"),
        defaultActiveBorderColor: color("accent"),
      },
      Checkbox: { borderRadiusSM: size("radius-chip") },
      Select: { optionSelectedBg: color("selected") },
      Modal: { titleFontSize: 15 },
    },
  };
}
