import { type Bridge, remoteBridge } from "./bridge";
import type { Call } from "./call";
import { AppError, toAppError } from "./errors";
import { eventHub, eventNames } from "./events";

// The page that the program serves carries this mark; the token is a cookie
// that scripts cannot read.
export function insideServe(): boolean {
  return document.querySelector('meta[name="tongce-serve"]') !== null;
}

// httpBridge talks to `tongce --serve`: the same services over POST, events by
// SSE, files by upload and download.
export function httpBridge(): Bridge {
  const hub = eventHub();
  const source = new EventSource("/events");
  for (const name of eventNames) {
    source.addEventListener(name, (event: MessageEvent<string>) => hub.emit(name, JSON.parse(event.data)));
  }
  return remoteBridge(call, hub.on, {
    async upload(file) {
      const answer = await send(`/upload?name=${encodeURIComponent(file.name)}`, file);
      return ((await answer.json()) as { path: string }).path;
    },
    onDrop: () => () => undefined,
    fetchWritten(path) {
      const link = document.createElement("a");
      link.href = path;
      link.download = "";
      link.click();
    },
  });
}

const call: Call = async <R>(service: string, method: string, ...args: readonly unknown[]) => {
  const answer = await send(`/call/${service}/${method}`, JSON.stringify(args));
  const body = await answer.text();
  return (body === "" ? undefined : JSON.parse(body)) as R;
};

async function send(url: string, body: BodyInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, { method: "POST", body, credentials: "same-origin" });
  } catch {
    throw new AppError("offline");
  }
  if (!answer.ok) throw toAppError(await answer.text());
  return answer;
}
