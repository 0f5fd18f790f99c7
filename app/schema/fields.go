package schema

import "strings"

func defaultSections() []Section {
	return []Section{
		{ID: "base", NameZH: "基础信息", NameEN: "Basics"},
		{ID: "contact", NameZH: "联系方式", NameEN: "Contact", Sealed: true},
		{ID: "business", NameZH: "商务", NameEN: "Business"},
		{ID: "finance", NameZH: "财务", NameEN: "Finance", Sealed: true},
		{ID: "service", NameZH: "服务", NameEN: "Service"},
	}
}

// words splits headers, which hold no blanks but for the English ones; those
// write a low line for the blank.
func words(s string) []string {
	f := strings.Fields(s)
	for i := range f {
		f[i] = strings.ReplaceAll(f[i], "_", " ")
	}
	return f
}

// defaultFields is the table of DESIGN.md section 2. The section of a field
// never changes (TR8).
func defaultFields() []Field {
	f := append(baseFields(), contactFields()...)
	return append(f, businessFields()...)
}

func baseFields() []Field {
	return []Field{
		{ID: "name", Section: "base", NameZH: "客户名称", NameEN: "Name", Type: TypeName, Aliases: words(
			"客户名 客户 名称 名字 公司名称 公司名 公司 单位名称 单位 企业名称 企业 客户全称 公司全称 单位全称 企业全称 全称 往来单位 客户单位 开票名称 购货单位 购方名称 甲方 甲方名称 客户姓名 会员姓名 商户名称 店名 customer customer_name client client_name company company_name account_name organization organisation full_name")},
		{ID: "uscc", Section: "base", NameZH: "统一社会信用代码", NameEN: "Credit code", Type: TypeUSCC, Aliases: words(
			"信用代码 社会信用代码 统一信用代码 统一代码 税号 纳税人识别号 纳税识别号 税务登记号 公司税号 企业税号 开票税号 营业执照号 营业执照号码 注册号 执照号 uscc tax_id tax_no tax_number unified_social_credit_code vat")},
		{ID: "industry", Section: "base", NameZH: "行业", NameEN: "Industry", Type: TypeChoice, Options: industries(), Aliases: words(
			"所属行业 行业类别 行业分类 客户行业 从事行业 行业类型 sector business_type")},
		{ID: "province", Section: "base", NameZH: "省", NameEN: "Province", Type: TypeProvince, Aliases: words(
			"省份 所在省 所在省份 省级 省/直辖市 省市自治区 省/自治区 state")},
		{ID: "city", Section: "base", NameZH: "市", NameEN: "City", Type: TypeCity, Aliases: words(
			"城市 所在城市 地市 地级市 所在市 town")},
		{ID: "district", Section: "base", NameZH: "区", NameEN: "District", Type: TypeDistrict, Aliases: words(
			"区县 区/县 县区 县 所在区 所在区县 区域县 county")},
		{ID: "address", Section: "base", NameZH: "详细地址", NameEN: "Address", Type: TypeStreet, Aliases: words(
			"街道门牌 街道地址 街道 门牌 门牌号 具体地址 street street_address address_line_1 address1")},
		{ID: "source", Section: "base", NameZH: "客户来源", NameEN: "Source", Type: TypeChoice, Options: sources(), Aliases: words(
			"来源 获客渠道 渠道来源 来源渠道 获客来源 信息来源 线索来源 渠道 lead_source channel")},
		{ID: "founded", Section: "base", NameZH: "成立日期", NameEN: "Founded", Type: TypeDate, Aliases: words(
			"成立时间 注册日期 注册时间 成立年月 公司成立日期 开业日期 founded_on established registration_date")},
		{ID: "owner", Section: "base", NameZH: "负责人", NameEN: "Owner", Type: TypePerson, Aliases: words(
			"客户经理 跟进人 业务员 销售员 销售 销售人员 销售经理 销售代表 归属人 所有人 责任人 业务经理 专员 客服 维护人 所属销售 跟单员 业务负责人 owner_name sales sales_rep account_manager salesperson assigned_to")},
		{ID: "department", Section: "base", NameZH: "所属部门", NameEN: "Department", Type: TypeText, Aliases: words(
			"部门 归属部门 负责部门 所在部门 业务部门 事业部 团队 大区 dept team")},
		{ID: "remark", Section: "base", NameZH: "备注", NameEN: "Remark", Type: TypeText, Aliases: words(
			"说明 备注说明 备注信息 附注 其他 其它 补充说明 描述 摘要 remarks note notes comment comments description memo")},
		{ID: "memo", Section: "base", NameZH: "共享笔记", NameEN: "Memo", Type: TypeLong},
	}
}

