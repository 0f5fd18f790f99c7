import type { FieldView, SchemaReply } from "../types/customers";

const stages = ["线索", "接触", "需求", "报价", "谈判", "成交", "流失"];
const stagesEN = ["Lead", "Contacted", "Needs", "Quoted", "Negotiation", "Won", "Lost"];
const industries = [
  "机械制造",
  "电子电器",
  "化工材料",
  "建筑工程",
  "食品饮料",
  "服装纺织",
  "物流运输",
  "能源环保",
  "汽车配件",
  "商贸零售",
];
const industriesEN = [
  "Machinery",
  "Electronics",
  "Chemicals",
  "Construction",
  "Food and drink",
  "Textiles and clothing",
  "Logistics",
  "Energy and environment",
  "Car parts",
  "Trade and retail",
];
const sources = ["展会", "转介绍", "电话营销", "网络推广", "上门拜访", "招投标", "老客户", "广告"];
const sourcesEN = [
  "Trade fair",
  "Referral",
  "Cold call",
  "Online",
  "Visit",
  "Tender",
  "Existing customer",
  "Advertising",
];

type Line = [id: string, section: string, zh: string, en: string, type: string, options?: [string[], string[]]];

const lines: Line[] = [
  ["name", "base", "客户名称", "Name", "name"],
  ["uscc", "base", "统一社会信用代码", "Credit code", "uscc"],
  ["industry", "base", "行业", "Industry", "choice", [industries, industriesEN]],
  ["province", "base", "省", "Province", "province"],
  ["city", "base", "市", "City", "city"],
  ["district", "base", "区", "District", "district"],
  ["address", "base", "详细地址", "Address", "street"],
  ["source", "base", "客户来源", "Source", "choice", [sources, sourcesEN]],
  ["founded", "base", "成立日期", "Founded", "date"],
  ["owner", "base", "负责人", "Owner", "person"],
  ["department", "base", "所属部门", "Department", "text"],
  ["remark", "base", "备注", "Remark", "text"],
  ["memo", "base", "共享笔记", "Memo", "long"],
  ["contact", "contact", "联系人", "Contact", "person"],
  ["mobile", "contact", "手机", "Mobile", "mobile"],
  ["phone", "contact", "固定电话", "Phone", "phone"],
  ["email", "contact", "邮箱", "Email", "email"],
  ["id_number", "contact", "身份证号", "ID number", "identity"],
  ["birthday", "contact", "生日", "Birthday", "date"],
  [
    "level",
    "business",
    "客户等级",
    "Level",
    "choice",
    [
      ["重点", "普通", "一般"],
      ["Key", "Regular", "Ordinary"],
    ],
  ],
  ["contract_no", "business", "合同编号", "Contract no.", "reference"],
  ["contract_end", "business", "合同到期日", "Contract end", "date"],
  ["contract_amount", "business", "合同金额", "Contract amount", "amount"],
  ["stage", "business", "阶段", "Stage", "choice", [stages, stagesEN]],
  ["next_contact", "business", "下次联系", "Next contact", "date"],
  ["bank", "finance", "开户行", "Bank", "text"],
  ["bank_account", "finance", "银行账号", "Bank account", "bank"],
  ["entries", "service", "跟进", "Entries", "entries"],
];

const sealed = new Set(["contact", "finance"]);

// In the invented company the member at the desk is in sales: finance is
// sealed without a key, everything else may be written.
function field([id, section, nameZh, nameEn, type, options]: Line): FieldView {
  return {
    id,
    section,
    nameZh,
    nameEn,
    type,
    options: options?.[0] ?? [],
    optionsEn: options?.[1] ?? [],
    sealed: sealed.has(section),
    writable: section !== "finance" && section !== "service",
    readable: section !== "finance",
  };
}

export const schema: SchemaReply = {
  sections: [
    { id: "base", nameZh: "基础信息", nameEn: "Basics", sealed: false, keeper: "市场部", level: "write" },
    { id: "contact", nameZh: "联系方式", nameEn: "Contact", sealed: true, keeper: "市场部", level: "write" },
    { id: "business", nameZh: "商务", nameEn: "Business", sealed: false, keeper: "华东一部", level: "write" },
    { id: "finance", nameZh: "财务", nameEn: "Finance", sealed: true, keeper: "财务部", level: "none" },
    { id: "service", nameZh: "服务", nameEn: "Service", sealed: false, keeper: "客服部", level: "read" },
  ],
  fields: lines.map(field),
};

export const fieldOf = (id: string): FieldView | undefined => schema.fields.find((f) => f.id === id);
