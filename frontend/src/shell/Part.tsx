import { Component, type ErrorInfo, type ReactNode } from "react";
import { toAppError } from "../bridge/errors";
import { I18nContext } from "../i18n";
import { Button } from "../ui/Button";
import { EmptyState } from "../ui/EmptyState";

interface State {
  failed: unknown;
}

// Part keeps an error in one part of the window from taking the rest with it.
export class Part extends Component<{ children: ReactNode }, State> {
  static override contextType = I18nContext;
  declare context: React.ContextType<typeof I18nContext>;
  override state: State = { failed: null };
  private detail = "";

  static getDerivedStateFromError(failed: unknown): State {
    return { failed };
  }

  override componentDidCatch(failed: unknown, info: ErrorInfo): void {
    // Names of components and the code only: never a value of a customer.
    this.detail = `${toAppError(failed).code} ${toAppError(failed).ref}${info.componentStack ?? ""}`;
  }

  override render(): ReactNode {
    if (this.state.failed === null) return this.props.children;
    const { t } = this.context;
    return (
      <EmptyState
        title={t("shell.part.title")}
        text={`${t("shell.part.kept")} ${t("shell.part.next")}`}
        actions={
          <>
            <Button kind="primary" onClick={() => this.setState({ failed: null })}>
              {t("common.retry")}
            </Button>
            <Button onClick={() => void navigator.clipboard.writeText(this.detail)}>{t("common.copyDetail")}</Button>
          </>
        }
      />
    );
  }
}