func contactFields() []Field {
	return []Field{
		{ID: "contact", Section: "contact", NameZH: "联系人", NameEN: "Contact", Type: TypePerson, MaskRule: MaskName, Aliases: words(
			"联系人姓名 经办人 对接人 主要联系人 第一联系人 首要联系人 客户联系人 采购联系人 联络人 采购员 法人 法定代表人 姓名 收件人 contact_name contact_person primary_contact attn")},
		{ID: "mobile", Section: "contact", NameZH: "手机", NameEN: "Mobile", Type: TypeMobile, MaskRule: MaskPhone, BlindClass: BlindPhone, Aliases: words(
			"手机号 手机号码 联系手机 移动电话 联系人手机 手机电话 手机1 手机号1 客户手机 mobile_phone mobile_number cell cellphone cell_phone")},
		{ID: "phone", Section: "contact", NameZH: "固定电话", NameEN: "Phone", Type: TypePhone, MaskRule: MaskPhone, BlindClass: BlindPhone, Aliases: words(
			"座机 固话 办公电话 公司电话 单位电话 总机 座机号码 固定电话号码 landline office_phone work_phone switchboard")},
		{ID: "email", Section: "contact", NameZH: "邮箱", NameEN: "Email", Type: TypeEmail, MaskRule: MaskEmail, Aliases: words(
			"电子邮箱 电子邮件 邮件 邮箱地址 联系邮箱 公司邮箱 e-mail mail email_address 电邮")},
		{ID: "id_number", Section: "contact", NameZH: "身份证号", NameEN: "ID number", Type: TypeID, MaskRule: MaskIdentity, Aliases: words(
			"身份证 身份证号码 居民身份证 居民身份证号 公民身份号码 身份证件号 id_card id_no identity_number national_id")},
		{ID: "birthday", Section: "contact", NameZH: "生日", NameEN: "Birthday", Type: TypeDate, Aliases: words(
			"出生日期 出生年月 出生年月日 客户生日 联系人生日 date_of_birth dob birth_date")},
	}
}

func businessFields() []Field {
	return []Field{
		{ID: "level", Section: "business", NameZH: "客户等级", NameEN: "Level", Type: TypeChoice, Options: levels(), Aliases: words(
			"等级 级别 客户级别 客户类型 客户分类 重要程度 客户类别 重要性 分级 grade rank priority tier customer_type")},
		{ID: "contract_no", Section: "business", NameZH: "合同编号", NameEN: "Contract no.", Type: TypeReference, Aliases: words(
			"合同号 合同号码 协议编号 协议号 合同序号 contract_no contract_number contract_id")},
		{ID: "contract_end", Section: "business", NameZH: "合同到期日", NameEN: "Contract end", Type: TypeDate, Aliases: words(
			"合同到期日期 合同到期 到期日 到期日期 到期时间 合同截止 合同截止日 合同截止日期 合同结束日期 合同终止日期 合同有效期至 有效期至 截止日期 协议到期日 contract_end_date expiry expiry_date end_date expires")},
		{ID: "contract_amount", Section: "business", NameZH: "合同金额", NameEN: "Contract amount", Type: TypeAmount, Aliases: words(
			"合同额 合同总额 合同总金额 合同价款 合同价 签约金额 协议金额 成交金额 意向金额 金额 总金额 订单金额 amount contract_value deal_value value")},
		{ID: "stage", Section: "business", NameZH: "阶段", NameEN: "Stage", Type: TypeChoice, Options: stages(), Aliases: words(
			"销售阶段 跟进阶段 商机阶段 客户阶段 客户状态 跟进状态 进展 状态 status sales_stage pipeline_stage")},
		{ID: "next_contact", Section: "business", NameZH: "下次联系", NameEN: "Next contact", Type: TypeDate, Aliases: words(
			"下次联系日期 下次联系时间 下次跟进 下次跟进日期 下次跟进时间 下次回访 下次回访日期 计划联系日期 next_contact_date next_follow_up follow_up_date")},
		{ID: "bank", Section: "finance", NameZH: "开户行", NameEN: "Bank", Type: TypeText, Aliases: words(
			"开户银行 银行 银行名称 开户行名称 开户支行 开户银行名称 bank_name")},
		{ID: "bank_account", Section: "finance", NameZH: "银行账号", NameEN: "Bank account", Type: TypeAccount, MaskRule: MaskBank, Aliases: words(
			"账号 帐号 银行帐号 银行账户 银行卡号 账户 帐户 开户账号 开户帐号 银行卡 卡号 收款账号 对公账号 对公账户 account account_no account_number bank_account_number iban")},
		{ID: "entries", Section: "service", NameZH: "跟进", NameEN: "Entries", Type: TypeEntries},
	}
}
