package schema

func levels() []Option {
	return []Option{
		{Value: "重点", NameEN: "Key", Aliases: words("A 1 一级 甲 重要 核心 VIP A级 A类 大客户 高 ★★★ ⭐⭐⭐ 战略 high important")},
		{Value: "普通", NameEN: "Regular", Aliases: words("B 2 二级 乙 中 中等 B级 B类 ★★ ⭐⭐ normal medium")},
		{Value: "一般", NameEN: "Ordinary", Aliases: words("C 3 三级 丙 低 C级 C类 小客户 ★ ⭐ low minor")},
	}
}

func stages() []Option {
	return []Option{
		{Value: "线索", NameEN: "Lead", Aliases: words("潜在 潜在客户 新线索 新客户 prospect new")},
		{Value: "接触", NameEN: "Contacted", Aliases: words("初步接触 初步沟通 已联系 初次联系 联系中 跟进中 contact")},
		{Value: "需求", NameEN: "Needs", Aliases: words("需求确认 需求沟通 有需求 有意向 意向 需求分析 qualified needs_analysis")},
		{Value: "报价", NameEN: "Quoted", Aliases: words("已报价 方案报价 方案 报价中 方案/报价 quote quotation proposal")},
		{Value: "谈判", NameEN: "Negotiation", Aliases: words("商务谈判 谈判中 正在谈判 合同谈判 议价 negotiating")},
		{Value: "成交", NameEN: "Won", Aliases: words("已成交 已签约 签约 赢单 合作中 已合作 成单 closed_won deal")},
		{Value: "流失", NameEN: "Lost", Aliases: words("已流失 输单 丢单 失败 放弃 无意向 未成交 终止 closed_lost")},
	}
}

func sources() []Option {
	return []Option{
		{Value: "展会", NameEN: "Trade fair", Aliases: words("展览 展览会 参展 会展 展销会 exhibition trade_show fair")},
		{Value: "转介绍", NameEN: "Referral", Aliases: words("介绍 朋友介绍 客户介绍 推荐 熟人介绍 客户转介绍 老客户介绍 referred")},
		{Value: "电话营销", NameEN: "Cold call", Aliases: words("电话 电销 电话销售 陌拜电话 电话开发 telemarketing phone")},
		{Value: "网络推广", NameEN: "Online", Aliases: words("网络 网上 网站 官网 百度 线上 互联网 网络营销 搜索引擎 微信 抖音 线上推广 web website internet online_marketing")},
		{Value: "上门拜访", NameEN: "Visit", Aliases: words("上门 拜访 陌拜 陌生拜访 地推 扫街 door_to_door")},
		{Value: "招投标", NameEN: "Tender", Aliases: words("投标 招标 竞标 标书 bid bidding")},
		{Value: "老客户", NameEN: "Existing customer", Aliases: words("老客户复购 复购 续约 回头客 existing returning")},
		{Value: "广告", NameEN: "Advertising", Aliases: words("广告投放 户外广告 媒体 媒体广告 advert ad ads")},
	}
}

func industries() []Option {
	return []Option{
		{Value: "信息技术", NameEN: "Information technology", Aliases: words("IT 软件 互联网 计算机 信息科技 IT/互联网 软件开发 软件和信息技术服务业 科技 网络科技 technology software")},
		{Value: "电子商务", NameEN: "E-commerce", Aliases: words("电商 网店 ecommerce")},
		{Value: "机械制造", NameEN: "Machinery", Aliases: words("机械 机械设备 装备制造 设备制造 精密机械 工业制造 制造 machinery_manufacturing manufacturing")},
		{Value: "电子电器", NameEN: "Electronics", Aliases: words("电子 电器 家电 电子产品 半导体 电子元器件 electrical")},
		{Value: "化工材料", NameEN: "Chemicals", Aliases: words("化工 材料 新材料 化学 化工原料 chemical materials")},
		{Value: "建筑工程", NameEN: "Construction", Aliases: words("建筑 工程 装修 装饰 建材 建筑业 装饰工程 土木工程 building engineering")},
		{Value: "房地产", NameEN: "Real estate", Aliases: words("地产 房产 置业 物业 房地产业 property")},
		{Value: "医疗器械", NameEN: "Medical devices", Aliases: words("器械 医械 医疗设备 medical_device")},
		{Value: "医药健康", NameEN: "Pharma and health", Aliases: words("医药 药品 健康 医疗 大健康 生物医药 制药 生物科技 pharma healthcare health")},
		{Value: "食品饮料", NameEN: "Food and drink", Aliases: words("食品 饮料 食品加工 酒水 快消 food food_and_beverage")},
		{Value: "服装纺织", NameEN: "Textiles and clothing", Aliases: words("服装 纺织 服饰 纺织服装 服装服饰 鞋服 textile apparel clothing")},
		{Value: "物流运输", NameEN: "Logistics", Aliases: words("物流 运输 货运 仓储 快递 供应链 交通运输 物流业 transport transportation")},
		{Value: "教育培训", NameEN: "Education", Aliases: words("教育 培训 学校 教育行业 training")},
		{Value: "金融服务", NameEN: "Finance", Aliases: words("金融 银行 保险 投资 证券 金融业 financial_services banking insurance")},
		{Value: "广告传媒", NameEN: "Media", Aliases: words("广告 传媒 文化传媒 媒体 文化 影视 advertising")},
		{Value: "餐饮酒店", NameEN: "Hospitality", Aliases: words("餐饮 酒店 饭店 住宿 餐饮业 酒店业 旅游 hotel catering restaurant")},
		{Value: "农业林业", NameEN: "Agriculture", Aliases: words("农业 林业 农林牧渔 农林 养殖 种植 畜牧 农牧 farming forestry")},
		{Value: "能源环保", NameEN: "Energy and environment", Aliases: words("能源 环保 新能源 电力 光伏 节能环保 energy environment")},
		{Value: "汽车配件", NameEN: "Car parts", Aliases: words("汽配 汽车 汽车零部件 汽车维修 汽车行业 auto automotive auto_parts")},
		{Value: "商贸零售", NameEN: "Trade and retail", Aliases: words("商贸 零售 贸易 批发 外贸 批发零售 进出口 百货 贸易/零售 retail trade wholesale")},
	}
}
