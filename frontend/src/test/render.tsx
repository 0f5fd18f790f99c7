import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { BridgeProvider } from "../bridge/context";
import { type FakeBridge, type FakeOptions, fakeBridge } from "../bridge/fake/fake";
import { I18nProvider, type Language } from "../i18n";
import { newQueryClient } from "../shell/queryClient";
import { useInvalidate } from "../shell/useInvalidate";
import { ToastProvider } from "../ui/Toast";

function Events(props: { children: ReactNode }) {
  useInvalidate();
  return props.children;
}

// renderOn shows a part of the window on an invented company.
export function renderOn(part: ReactNode, options: FakeOptions & { language?: Language; bridge?: FakeBridge } = {}) {
  const bridge = options.bridge ?? fakeBridge({ customers: 30, ...options });
  const view = render(
    <QueryClientProvider client={newQueryClient()}>
      <BridgeProvider bridge={bridge}>
        <I18nProvider language={options.language ?? "zh"}>
          <ToastProvider>
            <Events>{part}</Events>
          </ToastProvider>
        </I18nProvider>
      </BridgeProvider>
    </QueryClientProvider>,
  );
  return { bridge, user: userEvent.setup(), ...view };
}
