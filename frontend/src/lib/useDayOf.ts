import { useCallback } from "react";
import { useI18n } from "../i18n";

// useDayOf names the day of a moment in the own time zone: 今天, 11-18.
export function useDayOf(): (rfc3339: string) => string {
  const { day, moment } = useI18n();
  return useCallback((text: string) => day(moment(text).slice(0, 10)), [day, moment]);
}
