// The acts of this window, so that Ctrl Z can take back the last one. Ids only.
export interface Act {
  id: string;
  change: string;
  fields: string[];
}

const most = 100;
const done: Act[] = [];

export function remember(act: Act): void {
  done.push(act);
  if (done.length > most) done.shift();
}

export function takeLast(): Act | undefined {
  return done.pop();
}

export function forgetActs(): void {
  done.length = 0;
}
