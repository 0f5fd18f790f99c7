import { expect, type Page } from "@playwright/test";

// Keys works a window without a mouse, as somebody would who looks at what has
// the focus.
export class Keys {
  private clicks = 0;

  private constructor(private readonly page: Page) {}

  // on counts the presses of a mouse button from here on, so that a flow can
  // show that there were none.
  static async on(page: Page): Promise<Keys> {
    const keys = new Keys(page);
    await page.exposeFunction("mouseWasUsed", () => {
      keys.clicks += 1;
    });
    const watch = () =>
      window.addEventListener(
        "mousedown",
        () => (window as unknown as { mouseWasUsed: () => void }).mouseWasUsed(),
        true,
      );
    await page.addInitScript(watch);
    await page.evaluate(watch);
    // Somebody listens from here on: a dialog that opens before the browser was
    // told to hand it over would be lost.
    page.on("filechooser", () => undefined);
    return keys;
  }

  mouse(): number {
    return this.clicks;
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  // type sends a text as an input method does.
  async type(text: string): Promise<void> {
    await this.page.keyboard.insertText(text);
  }

  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const at = document.activeElement;
      if (!(at instanceof HTMLElement) || at === document.body) return "";
      const labels = at instanceof HTMLInputElement ? [...(at.labels ?? [])].map((l) => l.textContent) : [];
      return (at.getAttribute("aria-label") ?? "") || labels.join(" ") || (at.textContent ?? "").trim();
    });
  }

  // has waits until the element of this name has the focus by itself.
  async has(name: RegExp, timeout = 30_000): Promise<void> {
    await expect.poll(() => this.focused(), { timeout, intervals: [50, 100, 200] }).toMatch(name);
  }

  // tabTo presses Tab until the element of this name has the focus.
  async tabTo(name: RegExp, key = "Tab"): Promise<void> {
    const seen: string[] = [];
    for (let n = 0; n < 150; n++) {
      const at = await this.focused();
      if (name.test(at)) return;
      seen.push(at.slice(0, 12));
      await this.press(key);
    }
    throw new Error(`Tab does not come to ${name}; it came to ${seen.join(" | ")}`);
  }
}
