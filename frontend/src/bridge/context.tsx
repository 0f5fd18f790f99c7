import { createContext, type ReactNode, useContext } from "react";
import type { Bridge } from "./bridge";

const Context = createContext<Bridge | null>(null);

export function BridgeProvider(props: { bridge: Bridge; children: ReactNode }) {
  return <Context value={props.bridge}>{props.children}</Context>;
}

export function useBridge(): Bridge {
  const bridge = useContext(Context);
  if (!bridge) throw new Error("no bridge above this component");
  return bridge;
}
