import type { CustomerView, ValueView } from "../../bridge/types/customers";

export interface Line {
  field: string;
  was: ValueView;
  now: ValueView | undefined;
  differs: boolean;
}

// linesOf puts what stood then beside what stands now; fields that are empty on
// both sides are left out. What differs is the program's word: two sealed values can
// look alike masked.
export function linesOf(then: CustomerView, now: CustomerView): Line[] {
  const today = new Map(now.values.map((v) => [v.field, v]));
  return then.values.flatMap((value): Line[] => {
    const other = today.get(value.field);
    const empty = value.text === "" && value.state !== "unreadable";
    if (empty && (other?.text ?? "") === "") return [];
    const differs = then.differs.includes(value.field) && value.state !== "unreadable" && other?.state !== "unreadable";
    return [{ field: value.field, was: value, now: other, differs }];
  });
}
