import { useEffect, useState } from "react";

// useLong becomes true when something has gone on for so many milliseconds.
export function useLong(on: boolean, after: number): boolean {
  const [long, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    if (!on) return;
    const timer = setTimeout(() => setLong(true), after);
    return () => clearTimeout(timer);
  }, [on, after]);
  return long && on;
}
