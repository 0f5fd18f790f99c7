import { owners, type PersonID } from "./people";

export interface Invented {
  name: string;
  person: boolean;
  values: Record<string, string>;
  writer: PersonID;
}

const known: [name: string, stage: string, mobile: string, days: number | null, amount: number][] = [
  ["苏州恒锐精密机械有限公司", "报价", "13812905678", 0, 480000],
  ["宁波海沃泵业有限公司", "谈判", "13962412210", 0, 1260000],
  ["杭州云栖纺织科技有限公司", "需求", "13657320943", 1, 215000],
  ["无锡锡山阀门厂", "成交", "13755106618", 2, 92600],
  ["上海申联电气有限公司", "报价", "18962137702", 2, 738000],
  ["常州中岳轴承有限公司", "接触", "15151923391", -3, 0],
  ["昆山嘉和模具有限公司", "线索", "18651324415", 3, 0],
  ["南京江北自动化工程有限公司", "谈判", "15850469026", 3, 2340000],
  ["合肥皖能热力设备有限公司", "需求", "13305511184", 4, 360000],
  ["绍兴越光印染有限公司", "报价", "15257515037", 4, 188500],
  ["张家港永丰钢构有限公司", "成交", "13851237741", 5, 640000],
  ["刘建国", "线索", "17712442059", 5, 0],
  ["嘉兴南湖包装材料有限公司", "流失", "13567318823", null, 54000],
  ["温州瓯越电器有限公司", "接触", "15057756470", 6, 120000],
  ["扬州润扬环保设备有限公司", "需求", "18705243312", 6, 905000],
  ["台州黄岩塑胶模具厂", "成交", "13957680067", 9, 76800],
];

const places = [
  ["江苏省", "苏州市", "虎丘区"],
  ["浙江省", "宁波市", "鄞州区"],
  ["浙江省", "杭州市", "余杭区"],
  ["江苏省", "无锡市", "锡山区"],
  ["上海市", "上海市", "闵行区"],
  ["江苏省", "常州市", "新北区"],
  ["安徽省", "合肥市", "包河区"],
  ["浙江省", "嘉兴市", "南湖区"],
] as const;
const first = [..."恒海云锡申中嘉江皖越永润黄彭启德华瑞金盛宏泰鼎凯达"];
const second = [..."锐沃栖联岳和北能光丰扬岩城东清兴源远通信和诚创业"];
const trades = [
  "精密机械",
  "泵业",
  "纺织科技",
  "阀门",
  "电气",
  "轴承",
  "模具",
  "自动化",
  "热力设备",
  "环保设备",
  "包装材料",
  "物流",
];
const kinds = ["有限公司", "有限公司", "有限公司", "厂", "集团有限公司"];
const stages = ["线索", "接触", "需求", "报价", "谈判", "成交", "流失"];
const industries = ["机械制造", "电子电器", "化工材料", "建筑工程", "食品饮料", "服装纺织", "物流运输", "能源环保"];
const surnames = [..."王李张刘陈杨赵黄周吴"];
const given = ["建平", "海燕", "国华", "丽娟", "志强", "敏", "晓东", "雪梅"];

// invent makes customer number i, the same for every run.
export function invent(i: number, today: Date): Invented {
  const pick = picker(i);
  const [province, city, district] = pick(places) ?? places[0];
  const given_ = known[i];
  const person = given_ ? given_[0] === "刘建国" : i % 29 === 11;
  const contact = `${pick(surnames)}${pick(given)}`;
  const made = `${city.slice(0, -1)}${pick(first)}${pick(second)}${pick(trades)}${pick(kinds)}`;
  const days = given_ ? given_[3] : i % 7 === 6 ? null : (i % 60) - 4;
  const amount = given_ ? given_[4] : i % 5 === 4 ? 0 : (1 + ((i * 7919) % 400)) * 2500;
  const owner = owners[i % owners.length] ?? "liqiang";
  const values: Record<string, string> = {
    name: given_?.[0] ?? (person ? contact : made),
    uscc: person ? "" : uscc(i),
    industry: pick(industries) ?? "",
    province,
    city,
    district,
    address: i % 4 === 3 ? "" : `科锐路 ${(i % 180) + 1} 号`,
    source: i % 3 === 0 ? "展会" : "转介绍",
    owner: { liqiang: "李强", shenjie: "沈洁", wangfang: "王芳", chenjing: "陈静", zhaomin: "赵敏" }[owner],
    department: owner === "wangfang" ? "市场部" : "华东一部",
    contact,
    mobile: given_?.[2] ?? `1${3 + (i % 7)}${String((i * 48271 + 12345) % 1_000_000_000).padStart(9, "0")}`,
    email: i % 3 === 1 ? "" : `${"wlzcysm"[i % 7]}${i}@${["hengrui", "haiwo", "yunqi"][i % 3]}.example`,
    level: ["重点", "普通", "一般"][i % 3] ?? "",
    contract_amount: amount === 0 ? "" : `${amount}.00`,
    stage: given_?.[1] ?? stages[(i * 31) % 7] ?? "",
    next_contact: days === null ? "" : isoDay(today, days),
    bank: i % 2 ? "" : "中国工商银行",
    bank_account: i % 2 ? "" : `622202${String(i).padStart(10, "0")}5126`,
  };
  return { name: values.name ?? "", person, values, writer: owner };
}

function picker(seed: number) {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return <T>(from: readonly T[]): T | undefined => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return from[(state >>> 8) % from.length];
  };
}

export function isoDay(today: Date, days: number): string {
  const d = new Date(today.getFullYear(), today.getMonth(), today.getDate() + days);
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`;
}

// uscc makes a code with a right check character (GB 32100).
function uscc(i: number): string {
  const signs = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const body = `91320505MA1X${String(i).padStart(5, "0")}`;
  const sum = [...body].reduce((s, c, at) => s + signs.indexOf(c) * (3 ** at % 31), 0);
  return body + (signs[(31 - (sum % 31)) % 31] ?? "0");
}
