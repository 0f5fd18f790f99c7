import type { CustomerView, ValueView } from "../../bridge/types/customers";

export interface Line {
  field: string;
  was: ValueView;
  now: ValueView | undefined;
  differs: boolean;
}

// linesOf puts what stood then beside what stands now; fields that are empty on
// both sides are left out. Of sealed values only the masks can be compared.
export function linesOf(then: CustomerView, now: CustomerView): Line[] {
  const today = new Map(now.values.map((v) => [v.field, v]));
  return then.values.flatMap((value): Line[] => {
    const other = today.get(value.field);
    const empty = value.text === "" && value.state !== "unreadable";
    if (empty && (other?.text ?? "") === "") return [];
    const differs = value.text !== (other?.text ?? "") && value.state !== "unreadable" && other?.state !== "unreadable";
    return [{ field: value.field, was: value, now: other, differs }];
  });
}
