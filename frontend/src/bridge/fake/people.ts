import type { Author } from "../types/customers";

type Who = [member: string, department: string, device: string];

// The people of the invented company 锦成机电; 李强 sits at this desk.
const people: Record<string, Who> = {
  liqiang: ["李强", "华东一部", "李强的办公电脑"],
  wangfang: ["王芳", "市场部", "王芳的笔记本"],
  chenjing: ["陈静", "客服部", "客服部 2 号机"],
  shenjie: ["沈洁", "华东一部", "沈洁的办公电脑"],
  zhaomin: ["赵敏", "财务部", "财务部电脑"],
};

export type PersonID = "liqiang" | "wangfang" | "chenjing" | "shenjie" | "zhaomin";

export const owners: readonly PersonID[] = ["liqiang", "shenjie", "wangfang"];

export function author(id: PersonID, at: string, arrived: string = at): Author {
  const [member, department, device] = people[id] ?? ["", "", ""];
  return { memberId: id, member, department, device, at, arrived, me: id === "liqiang" };
}

export function memberName(id: PersonID): string {
  return people[id]?.[0] ?? "";
}
