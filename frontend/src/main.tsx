import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { Bridge } from "./bridge/bridge";
import { BridgeProvider } from "./bridge/context";
import { httpBridge, insideServe } from "./bridge/http";
import { insideWails, wailsBridge } from "./bridge/wails";
import { App } from "./shell/App";
import { Preferences } from "./shell/preferences";
import { newQueryClient } from "./shell/queryClient";
import "./styles/tokens.css";
import "./styles/base.css";
import { ToastProvider } from "./ui/Toast";

// The desktop window, a browser on `tongce --serve`, or, only in development
// and in the preview, the invented company.
async function chooseBridge(): Promise<Bridge> {
  if (insideWails()) return wailsBridge();
  if (insideServe()) return httpBridge();
  const { fakeFromAddress } = await import("./bridge/fake/fake");
  return fakeFromAddress(window.location.search);
}

const bridge = await chooseBridge();
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={newQueryClient()}>
        <BridgeProvider bridge={bridge}>
          <Preferences>
            <ToastProvider>
              <App />
            </ToastProvider>
          </Preferences>
        </BridgeProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
