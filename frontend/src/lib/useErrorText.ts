import { useCallback } from "react";
import { type AppError, toAppError } from "../bridge/errors";
import { useI18n } from "../i18n";

// useErrorText gives the sentence for whatever was thrown: the reason's own
// text where there is one (params.reason), else the code's.
export function useErrorText(): (thrown: unknown) => string {
  const { t, maybe } = useI18n();
  return useCallback(
    (thrown: unknown) => {
      const error: AppError = toAppError(thrown);
      const reason = error.params.reason;
      const text =
        (reason && maybe(`errors.reasons.${error.code}.${reason}`, error.params)) ||
        t(`errors.${error.code}`, error.params);
      return error.code === "internal" && error.ref ? `${text} ${t("common.reference", { ref: error.ref })}` : text;
    },
    [t, maybe],
  );
}
