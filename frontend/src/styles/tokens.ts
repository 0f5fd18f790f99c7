import css from "./tokens.css?raw";

export type ThemeName = "light" | "dark";

// readTokens takes the hexadecimal and pixel values out of tokens.css, so that
// Ant Design and the contrast test have the same source as the styles.
export function readTokens(theme: ThemeName, source: string = css): Record<string, string> {
  const light = block(source, ":root {");
  return theme === "light" ? light : { ...light, ...block(source, ':root[data-theme="dark"] {') };
}

function block(source: string, head: string): Record<string, string> {
  const from = source.indexOf(head);
  const body = source.slice(from + head.length, source.indexOf("}", from));
  const out: Record<string, string> = {};
  for (const found of body.matchAll(/--([a-z0-9-]+):\s*([^;]+);/g)) {
    const [, name, value] = found;
    if (name && value) out[name] = value.trim();
  }
  return out;
}
