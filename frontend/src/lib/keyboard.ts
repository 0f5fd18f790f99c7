import { type KeyboardEvent as ReactKeyboardEvent, useEffect, useRef } from "react";

type AnyKey = KeyboardEvent | ReactKeyboardEvent;

// composing is true while an input method still holds the text: its Enter ends
// the composition and never saves.
export function composing(event: AnyKey): boolean {
  const native = "nativeEvent" in event ? event.nativeEvent : event;
  return native.isComposing || native.keyCode === 229;
}

export function isEnter(event: AnyKey): boolean {
  return event.key === "Enter" && !composing(event);
}

const notText = new Set(["radio", "checkbox", "button", "submit", "reset", "range", "color", "file", "image"]);

// typing is true where single letters are text and not commands.
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role="dialog"], [role="menu"], [role="listbox"]')) return true;
  if (target instanceof HTMLInputElement) return !notText.has(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

// chord names a key with its modifiers: "ctrl+k", "shift+a", "j". Ctrl is the
// command key on macOS.
export function chord(event: AnyKey): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const parts = [
    event.ctrlKey || event.metaKey ? "ctrl" : "",
    event.altKey ? "alt" : "",
    event.shiftKey ? "shift" : "",
  ];
  return [...parts.filter(Boolean), key].join("+");
}

// useKeys binds chords for as long as the component is there. Plain letters do
// nothing while somebody types; a handler that returns false passes.
export function useKeys(bindings: Readonly<Record<string, (event: KeyboardEvent) => unknown>>, on = true): void {
  const latest = useRef(bindings);
  latest.current = bindings;
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || composing(event)) return;
      const name = chord(event);
      const handler = latest.current[name];
      if (!handler || (!name.startsWith("ctrl+") && !name.startsWith("alt+") && typing(event.target))) return;
      if (handler(event) !== false) event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [on]);
}
